//! A site that is built again and again, by one memory.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::watcher::Changes;
use crate::config::{self, Config, Overrides};
use crate::diagnostics::{Diagnostic, Report};
use crate::disk::Durability;
use crate::pipeline::{self, Memory, Options, Outcome, Progress, Use};
use crate::write::Removals;

/// Builds a site whenever it is asked to.
pub struct Builder {
    root: PathBuf,
    overrides: Overrides,
    limits: (Removals, Durability),
    /// The configuration of the last site.toml that could be used.
    pub config: Config,
    memory: Memory,
    /// What is wrong with site.toml.
    faults: Vec<Diagnostic>,
    /// What the last build said.
    said: BTreeSet<Diagnostic>,
}

/// What came of a build.
pub struct Built {
    /// What was done; nothing, if a fault stopped it, and the last good site stays.
    pub outcome: Option<Outcome>,
    /// Everything that there is to say.
    pub report: Report,
    /// What was not said of the build before.
    pub news: Report,
}

impl Built {
    /// Whether anything was changed or said.
    pub fn is_news(&self) -> bool {
        let changed = |outcome: &Outcome| !outcome.files.changed.is_empty();
        self.outcome.as_ref().is_some_and(changed) || !self.news.is_empty()
    }
}

impl Builder {
    /// Opens a site, whose memory is ours alone until it is saved.
    ///
    /// # Errors
    /// Everything that is wrong with site.toml, or why the memory cannot be opened.
    pub fn open(
        root: PathBuf,
        overrides: Overrides,
        limits: (Removals, Durability),
        waiting: impl FnOnce(&str),
    ) -> Result<Self, Vec<Diagnostic>> {
        let config = config::load(&root, &overrides)?;
        let memory = Memory::open(&config, Use::Memory, waiting).map_err(|fault| vec![fault])?;
        Ok(Self { root, overrides, limits, config, memory, faults: Vec::new(), said: BTreeSet::new() })
    }

    /// Reads site.toml again; if it cannot be used, no build succeeds until it can.
    pub fn read_config(&mut self) {
        match config::load(&self.root, &self.overrides) {
            Ok(config) => {
                self.memory.adopt(&config);
                self.config = config;
                self.faults.clear();
            }
            Err(faults) => self.faults = faults,
        }
    }

    /// Builds the site as it is now. What is remembered is ours until it is [saved](Self::save).
    pub fn build(&mut self, changes: Option<&Changes>, progress: &dyn Progress) -> Built {
        let mut report = Report::default();
        report.extend(self.faults.iter().cloned());
        let outcome = if self.faults.is_empty() {
            let (removals, durability) = self.limits;
            let changes = changes.map(|changes| &changes.paths);
            let options = Options { now: pipeline::now(), changes, removals, durability, keeps_bodies: true };
            let taken =
                self.memory.take(&self.config, |_| progress.note("waiting for another process that builds this site"));
            taken
                .and_then(|()| pipeline::build(&self.config, options, progress, &mut report, &mut self.memory))
                .map_err(|fault| report.push(fault))
                .ok()
        } else {
            None
        };
        let said: BTreeSet<Diagnostic> = report.iter().cloned().collect();
        let mut news = Report::default();
        news.extend(said.difference(&self.said).cloned());
        self.said = said;
        Built { outcome, report, news }
    }

    /// Saves what the next process may use, and lets others build until we do again.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn save(&mut self) -> Result<(), Diagnostic> {
        let saved = if self.memory.is_ours() { self.memory.save() } else { Ok(()) };
        self.memory.leave();
        saved
    }
}
