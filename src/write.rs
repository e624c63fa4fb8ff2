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
//! Before either, the new manifest is put beside the old one; a build that finds it there knows that the one before
//! was stopped in between, trusts no digest, and writes everything anew into a fresh tree.
//!
//! A folder is ours if [`MARKER`] is in it. A folder that is not ours, and not empty, is never touched; files in a
//! folder of ours that no manifest names are kept.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic};

/// The file that says that an output folder is ours.
pub const MARKER: &str = ".heliostat-output";

const MARKER_TEXT: &str = "This folder is written by Heliostat: what a build does not make is removed from it.\n";

/// A site with more pages than this is not emptied without being asked for.
const SMALL_SITE: usize = 100;

/// What the last build wrote: path, size and digest of every file.
#[derive(Debug, Default)]
pub struct Manifest {
    files: HashMap<String, Written>,
    /// Whether what it says of digests is true: false if a build was stopped while it changed the output folder.
    is_trusted: bool,
}

/// One file of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    size: u64,
    /// The first 128 bits of the BLAKE3 of its bytes.
    digest: u128,
}

impl Written {
    fn of(bytes: &[u8]) -> Self {
        let hash = blake3::hash(bytes);
        Self {
            size: bytes.len() as u64,
            digest: u128::from_le_bytes(*hash.as_bytes().first_chunk().unwrap_or(&[0; 16])),
        }
    }
}

const MANIFEST: &str = "manifest";
const NEXT_MANIFEST: &str = "manifest.next";
const MANIFEST_HEADER: &str = "heliostat manifest 1";

impl Manifest {
    /// Reads the manifest from a state folder; none, if there is none that can be used.
    fn load(state: &Path) -> Option<Self> {
        let last = fs::read_to_string(state.join(MANIFEST)).ok().and_then(|text| parse_manifest(&text));
        let interrupted = fs::read_to_string(state.join(NEXT_MANIFEST)).ok();
        match (last, interrupted) {
            (last, Some(next)) => {
                let mut files = last.unwrap_or_default();
                files.extend(parse_manifest(&next).unwrap_or_default());
                Some(Self { files, is_trusted: false })
            }
            (Some(files), None) => Some(Self { files, is_trusted: true }),
            (None, None) => None,
        }
    }

    fn pages(&self) -> usize {
        self.files.keys().filter(|path| is_page(path)).count()
    }
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

fn parse_manifest(text: &str) -> Option<HashMap<String, Written>> {
    let mut lines = text.lines();
    (lines.next() == Some(MANIFEST_HEADER)).then_some(())?;
    lines
        .map(|line| {
            let mut parts = line.splitn(3, ' ');
            let digest = u128::from_str_radix(parts.next()?, 16).ok()?;
            let size = parts.next()?.parse().ok()?;
            Some((parts.next()?.to_owned(), Written { size, digest }))
        })
        .collect()
}

fn print_manifest(files: &BTreeMap<&str, Written>) -> String {
    let mut text = String::with_capacity(files.len() * 96);
    text.push_str(MANIFEST_HEADER);
    text.push('\n');
    for (path, file) in files {
        let _ = writeln!(text, "{:032x} {} {path}", file.digest, file.size);
    }
    text
}

/// What a build did to the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files written.
    pub written: usize,
    /// Files that were there already.
    pub unchanged: usize,
    /// Files removed.
    pub removed: usize,
    /// Bytes of all files of the site.
    pub bytes: u64,
}

/// The difference between the output folder and the site, while it is being built.
#[derive(Debug)]
pub struct Stage {
    output: PathBuf,
    folder: PathBuf,
    state: PathBuf,
    before: Manifest,
    had_manifest: bool,
    files: Mutex<Vec<(String, Written, Change)>>,
    staged: AtomicUsize,
    bytes: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Staged,
    Unchanged,
}

