//! Output files → the output folder: only what changed, whole or not at all, stale files pruned.
//!
//! A [`Stage`] is a tree beside the output folder, on the same file system. Files that differ from what the
//! [`Manifest`] of the last build says are written into it, from any thread; the others are only noted. Nothing in
//! the output folder changes until [`Stage::commit`]:
//!
//! - a first build, or one that changes more than half of the files: unchanged files are linked into the stage, and
//!   the two folders are exchanged at once;
//! - else each staged file is renamed into its place, media first, and stale files are removed last.
//!
//! Before either, a journal names the files that are about to change; a build that finds one knows that the build
//! before was stopped in between, and believes nothing of those.
//!
//! A folder is ours if [`OUTPUT_MARKER`] is in it. A folder that is not ours, and not empty, is never touched; files in a
//! folder of ours that no manifest names are kept.

mod files;
mod foreign;
mod manifest;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::config::OUTPUT_MARKER;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::Digest;
use crate::disk::Durability;
use crate::plan::taken::folders_of;
pub use files::OutputLock;
use files::{
    Folder, exchange_folders, modified, mounts, remove_file_and_empty_folders, remove_tree, sync_file_system,
    sync_folder, with_folder,
};
use foreign::{mounted, obstructed, refuse_foreign, taken};
pub use manifest::{Manifest, Places};
use manifest::{Record, Slot};

const MARKER_TEXT: &str = "This folder is written by Heliostat: what a build does not make is removed from it.\n";

/// A site with more pages than this is not emptied without being asked for.
const SMALL_SITE: usize = 100;

/// After so many bytes, each time, the disk is told to begin. (Waiting for all of it at the end took a tenth of a first
/// build of 128,801 articles.)
const SYNC_AHEAD: u64 = 128 << 20;

/// No sooner, for all of a file system is synced, and what is left of the spool with it.
const SYNC_FIRST: u64 = 512 << 20;

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

/// What a build did to the output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files written.
    pub written: usize,
    /// Files that were there already.
    pub unchanged: usize,
    /// Files removed.
    pub removed: usize,
    /// Bytes of all files of the site.
    pub bytes: u64,
    /// The files written and removed, from the output folder.
    pub changed: Vec<String>,
}

/// What a build changed in the output folder, and in what is known of it.
#[derive(Debug)]
pub struct Difference {
    written: HashMap<String, Slot>,
    stale: Vec<String>,
}

/// The difference between the output folder and the site, while it is being built.
#[derive(Debug)]
pub struct Stage<'build> {
    output: PathBuf,
    folder: Folder,
    places: &'build Places,
    durability: Durability,
    before: &'build Manifest,
    /// Files that stand in the stage.
    staged: Mutex<Vec<(String, Record)>>,
    /// Files that the output folder has, made of something else than the manifest says.
    refounded: Mutex<Vec<(String, Record)>>,
    unchanged: AtomicUsize,
    bytes: AtomicU64,
    /// Whether another file system is mounted in the output folder: then the folder must stay.
    holds_mounts: bool,
    _lock: OutputLock,
}

impl<'build> Stage<'build> {
    /// Begins a difference to what `before`, the manifest of these `places`, says; the output folder is [restored](restore).
    ///
    /// # Errors
    /// If the output folder is not ours, or cannot be written.
    pub fn begin(
        output: &Path,
        places: &'build Places,
        before: &'build Manifest,
        durability: Durability,
        lock: OutputLock,
    ) -> Result<Self, Diagnostic> {
        let output = absolute(output).map_err(|fault| unwritable(output, &fault))?;
        refuse_foreign(&output)?;
        let mounts = mounts();
        if mounts.contains(&output) {
            return Err(mounted(&output));
        }
        let folder = beside(&output, "next");
        let fail = |fault: io::Error| unwritable(&folder, &fault);
        remove_tree(&folder).map_err(fail)?;
        if output.exists() {
            // What a build put aside there, and was then stopped.
            remove_tree(&beside(&output, "old")).map_err(fail)?;
        }
        fs::create_dir_all(&folder).map_err(fail)?;
        let holds_mounts = mounts.iter().any(|mount| mount.starts_with(&output));
        Ok(Self {
            output,
            folder: Folder::open(folder.clone()).map_err(fail)?,
            places,
            durability,
            before,
            staged: Mutex::default(),
            refounded: Mutex::default(),
            unchanged: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            holds_mounts,
            _lock: lock,
        })
    }

    /// Whether the output folder holds a file that was made of the same; it is then kept.
    pub fn keeps(&self, path: &str, fingerprint: Digest) -> bool {
        let written = self.before.trusted(path).filter(|file| file.fingerprint == Some(fingerprint));
        let Some(file) = written.filter(|file| self.is_there(path, *file)) else { return false };
        self.keep(path, file.size);
        true
    }

