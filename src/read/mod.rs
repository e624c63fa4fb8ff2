//! Content folders → [`Source`]s.
//!
//! [`discover`] lists the files, in an order that depends on their names alone; [`read`] reads one. What is in them
//! is not known here.

pub mod local;
pub mod statics;

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustix::buffer::spare_capacity;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::buffers;
use crate::config::OUTPUT_MARKER;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};

/// One file of a content folder.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path from the site's folder, with `/`, as UTF-8; it names the source everywhere.
    pub path: Arc<str>,
    /// Its path below its content folder.
    pub below_content: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Drop for Source {
    fn drop(&mut self) {
        buffers::give(std::mem::take(&mut self.bytes));
    }
}

/// A file that was found and not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path from the site's folder, with `/`, as UTF-8.
    pub path: Arc<str>,
    /// How much of `path` is the content folder's, in bytes, its slash included.
    prefix: usize,
}

/// Endings of articles, in lower case.
pub const ENDINGS: &[&str] = &["md", "markdown", "mkd", "mkdn", "mkdown", "html", "htm"];

/// Endings of what other tools take for an article, and of saved pages.
const OTHER_ENDINGS: &[&str] =
    &["adoc", "asciidoc", "maff", "mdx", "mht", "mhtml", "org", "rmd", "rst", "textile", "webarchive", "xhtml"];

/// What there is in the content folders.
#[derive(Debug, Default)]
pub struct Discovered {
    /// The articles' files, sorted by path.
    pub found: Vec<Found>,
    /// What there is to say.
    pub faults: Vec<Diagnostic>,
    /// Folders that cannot be read, from the site's folder: nobody knows what is in them.
    pub unread: Vec<String>,
}

/// Lists the articles' files below `folders`, but for those below `others` (absolute).
pub fn discover(root: &Path, folders: &[String], others: &[PathBuf]) -> Discovered {
    let mut all = Discovered::default();
    for folder in folders {
        let start = root.join(folder);
        if start.is_dir() {
            walk(root, folder, &start, others, &mut all);
        } else {
            all.unread.push(folder.clone());
            all.faults.push(
                Diagnostic::warning(Code::Unreadable, "the content folder is not there")
                    .in_file(folder.clone())
                    .hint("create it, or name another in `content` of site.toml"),
            );
        }
    }
    all.found.par_sort_by(|a, b| a.path.cmp(&b.path));
    // A folder may be named inside another.
    all.found.dedup_by(|a, b| a.path == b.path);
    all
}

fn walk(root: &Path, folder: &str, start: &Path, others: &[PathBuf], all: &mut Discovered) {
    let prefix = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let lies_in = |entry: &Path| std::path::absolute(entry).is_ok_and(|entry| others.contains(&entry));
    // A site may have been built into any folder of itself.
    let is_output = |folder: &Path| folder.join(OUTPUT_MARKER).is_file();
    let is_other =
        |entry: &walkdir::DirEntry| entry.file_type().is_dir() && (lies_in(entry.path()) || is_output(entry.path()));
    let entries = everything_below(start, |entry| !(is_passed_over(entry) || is_other(entry)));
    let unread = entries.iter().filter_map(|entry| entry.as_ref().err()?.path());
    all.unread.extend(unread.map(|path| shown(root, path)));
    let looked_at: Vec<_> = entries.into_par_iter().map(|entry| look_at(root, prefix, entry)).collect();
    for one in looked_at {
        match one {
            Ok(one) => all.found.extend(one),
            Err(fault) => all.faults.push(fault),
        }
    }
}

/// The folders of a folder are walked beside each other.
fn everything_below(
    start: &Path,
    is_wanted: impl Fn(&walkdir::DirEntry) -> bool + Sync,
) -> Vec<walkdir::Result<walkdir::DirEntry>> {
    let walk = |walk: WalkDir| walk.min_depth(1).into_iter().filter_entry(&is_wanted).collect::<Vec<_>>();
    let mut entries = walk(WalkDir::new(start).max_depth(1));
    let folders = entries.par_iter().flatten().filter(|entry| entry.file_type().is_dir());
    let below: Vec<_> = folders.flat_map_iter(|folder| walk(WalkDir::new(folder.path()))).collect();
    entries.extend(below);
    entries
}