impl Stage {
    /// Begins a difference.
    ///
    /// # Errors
    /// If the output folder is not ours, or cannot be written.
    pub fn begin(output: &Path, state: &Path) -> Result<Self, Diagnostic> {
        let output = absolute(output).map_err(|fault| unwritable(output, &fault))?;
        refuse_foreign(&output)?;
        let folder = beside(&output, "next");
        let fail = |fault: io::Error| unwritable(&folder, &fault);
        remove_tree(&folder).map_err(fail)?;
        fs::create_dir_all(&folder).map_err(fail)?;
        fs::create_dir_all(state).map_err(|fault| unwritable(state, &fault))?;
        let before = if output.exists() { Manifest::load(state) } else { None };
        let had_manifest = before.is_some();
        let files = Mutex::new(Vec::new());
        Ok(Self {
            output,
            folder,
            state: state.to_owned(),
            before: before.unwrap_or_default(),
            had_manifest,
            files,
            staged: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// Takes a file: writes it into the stage, unless the output folder holds it already.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let file = Written::of(bytes);
        let change = if self.is_there(path, file) {
            Change::Unchanged
        } else {
            write_new(&self.folder.join(path), bytes)?;
            Change::Staged
        };
        self.note(path, file, change);
        Ok(())
    }

    /// Takes a file whose bytes stand in another: for media, whose name is their digest.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn put_copy(&self, path: &str, original: &Path, size: u64) -> io::Result<()> {
        let known = self.before.files.get(path).copied();
        if let Some(file) = known.filter(|file| self.is_there(path, *file) && file.size == size) {
            self.note(path, file, Change::Unchanged);
            return Ok(());
        }
        self.put(path, &fs::read(original)?)
    }

    fn is_there(&self, path: &str, file: Written) -> bool {
        self.before.is_trusted
            && self.before.files.get(path) == Some(&file)
            && self.output.join(path).metadata().is_ok_and(|metadata| metadata.len() == file.size)
    }

    fn note(&self, path: &str, file: Written, change: Change) {
        self.staged.fetch_add(usize::from(change == Change::Staged), Ordering::Relaxed);
        self.bytes.fetch_add(file.size, Ordering::Relaxed);
        if let Ok(mut files) = self.files.lock() {
            files.push((path.to_owned(), file, change));
        }
    }

    /// Brings the output folder up to date.
    ///
    /// # Errors
    /// If most of a site would vanish and `allow_removals` does not say so, or if the disk fails; the old site is
    /// then as it was, or is finished by the next build.
    pub fn commit(self, allow_removals: bool) -> Result<Summary, Diagnostic> {
        let noted =
            std::mem::take(&mut *self.files.lock().map_err(|_| Diagnostic::error(Code::Output, "a thread failed"))?);
        let mut files: BTreeMap<&str, Written> = noted.iter().map(|(path, file, _)| (path.as_str(), *file)).collect();
        let marker = Written::of(MARKER_TEXT.as_bytes());
        files.insert(MARKER, marker);
        let mut stale: Vec<&String> =
            self.before.files.keys().filter(|path| !files.contains_key(path.as_str())).collect();
        stale.sort();
        if !allow_removals {
            self.refuse_emptying(&stale, &files)?;
        }
        let summary = Summary {
            written: self.staged.load(Ordering::Relaxed),
            unchanged: noted.len() - self.staged.load(Ordering::Relaxed),
            removed: stale.len(),
            bytes: self.bytes.load(Ordering::Relaxed),
        };
        if summary.written == 0 && summary.removed == 0 && self.before.is_trusted && self.had_manifest {
            let _ = remove_tree(&self.folder);
            return Ok(summary);
        }
        let unchanged: Vec<&str> = noted
            .iter()
            .filter(|(_, _, change)| *change == Change::Unchanged)
            .map(|(path, ..)| path.as_str())
            .collect();
        let staged: Vec<&str> =
            noted.iter().filter(|(_, _, change)| *change == Change::Staged).map(|(path, ..)| path.as_str()).collect();
        let fresh = !self.output.exists() || staged.len() > unchanged.len();
        self.apply(&files, &staged, &unchanged, &stale, fresh).map_err(|fault| unwritable(&self.output, &fault))?;
        Ok(summary)
    }

    fn apply(
        &self,
        files: &BTreeMap<&str, Written>,
        staged: &[&str],
        unchanged: &[&str],
        stale: &[&String],
        fresh: bool,
    ) -> io::Result<()> {
        write_new(&self.folder.join(MARKER), MARKER_TEXT.as_bytes())?;
        if fresh && self.output.exists() {
            self.link_into_stage(unchanged)?;
            self.link_into_stage(&self.foreign(files).iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        sync_file_system(&self.folder)?;
        let manifest = print_manifest(files);
        crate::media::store::write_whole(&self.state.join(NEXT_MANIFEST), manifest.as_bytes())?;
        if fresh {
            self.exchange()?;
        } else {
            self.move_into_place(staged, stale)?;
        }
        fs::rename(self.state.join(NEXT_MANIFEST), self.state.join(MANIFEST))?;
        remove_tree(&self.folder)
    }

    /// Files of the output folder that no build of ours made; without a manifest nobody can tell, and none are.
    fn foreign(&self, files: &BTreeMap<&str, Written>) -> Vec<String> {
        if !self.had_manifest {
            return Vec::new();
        }
        let entries = walkdir::WalkDir::new(&self.output)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file());
        let paths =
            entries.filter_map(|entry| Some(entry.path().strip_prefix(&self.output).ok()?.to_str()?.to_owned()));
        paths.filter(|path| !files.contains_key(path.as_str()) && !self.before.files.contains_key(path)).collect()
    }

    fn link_into_stage(&self, paths: &[&str]) -> io::Result<()> {
        paths.par_iter().try_for_each(|path| {
            let (from, to) = (self.output.join(path), self.folder.join(path));
            with_folder(&to, || fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop)))
        })
    }