    /// Takes a file: writes it into the stage, unless the output folder holds it already.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put(&self, path: &str, fingerprint: Option<Digest>, bytes: &[u8]) -> io::Result<()> {
        let (digest, size) = (Digest::quick(bytes), bytes.len() as u64);
        if !self.keeps_bytes(path, fingerprint, (digest, size)) {
            let modified = self.folder.write_new(path, bytes)?;
            self.push_staged(path, Record { size, digest, modified, fingerprint });
        }
        Ok(())
    }

    /// Takes a file as another one is, however large; its bytes are never all in memory.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn put_copy(&self, path: &str, fingerprint: Option<Digest>, original: &mut fs::File) -> io::Result<()> {
        // Read for that alone only where the output folder may have it.
        let size = original.metadata()?.len();
        if self.before.trusted(path).is_some_and(|file| file.size == size) {
            if self.keeps_bytes(path, fingerprint, Digest::quick_of(original, |_| Ok(()))?) {
                return Ok(());
            }
            original.rewind()?;
        }
        let (modified, (digest, size)) = self.folder.copy_new(path, original)?;
        self.push_staged(path, Record { size, digest, modified, fingerprint });
        Ok(())
    }

    /// The same for media, whose name is their digest.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn put_medium(&self, path: &str, original: &Path, size: u64) -> io::Result<()> {
        let there = self.before.trusted(path).filter(|file| file.size == size);
        if there.is_some_and(|file| self.is_there(path, file)) {
            self.keep(path, size);
            return Ok(());
        }
        self.put_copy(path, None, &mut fs::File::open(original)?)
    }

    /// Whether the output folder has a file with these bytes, of this digest and size; it is then kept.
    fn keeps_bytes(&self, path: &str, fingerprint: Option<Digest>, (digest, size): (Digest, u64)) -> bool {
        let there = self.before.trusted(path).filter(|file| (file.digest, file.size) == (digest, size));
        let Some(file) = there.filter(|file| self.is_there(path, *file)) else { return false };
        self.keep(path, size);
        if file.fingerprint != fingerprint {
            push(&self.refounded, path, Record { fingerprint, ..file });
        }
        true
    }

    /// A file stands in the stage.
    fn push_staged(&self, path: &str, file: Record) {
        self.before.mark_current(path);
        let before = self.bytes.fetch_add(file.size, Ordering::Relaxed);
        let after = before + file.size;
        if after >= SYNC_FIRST && before / SYNC_AHEAD != after / SYNC_AHEAD {
            self.sync_ahead();
        }
        push(&self.staged, path, file);
    }

    /// Lets the disk begin with what is written while more is made. Nothing depends on it: all is synced at the end.
    fn sync_ahead(&self) {
        if self.durability == Durability::PowerCut {
            let folder = self.folder.path().to_owned();
            let _ = std::thread::Builder::new().spawn(move || sync_file_system(&folder));
        }
    }

    fn keep(&self, path: &str, size: u64) {
        self.before.mark_current(path);
        self.unchanged.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(size, Ordering::Relaxed);
    }

    /// A file with another time than the one that we wrote is read: a copy of the site is as good as the site.
    fn is_there(&self, path: &str, file: Record) -> bool {
        self.before.is_seen || is_intact(&self.output.join(path), file)
    }

    /// Brings the output folder up to date, and says what the manifest must be [told](Manifest::learn).
    ///
    /// # Errors
    /// If most of a site would vanish and `removals` does not allow it, or if the disk fails; the old site is then as
    /// it was, or is finished by the next build.
    pub fn commit(mut self, removals: Removals) -> Result<(Summary, Difference), Diagnostic> {
        let marker = Record {
            size: MARKER_TEXT.len() as u64,
            digest: Digest::quick(MARKER_TEXT.as_bytes()),
            modified: 0,
            fingerprint: None,
        };
        self.before.mark_current(OUTPUT_MARKER);
        let mut staged = std::mem::take(self.staged.get_mut().unwrap_or_else(PoisonError::into_inner));
        staged.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let refounded = std::mem::take(self.refounded.get_mut().unwrap_or_else(PoisonError::into_inner));
        let stale = self.before.stale();
        if removals == Removals::Few {
            self.refuse_emptying(&stale, &staged)?;
        }
        let summary = Summary {
            written: staged.len(),
            unchanged: self.unchanged.load(Ordering::Relaxed),
            removed: stale.len(),
            bytes: self.bytes.load(Ordering::Relaxed),
            changed: Vec::new(),
        };
        let changes = !staged.is_empty() || !stale.is_empty() || !self.before.is_known;
        let apply = || if changes { self.apply(&staged, &stale) } else { Ok(()) };
        // While the disk is waited for.
        let learned = || manifest::slots(staged.iter().chain(&refounded).chain([&(OUTPUT_MARKER.to_owned(), marker)]));
        let (applied, written) = rayon::join(apply, learned);
        applied?;
        let changed = staged.into_iter().map(|(path, _)| path).chain(stale.iter().cloned()).collect();
        Ok((Summary { changed, ..summary }, Difference { written, stale }))
    }

    fn apply(&self, staged: &[(String, Record)], stale: &[String]) -> Result<(), Diagnostic> {
        if let Some(path) = self.in_the_way(staged) {
            return Err(obstructed(&path));
        }
        let changes_most = staged.len() > self.unchanged.load(Ordering::Relaxed) || change_places(staged, stale);
        let is_fresh = !self.output.exists() || (changes_most && !self.holds_mounts);
        // All that is done before the output folder is touched.
        let prepare = || {
            self.folder.write_new(OUTPUT_MARKER, MARKER_TEXT.as_bytes())?;
            if is_fresh && self.output.exists() {
                self.take_along(staged)?;
            }
            self.sync(staged, stale)
        };
        prepare().map_err(|fault| unwritable(&self.output, &fault))?;
        let applied = if is_fresh { self.exchange() } else { self.move_into_place(staged, stale) };
        applied.and_then(|()| remove_tree(self.folder.path())).map_err(|fault| unfinished(&self.output, &fault))
    }

    /// What the old output folder has and the new one is to have, too.
    fn take_along(&self, staged: &[(String, Record)]) -> io::Result<()> {
        let is_staged: HashSet<&str> = staged.iter().map(|(path, _)| path.as_str()).chain([OUTPUT_MARKER]).collect();
        let mut kept = self.before.kept();
        kept.retain(|path| !is_staged.contains(path.as_str()));
        kept.par_iter().try_for_each(|path| self.link_into_stage(Path::new(path)))?;
        self.take_foreign_along(&is_staged)
    }

    /// Brings the stage to the disk, and what is about to change into the journal.
    fn sync(&self, staged: &[(String, Record)], stale: &[String]) -> io::Result<()> {
        let sync = || match self.durability {
            Durability::PowerCut => sync_file_system(self.folder.path()),
            Durability::Process => Ok(()),
        };
        let changing = staged.iter().map(|(path, _)| path).chain(stale).map(String::as_str);
        let (synced, written) = rayon::join(sync, || self.places.write_journal(changing));
        synced.and(written)
    }

    fn link_into_stage(&self, path: &Path) -> io::Result<()> {
        let (from, to) = (self.output.join(path), self.folder.path().join(path));
        with_folder(&to, || fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop)))
    }

    /// The stage becomes the output folder at once, with its permissions.
    fn exchange(&self) -> io::Result<()> {
        if !self.output.exists() {
            fs::rename(self.folder.path(), &self.output)?;
            return sync_folder(self.output.parent());
        }
        fs::set_permissions(self.folder.path(), self.output.metadata()?.permissions())?;
        if !exchange_folders(self.folder.path(), &self.output)? {
            // Overlay file systems refuse the exchange: for a moment there is no output folder.
            let old = beside(&self.output, "old");
            remove_tree(&old)?;
            fs::rename(&self.output, &old)?;
            fs::rename(self.folder.path(), &self.output)?;
            fs::rename(&old, self.folder.path())?;
        }
        sync_folder(self.output.parent())?;
        self.bring_along()
    }

    /// What is new first, then what changes, and of both pages last, so that no page ever points at nothing; then removals.
    fn move_into_place(&self, staged: &[(String, Record)], stale: &[String]) -> io::Result<()> {
        let mut paths: Vec<&str> = staged.iter().map(|(path, _)| path.as_str()).collect();
        paths.sort_by_key(|path| (self.before.has(path), is_page(path)));
        for path in paths.into_iter().chain([OUTPUT_MARKER]) {
            let (from, to) = (self.folder.path().join(path), self.output.join(path));
            with_folder(&to, || fs::rename(&from, &to))?;
        }
        for path in stale {
            remove_file_and_empty_folders(&self.output, path)?;
        }
        if self.durability == Durability::PowerCut { sync_folder(Some(&self.output)) } else { Ok(()) }
    }

    fn refuse_emptying(&self, stale: &[String], staged: &[(String, Record)]) -> Result<(), Diagnostic> {
        let (before, removed) = if self.before.is_known {
            (self.before.pages(), stale.iter().filter(|path| is_page(path)).count())
        } else {
            let before = pages_below(&self.output);
            (before, before.saturating_sub(staged.iter().filter(|(path, _)| is_page(path)).count()))
        };
        if before <= SMALL_SITE || removed * 2 <= before {
            return Ok(());
        }
        let message = format!("{removed} of {before} pages would be removed; nothing was changed");
        Err(Diagnostic::error(Code::Output, message)
            .in_file(self.output.display().to_string())
            .hint("if the articles are meant to go, build with --allow-removals; else look at the content folders"))
    }
}