/// The article's file that an entry of a folder is, if it is one.
fn look_at(root: &Path, prefix: usize, entry: walkdir::Result<walkdir::DirEntry>) -> Result<Option<Found>, Diagnostic> {
    let fault = |message: String, path: &Path, hint: &str| {
        Diagnostic::warning(Code::Unreadable, message).in_file(shown(root, path)).hint(hint)
    };
    let entry = entry.map_err(|why| {
        let message = why.io_error().map_or_else(|| why.to_string(), ToString::to_string);
        fault(message, why.path().unwrap_or(root), "look at its permissions")
    })?;
    let (path, kind) = (entry.path(), entry.file_type());
    if kind.is_symlink() && path.is_dir() {
        let message = "a link to a folder, which is not followed".to_owned();
        return Err(fault(message, path, "put the folder itself there, or mount it there"));
    }
    if !(kind.is_file() || kind.is_symlink()) {
        return Ok(None);
    }
    if !has_article_ending(path) {
        let message = "articles of this kind are not read; it is left out";
        let fault = || Diagnostic::warning(Code::Form, message).in_file(shown(root, path));
        let hint = "convert it to Markdown or HTML, such as with pandoc";
        return if is_in_other_form(path) { Err(fault().hint(hint)) } else { Ok(None) };
    }
    if is_hidden(entry.file_name()) {
        let fault = Diagnostic::warning(Code::Name, "its name hides it; it is left out").in_file(shown(root, path));
        return Err(fault.hint("give it a name that does not begin with a dot, or another ending"));
    }
    if kind.is_symlink() && !path.exists() {
        return Err(fault("a link to nothing".to_owned(), path, "bring back what it leads to, or remove it"));
    }
    if kind.is_symlink() && !stays_inside(path, root) {
        return Err(fault(
            "a link that leads out of the site".to_owned(),
            path,
            "copy the file into the content folder",
        ));
    }
    if kind.is_symlink() && !path.is_file() {
        return Ok(None);
    }
    let Some(name) = relative_utf8(root, path) else {
        let fault = Diagnostic::warning(Code::Name, "the name is not UTF-8").in_file(shown(root, path));
        return Err(fault.hint("rename the file"));
    };
    Ok(Some(Found { path: name.into(), prefix }))
}

/// `.git`, `.obsidian`, and what systems and editors lay beside a file. A hidden article may be somebody's slip.
fn is_passed_over(entry: &walkdir::DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    let is_beside = name.starts_with(b"._") || name.starts_with(b".#");
    is_hidden(entry.file_name()) && (is_beside || !entry.file_type().is_file() || !has_article_ending(entry.path()))
}

/// Two dots begin a strange name, not a hidden one.
fn is_hidden(name: &std::ffi::OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".") && !name.starts_with(b"..")
}

fn has_article_ending(path: &Path) -> bool {
    ending_of(path).is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// A project's own description of itself is nobody's article.
fn is_in_other_form(path: &Path) -> bool {
    ending_of(path).is_some_and(|ending| OTHER_ENDINGS.contains(&ending.as_str()))
        && path.file_stem().is_some_and(|stem| !stem.eq_ignore_ascii_case("readme"))
}

fn ending_of(path: &Path) -> Option<String> {
    path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase)
}

fn stays_inside(link: &Path, root: &Path) -> bool {
    match (link.canonicalize(), root.canonicalize()) {
        (Ok(target), Ok(root)) => target.starts_with(root),
        _ => false,
    }
}

fn relative_utf8(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).unwrap_or(path).to_str()?;
    Some(if std::path::MAIN_SEPARATOR == '/' {
        relative.to_owned()
    } else {
        relative.replace(std::path::MAIN_SEPARATOR, "/")
    })
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// What a file system tells of a file without reading it: two stamps that agree mean the same bytes, if the file has
/// rested since (see [`Stamp::rests`]); two that differ mean nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: i64,
    /// Nanoseconds since 1970: unlike `modified`, no program can set it back.
    changed: i64,
    inode: u64,
}

