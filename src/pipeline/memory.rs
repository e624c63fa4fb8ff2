//! What a build leaves for the next: on disk between processes, in memory within one.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::recall::{self, Sources};
use super::recent::Recent;
use super::{Circumstances, Given, Log, Outcome};
use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::remove_unfinished;
use crate::lock::Lock;
use crate::media;
use crate::media::local::LocalFiles;
use crate::parse::Entry;
use crate::state::last::Last;
use crate::state::sources::{self, Dirty, Known, Table};
use crate::write::{self, Difference, Manifest, Places, Summary, is_whole};

/// What is remembered of a site.
#[derive(Debug)]
pub struct Memory {
    lock: Option<Lock>,
    how: Use,
    state: std::path::PathBuf,
    output: std::path::PathBuf,
    pub(super) places: Places,
    /// Names the configuration that parsed.
    key: Digest,
    pub(super) sources: Sources,
    /// What of the sources is not saved.
    dirty: Option<Dirty>,
    /// Whether a build has been made that is not saved.
    is_new: bool,
    pub(super) manifest: Manifest,
    pub(super) said: Said,
    /// What only this process knows.
    pub(super) recent: Option<Recent>,
}

/// What the last build said.
#[derive(Debug)]
pub(super) enum Said {
    /// Nothing that can be said again.
    Nothing,
    /// All but the sources' digests, which take a moment: a preview is shown first, and saving adds them.
    Unsummed(Last),
    /// All of it.
    Summed(Last),
}

/// What is known of the sources after a build.
pub(super) struct Saved {
    pub(super) known: Vec<Arc<Known>>,
    pub(super) entries: Vec<Arc<Entry>>,
    /// What of it is not saved.
    pub(super) unsaved: Option<Dirty>,
    /// The digest of all that the site was made of, sources and all, if there was time to take it.
    pub(super) inputs: Option<Digest>,
}

impl From<Option<Last>> for Said {
    fn from(last: Option<Last>) -> Self {
        last.map_or(Self::Nothing, Self::Summed)
    }
}

/// Whether an earlier build's memory is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// As far as it is true.
    Memory,
    /// Everything is made anew.
    Nothing,
}

/// Takes the lock of a site's state. Who had it before may have been killed while it wrote.
fn lock(config: &Config, waiting: impl FnOnce(&str)) -> Result<Lock, Diagnostic> {
    let lock = Lock::take(&config.state, waiting).map_err(|fault| unsaved(&config.state, &fault))?;
    if lock.is_handed_over() {
        remove_unfinished(&config.state);
    }
    Ok(lock)
}

impl Memory {
    /// Opens the memory of a site, alone: `waiting` is told who has it, if somebody has.
    ///
    /// # Errors
    /// If the state folder cannot be written.
    pub fn open(config: &Config, how: Use, waiting: impl FnOnce(&str)) -> Result<Self, Diagnostic> {
        let lock = lock(config, waiting)?;
        Ok(Self { lock: Some(lock), how, ..Self::look(config) })
    }

    /// Takes a memory that was [left](Self::leave) again; if another process had it meanwhile, what it says now counts.
    ///
    /// # Errors
    /// If the state folder cannot be written.
    pub fn take(&mut self, config: &Config, waiting: impl FnOnce(&str)) -> Result<(), Diagnostic> {
        if self.lock.is_some() {
            return Ok(());
        }
        let lock = lock(config, waiting)?;
        if lock.is_handed_over() {
            *self = Self::look(config);
        }
        self.lock = Some(lock);
        Ok(())
    }

    /// Whether no other process may build the site.
    pub fn is_ours(&self) -> bool {
        self.lock.is_some()
    }

    /// Lets other processes build the site.
    pub fn leave(&mut self) {
        self.lock = None;
    }

    /// Looks at the memory of a site, beside whoever has it.
    pub(super) fn look(config: &Config) -> Self {
        Self {
            lock: None,
            how: Use::Memory,
            state: config.state.clone(),
            output: config.output.clone(),
            places: Places::of(&config.state, &config.root, &config.output),
            key: config.keys.parse,
            sources: Sources::Unread,
            dirty: None,
            is_new: false,
            manifest: Manifest::default(),
            said: Said::Nothing,
            recent: None,
        }
    }

    /// Takes a changed configuration: what another one parsed is forgotten.
    pub fn adopt(&mut self, config: &Config) {
        if self.key != config.keys.parse {
            self.key = config.keys.parse;
            if !matches!(self.sources, Sources::Unread) {
                self.sources = Sources::OnDisk(Table::load(&self.state, self.key));
            }
        }
        let places = Places::of(&config.state, &config.root, &config.output);
        if places.id != self.places.id {
            self.manifest = Manifest::load(&places);
            self.said = Last::load(&config.state, &places.id).into();
            (self.places, self.output) = (places, config.output.clone());
        }
    }