    /// The stage becomes the output folder at once.
    fn exchange(&self) -> io::Result<()> {
        if !self.output.exists() {
            fs::rename(&self.folder, &self.output)?;
        } else if !exchange_folders(&self.folder, &self.output)? {
            // Overlay file systems refuse the exchange: for a moment there is no output folder.
            let old = beside(&self.output, "old");
            remove_tree(&old)?;
            fs::rename(&self.output, &old)?;
            fs::rename(&self.folder, &self.output)?;
            remove_tree(&old)?;
        }
        sync_folder(self.output.parent())
    }

    /// Media first, then pages, so that no page ever points at nothing; removals last.
    fn move_into_place(&self, staged: &[&str], stale: &[&String]) -> io::Result<()> {
        let (media, pages): (Vec<&str>, Vec<&str>) = staged.iter().partition(|path| !is_page(path));
        for path in media.into_iter().chain(pages).chain([MARKER]) {
            let (from, to) = (self.folder.join(path), self.output.join(path));
            with_folder(&to, || fs::rename(&from, &to))?;
        }
        for path in stale {
            remove_file_and_empty_folders(&self.output, path)?;
        }
        sync_folder(Some(&self.output))
    }

    fn refuse_emptying(&self, stale: &[&String], files: &BTreeMap<&str, Written>) -> Result<(), Diagnostic> {
        let (before, removed) = if self.had_manifest {
            (self.before.pages(), stale.iter().filter(|path| is_page(path)).count())
        } else {
            let before = pages_below(&self.output);
            (before, before.saturating_sub(files.keys().filter(|path| is_page(path)).count()))
        };
        if before <= SMALL_SITE || removed * 2 <= before {
            return Ok(());
        }
        let message = format!("{removed} of {before} pages would be removed; nothing was changed");
        let _ = remove_tree(&self.folder);
        Err(Diagnostic::error(Code::Output, message)
            .in_file(self.output.display().to_string())
            .hint("if the articles are meant to go, build with --allow-removals; else look at the content folders"))
    }
}

impl Drop for Stage {
    /// A stage that was not committed leaves nothing behind.
    fn drop(&mut self) {
        let _ = remove_tree(&self.folder);
    }
}

fn absolute(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    // A link to the real folder must stay one.
    Ok(path.canonicalize().unwrap_or(path))
}

/// A sibling of the output folder: `.public.heliostat-next`.
fn beside(output: &Path, what: &str) -> PathBuf {
    let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    output.with_file_name(format!(".{name}.heliostat-{what}"))
}

fn refuse_foreign(output: &Path) -> Result<(), Diagnostic> {
    let is_ours = output.join(MARKER).is_file();
    let is_empty = || fs::read_dir(output).is_ok_and(|mut entries| entries.next().is_none());
    if !output.exists() || is_ours || is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(Code::Output, "is there already and was not made by Heliostat")
        .in_file(output.display().to_string())
        .hint("name another folder with --output, or empty this one"))
}

fn unwritable(path: &Path, fault: &io::Error) -> Diagnostic {
    let hint = if fault.kind() == io::ErrorKind::StorageFull {
        "the disk is full: make room; the old site is as it was"
    } else {
        "look at its permissions; the old site is as it was"
    };
    Diagnostic::error(Code::Output, format!("cannot be written: {fault}"))
        .in_file(path.display().to_string())
        .hint(hint)
}

/// What a failed [`Stage::put`] means to the user.
pub fn put_fault(path: &str, fault: &io::Error) -> Diagnostic {
    unwritable(Path::new(path), fault)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    with_folder(path, || fs::File::create(path)?.write_all(bytes))
}

/// Does something with a path whose folder may be missing: most are there, so it is made only when that fails.
fn with_folder(path: &Path, act: impl Fn() -> io::Result<()>) -> io::Result<()> {
    match act() {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            act()
        }
        result => result,
    }
}

fn remove_tree(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn remove_file_and_empty_folders(root: &Path, path: &str) -> io::Result<()> {
    let file = root.join(path);
    match fs::remove_file(&file) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut folder = file.parent();
    while let Some(empty) = folder.filter(|folder| *folder != root && fs::remove_dir(folder).is_ok()) {
        folder = empty.parent();
    }
    Ok(())
}

fn pages_below(folder: &Path) -> usize {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| is_page(&entry.file_name().to_string_lossy()))
        .count()
}

/// Without this a power cut after the exchange leaves empty files behind.
#[cfg(target_os = "linux")]
fn sync_file_system(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(_: &Path) -> io::Result<()> {
    Ok(())
}

fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

/// Says whether the file system could exchange the two.
#[cfg(target_os = "linux")]
fn exchange_folders(a: &Path, b: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(
            rustix::io::Errno::INVAL
            | rustix::io::Errno::NOSYS
            | rustix::io::Errno::OPNOTSUPP
            | rustix::io::Errno::XDEV,
        ) => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange_folders(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}