/// Whether a build may remove most of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Removals {
    /// It stops instead.
    #[default]
    Few,
    /// It may.
    Many,
}

/// Whether an output folder is as its manifest says, to the last file.
pub fn is_whole(output: &Path, manifest: &Manifest) -> bool {
    manifest.is_known
        && manifest.par_iter().all(|(path, file, is_trusted)| {
            is_trusted
                && (path == OUTPUT_MARKER && output.join(OUTPUT_MARKER).is_file()
                    || is_intact(&output.join(path), file))
        })
}

/// Whether a file is as it was written: of one time and size, or else of one digest.
fn is_intact(file: &Path, written: Record) -> bool {
    let Ok(metadata) = file.symlink_metadata() else { return false };
    let digest = || Digest::quick_of(&mut fs::File::open(file)?, |_| Ok(()));
    metadata.is_file()
        && metadata.len() == written.size
        && (modified(&metadata) == written.modified
            || digest().is_ok_and(|found| found == (written.digest, written.size)))
}

fn push(list: &Mutex<Vec<(String, Record)>>, path: &str, file: Record) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), file));
}

impl Drop for Stage<'_> {
    /// A stage that was not committed leaves nothing behind.
    fn drop(&mut self) {
        let _ = remove_tree(self.folder.path());
    }
}