/// A file may change again within one tick of the clock that stamps it, unseen; kernels tick every 1 to 10 ms.
const TICK: i64 = 20_000_000;

impl Stamp {
    /// The stamp of a file, or of what a link leads to.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(file: &Path) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }

    /// The file's size, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether the file was left alone before a moment, in nanoseconds since 1970.
    pub fn rests(&self, moment: i64) -> bool {
        self.modified.max(self.changed) < moment - TICK
    }

    /// The digest of the stamp itself.
    pub fn digest(&self) -> Digest {
        Digester::new().value(self).finish()
    }
}

impl From<&Metadata> for Stamp {
    #[cfg(unix)]
    fn from(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        const SECOND: i64 = 1_000_000_000;
        Self {
            size: metadata.len(),
            modified: metadata.mtime().wrapping_mul(SECOND).wrapping_add(metadata.mtime_nsec()),
            changed: metadata.ctime().wrapping_mul(SECOND).wrapping_add(metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }
}

impl Found {
    /// What the file system tells of it, in the site's folder.
    ///
    /// # Errors
    /// If it has vanished.
    pub fn stamp(&self, root: &Path) -> io::Result<Stamp> {
        Stamp::of(&root.join(&*self.path))
    }
}

const WHEN_DONE: &str = "build again when the job that writes it is done";

/// A file that changes while it is read is read again, so often.
const READS: usize = 5;

/// Reads one file of the site's folder, whole: one that somebody is writing is read again.
///
/// # Errors
/// The diagnostic of a file that cannot be read; the others go on.
pub fn read(found: &Found, root: &Path) -> Result<(Source, Stamp), Diagnostic> {
    let fault =
        |message: String, hint: &str| Diagnostic::warning(Code::Unreadable, message).in_file(&*found.path).hint(hint);
    let file = root.join(&*found.path);
    for _ in 0..READS {
        let (bytes, before, after) = read_once(&file).map_err(|why| match why.kind() {
            io::ErrorKind::NotFound => fault("it vanished while the site was built".to_owned(), WHEN_DONE),
            _ => fault(why.to_string(), "look at its permissions"),
        })?;
        if before == after {
            let below_content = found.path.get(found.prefix..).unwrap_or(&found.path).to_owned();
            return Ok((Source { path: found.path.clone(), below_content, bytes }, before));
        }
    }
    Err(fault("somebody is writing it all the time".to_owned(), WHEN_DONE))
}

/// Reads a source once more, by its path; what cannot be read has been told.
pub fn read_again(root: &Path, path: &str) -> Option<Source> {
    read(&Found { path: path.into(), prefix: 0 }, root).ok().map(|(source, _)| source)
}

/// A file's bytes, and its stamps before and after they were read.
fn read_once(path: &Path) -> io::Result<(Vec<u8>, Stamp, Stamp)> {
    let file = File::open(path)?;
    let before = file.metadata()?;
    let mut bytes = buffers::take();
    bytes.reserve(usize::try_from(before.len()).unwrap_or_default().min(MOST_AT_ONCE) + 1);
    // `File`'s own `read_to_end` would ask for the size and the position once more, of every article, and read in two or three pieces.
    while rustix::io::retry_on_intr(|| rustix::io::read(&file, spare_capacity(&mut bytes)))? > 0 {
        if bytes.len() as u64 == before.len() {
            // If there is more, the stamps will differ.
            break;
        }
        bytes.reserve(MORE);
    }
    Ok((bytes, Stamp::from(&before), Stamp::from(&file.metadata()?)))
}

/// No more memory is asked for than this because a file system says that a file is large.
const MOST_AT_ONCE: usize = 64 << 20;

/// Room for so many bytes more is made where a file is longer than that.
const MORE: usize = 4096;