    /// Reads what an earlier process left, unless that has been done.
    pub(super) fn wake(&mut self) {
        if !matches!(self.sources, Sources::Unread) {
            return;
        }
        let (state, places) = (&self.state, &self.places);
        self.manifest = Manifest::load(places);
        if self.how == Use::Nothing {
            self.sources = Sources::OnDisk(Table::default());
            self.manifest.distrust();
            return;
        }
        let (table, last) = rayon::join(|| Table::load(state, self.key), || Last::load(state, &places.id));
        (self.sources, self.said) = (Sources::OnDisk(table), last.into());
    }

    pub(super) fn known(&self) -> &[Arc<Known>] {
        self.sources.known()
    }

    /// What is known of the site's pictures that lie beside its articles.
    pub(super) fn local_files(&self) -> LocalFiles {
        match &self.said {
            Said::Nothing => LocalFiles::default(),
            Said::Unsummed(last) | Said::Summed(last) => Arc::clone(&last.local),
        }
    }

    /// If nothing has changed since the last build, and the output folder is as that left it, what it said.
    pub(super) fn repeat(&mut self, given: &Given<'_>, log: &mut Log<'_>) -> Option<Outcome> {
        let Said::Summed(last) = &self.said else { return None };
        let Circumstances { config, now, began, .. } = given.circumstances;
        if last.inputs != self.manifest.inputs {
            return None;
        }
        let is_due = last.due.is_some_and(|due| due <= now.timestamp());
        if (is_due && !config.media.offline) || !recall::is_untouched(&given.matches, self.known()) {
            return None;
        }
        let local = media::local_digest(config, &last.pictures, began);
        let inputs = given.inputs(media::books_digest(config), local);
        if inputs.map(|inputs| recall::with_sources(inputs, self.known())) != Some(last.inputs) {
            return None;
        }
        if !log.time("verify", || is_whole(&self.output, &self.manifest)) {
            self.manifest.look_again();
            return None;
        }
        log.said.clone_from(&last.diagnostics);
        let (unchanged, bytes) = self.manifest.totals();
        let files = Summary { unchanged, bytes, ..Summary::default() };
        Some(Outcome { counts: last.counts, files, timings: std::mem::take(&mut log.timings) })
    }

    /// Begins a build of the output folder: one that is gone has no files, whatever the manifest says; one that a stopped build has put
    /// aside is not gone.
    pub(super) fn begin_output(&mut self, output: &Path) -> Result<(), Diagnostic> {
        write::restore(output)?;
        if !output.exists() {
            self.manifest = Manifest::default();
        }
        self.manifest.begin();
        Ok(())
    }

    /// Saves what is known of the sources, which is true whatever becomes of the output.
    pub(super) fn save_sources(&self, known: &[Arc<Known>], entries: &[Arc<Entry>], dirty: &Dirty) -> io::Result<()> {
        if dirty.is_clean() { Ok(()) } else { sources::save(&self.state, self.key, known, entries, dirty) }
    }

    /// Takes what a build has made, and what it said; the digests of the sources are still to be added to its inputs.
    ///
    /// # Errors
    /// If nothing came of the output.
    pub(super) fn learn(
        &mut self,
        committed: Result<(Summary, Difference), Diagnostic>,
        saved: Saved,
        last: Option<Last>,
    ) -> Result<Summary, Diagnostic> {
        let Saved { known, entries, unsaved, inputs } = saved;
        self.sources = Sources::InMemory { known, entries };
        (self.dirty, self.is_new) = (unsaved, true);
        let (files, difference) = committed.inspect_err(|_| self.manifest = Manifest::load(&self.places))?;
        self.manifest.learn(difference);
        self.manifest.inputs = inputs.unwrap_or_default();
        self.said = match (last, inputs) {
            (Some(last), Some(inputs)) => Said::Summed(Last { inputs, ..last }),
            (Some(last), None) => Said::Unsummed(last),
            (None, _) => Said::Nothing,
        };
        Ok(files)
    }

    /// Saves what the next process may use, unless that is what the last one left.
    ///
    /// # Errors
    /// If the disk is full: the next build then does more than it need.
    pub fn save(&mut self) -> Result<(), Diagnostic> {
        debug_assert!(self.lock.is_some(), "only who is alone may write");
        if !self.is_new {
            return Ok(());
        }
        let fail = |fault: io::Error| unsaved(&self.state, &fault);
        self.said = match std::mem::replace(&mut self.said, Said::Nothing) {
            Said::Unsummed(last) => {
                let inputs = recall::with_sources(last.inputs, self.sources.known());
                self.manifest.inputs = inputs;
                Said::Summed(Last { inputs, ..last })
            }
            said => said,
        };
        let dirty = self.dirty.take();
        let save_sources = || match (dirty, &self.sources) {
            (Some(dirty), Sources::InMemory { known, entries }) => self.save_sources(known, entries, &dirty),
            _ => Ok(()),
        };
        let (manifest, sources) = rayon::join(|| self.manifest.save(&self.places), save_sources);
        manifest.and(sources).map_err(fail)?;
        if let Said::Summed(last) = &self.said {
            last.save(&self.state, &self.places.id).map_err(fail)?;
        }
        self.is_new = false;
        Ok(())
    }
}

fn unsaved(state: &Path, fault: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Code::Output, format!("cannot be written: {fault}"))
        .in_file(state.display().to_string())
        .hint("look at its permissions and at the room on the disk")
}
