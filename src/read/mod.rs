//! Content folders → [`Source`]s.
//!
//! [`discover`] lists the files, in an order that depends on their names alone; [`read`] reads one. What is in them
//! is not known here.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::diagnostics::{Code, Diagnostic};

/// One file of a content folder.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path from the site's folder, with `/`, as UTF-8; it names the source everywhere.
    pub path: String,
    /// Its path below its content folder.
    pub below_content: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A file that was found and not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path from the site's folder, with `/`, as UTF-8.
    pub path: String,
    /// How much of `path` is the content folder's, in bytes, its slash included.
    prefix: usize,
    /// Where it lies.
    file: PathBuf,
}

/// Endings of articles, in lower case.
const ENDINGS: &[&str] = &["md", "markdown", "html", "htm"];

/// Lists the articles' files below `folders`, sorted by path.
pub fn discover(root: &Path, folders: &[String]) -> (Vec<Found>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for folder in folders {
        let start = root.join(folder);
        if start.is_dir() {
            walk(root, folder, &start, &mut found, &mut faults);
        } else {
            faults.push(
                Diagnostic::warning(Code::Unreadable, "the content folder is not there")
                    .in_file(folder.clone())
                    .hint("create it, or name another in `content` of site.toml"),
            );
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    // A folder may be named inside another.
    found.dedup_by(|a, b| a.path == b.path);
    (found, faults)
}

fn walk(root: &Path, folder: &str, start: &Path, found: &mut Vec<Found>, faults: &mut Vec<Diagnostic>) {
    let prefix = folder.trim_end_matches('/').len() + 1;
    let entries =
        WalkDir::new(start).into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name()));
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(fault) => {
                let path = fault.path().map(|path| shown(root, path)).unwrap_or_default();
                let why = fault.io_error().map_or_else(|| fault.to_string(), ToString::to_string);
                faults.push(Diagnostic::warning(Code::Unreadable, why).in_file(path).hint("look at its permissions"));
                continue;
            }
        };
        if entry.file_type().is_dir() || !has_article_ending(entry.path()) {
            continue;
        }
        if entry.file_type().is_symlink() && !stays_inside(entry.path(), root) {
            let fault = Diagnostic::warning(Code::Unreadable, "a link that leads out of the site")
                .in_file(shown(root, entry.path()));
            faults.push(fault.hint("copy the file into the content folder"));
            continue;
        }
        if entry.file_type().is_symlink() && !entry.path().is_file() {
            continue;
        }
        let Some(path) = relative_utf8(root, entry.path()) else {
            let fault = Diagnostic::warning(Code::Name, "the name is not UTF-8").in_file(shown(root, entry.path()));
            faults.push(fault.hint("rename the file"));
            continue;
        };
        found.push(Found { path, prefix, file: entry.into_path() });
    }
}

/// `.git`, `.obsidian`; two dots begin a strange name, not a hidden one.
fn is_hidden(name: &std::ffi::OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".") && !name.starts_with(b"..")
}

fn has_article_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
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

/// Reads one file.
///
/// # Errors
/// The diagnostic of a file that cannot be read; the others go on.
pub fn read(found: &Found) -> Result<Source, Diagnostic> {
    let bytes = std::fs::read(&found.file).map_err(|fault| {
        Diagnostic::warning(Code::Unreadable, fault.to_string())
            .in_file(found.path.clone())
            .hint("look at its permissions")
    })?;
    let below_content = found.path.get(found.prefix..).unwrap_or(&found.path).to_owned();
    Ok(Source { path: found.path.clone(), below_content, bytes })
}