/// A folder as it is however it is spelled, though it need not be there itself. A link to the real folder must stay one, also while
/// there is no such folder because a build has put it aside.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let beside_link = |target: PathBuf| path.parent().map_or_else(|| target.clone(), |folder| folder.join(&target));
    let by_link = || fs::read_link(&path).ok().map(beside_link);
    let by_its_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    Ok(path.canonicalize().ok().or_else(by_link).or_else(by_its_folder).unwrap_or(path))
}

/// A sibling of the output folder: `.public.heliostat-next`.
fn beside(output: &Path, what: &str) -> PathBuf {
    let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    output.with_file_name(format!(".{name}.heliostat-{what}"))
}

/// Whether a name is one of those, or that of an output folder's marker.
pub fn is_beside(name: &str) -> bool {
    name.starts_with('.') && name.contains(".heliostat-")
}

/// Takes the lock of an output folder: before anything is put back in it.
///
/// # Errors
/// If a build of another site has it.
pub fn lock(output: &Path) -> Result<OutputLock, Diagnostic> {
    let output = absolute(output).map_err(|fault| unwritable(output, &fault))?;
    OutputLock::take(beside(&output, "lock")).ok_or_else(|| taken(&output))
}

/// Puts the output folder back that a build has put aside and not replaced, where the two cannot be exchanged at once.
///
/// # Errors
/// If the disk fails.
pub fn restore(output: &Path) -> Result<(), Diagnostic> {
    let output = &absolute(output).map_err(|fault| unwritable(output, &fault))?;
    let old = beside(output, "old");
    if output.exists() || !old.join(OUTPUT_MARKER).is_file() {
        return Ok(());
    }
    fs::rename(old, output).map_err(|fault| unwritable(output, &fault))
}

/// Whether a file comes where a folder was, or a folder where a file was: then no order of moves and removals works.
fn change_places(staged: &[(String, Record)], stale: &[String]) -> bool {
    let staged: HashSet<&str> = staged.iter().map(|(path, _)| path.as_str()).collect();
    let is_stale: HashSet<&str> = stale.iter().map(String::as_str).collect();
    staged.iter().any(|path| folders_of(path).any(|folder| is_stale.contains(folder)))
        || stale.iter().any(|path| folders_of(path).any(|folder| staged.contains(folder)))
}

/// A fault before the output folder was touched.
fn unwritable(path: &Path, fault: &io::Error) -> Diagnostic {
    fault_of_disk(path, fault, "the old site is as it was")
}

/// A fault after the output folder was touched: the journal says what of it cannot be believed.
fn unfinished(path: &Path, fault: &io::Error) -> Diagnostic {
    fault_of_disk(path, fault, "the next build finishes what this one began")
}

fn fault_of_disk(path: &Path, fault: &io::Error, state: &str) -> Diagnostic {
    let is_full = fault.kind() == io::ErrorKind::StorageFull;
    let remedy = if is_full { "the disk is full: make room" } else { "look at its permissions" };
    Diagnostic::error(Code::Output, format!("cannot be written: {fault}"))
        .in_file(path.display().to_string())
        .hint(format!("{remedy}; {state}"))
}

/// What a failed [`Stage::put`] means to the user.
pub fn put_fault(path: &str, fault: &io::Error) -> Diagnostic {
    unwritable(Path::new(path), fault)
}

fn pages_below(folder: &Path) -> usize {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| is_page(&entry.file_name().to_string_lossy()))
        .count()
}
