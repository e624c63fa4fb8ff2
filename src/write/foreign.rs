//! What somebody else has put into an output folder: it stays, or it is said to be in the way.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::files::with_folder;
use super::manifest::Record;
use super::{Stage, is_page};
use crate::config::OUTPUT_MARKER;
use crate::diagnostics::{Code, Diagnostic};
use crate::plan::taken::folders_of;

impl Stage<'_> {
    /// A file of somebody else where a folder must be, or a folder where a file must be.
    pub(super) fn in_the_way(&self, staged: &[(String, Record)]) -> Option<PathBuf> {
        if !self.output.exists() {
            return None;
        }
        let paths = staged.iter().map(|(path, _)| path.as_str());
        let foreign_folder =
            |path: &str| Some(self.output.join(path)).filter(|there| there.is_dir() && !self.holds_ours_alone(there));
        let foreign_file = |folder: &str| {
            let there = self.output.join(folder);
            (there.metadata().is_ok_and(|there| !there.is_dir()) && !self.is_ours(folder)).then_some(there)
        };
        let mut known = HashSet::new();
        let mut folders = paths.flat_map(folders_of).filter(|folder| !folder.is_empty() && known.insert(*folder));
        let in_place = || staged.par_iter().find_map_first(|(path, _)| foreign_folder(path));
        folders.find_map(foreign_file).or_else(in_place)
    }

    /// Whether there is anything in a folder, and all of it is ours: builds leave no empty folders.
    fn holds_ours_alone(&self, folder: &Path) -> bool {
        let files = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| !entry.file_type().is_dir());
        let below = |entry: walkdir::DirEntry| Some(entry.path().strip_prefix(&self.output).ok()?.to_str()?.to_owned());
        let mut files = files.map(below).peekable();
        files.peek().is_some() && files.all(|path| path.is_some_and(|path| self.is_ours(&path)))
    }

    /// Whether a file of the output folder is one that a build of ours has made, as far as that is known.
    fn is_ours(&self, path: &str) -> bool {
        self.before.has(path) || (!self.before.is_known && is_of_our_kind(path))
    }

    /// What no build of ours made stays in the output folder, folders with nothing in them too, for a build leaves none.
    /// Without a manifest nobody can tell: then what builds do make goes.
    pub(super) fn take_foreign_along(&self, staged: &HashSet<&str>) -> io::Result<()> {
        for entry in walkdir::WalkDir::new(&self.output).min_depth(1) {
            let entry = entry?;
            let below = entry.path().strip_prefix(&self.output).unwrap_or(entry.path());
            let is_ours = |path: &str| staged.contains(path) || self.is_ours(path);
            if !entry.file_type().is_dir() && !below.to_str().is_some_and(is_ours) {
                self.link_into_stage(below)?;
            } else if entry.file_type().is_dir() && fs::read_dir(entry.path())?.next().is_none() {
                fs::create_dir_all(self.folder.path().join(below))?;
            }
        }
        Ok(())
    }

    /// What somebody has put into the old output folder while this build waited for the disk: what was there before has its place in the
    /// new one.
    pub(super) fn bring_along(&self) -> io::Result<()> {
        for entry in walkdir::WalkDir::new(self.folder.path()).min_depth(1) {
            let entry = entry?;
            let below = entry.path().strip_prefix(self.folder.path()).unwrap_or(entry.path());
            let is_ours = below.to_str().is_some_and(|path| self.is_ours(path));
            let to = self.output.join(below);
            if !entry.file_type().is_dir() && !is_ours && to.symlink_metadata().is_err() {
                with_folder(&to, || fs::rename(entry.path(), &to))?;
            }
        }
        Ok(())
    }
}

/// Whether a path is one of those that builds make: pages, feeds and sitemaps, media, a theme's assets.
fn is_of_our_kind(path: &str) -> bool {
    let is_hidden = path.starts_with('.') || path.contains("/.");
    let is_ours = |folder: &str| path.starts_with(folder);
    !is_hidden && (is_page(path) || path.ends_with(".xml") || ["media/", "assets/"].into_iter().any(is_ours))
}

pub(super) fn obstructed(path: &Path) -> Diagnostic {
    Diagnostic::error(Code::Output, "is in a page's way and was not made by Heliostat; nothing was changed")
        .in_file(path.display().to_string())
        .hint("move it, or name another folder with --output")
}

/// Sites have locks of their own; this one is held by a build of another.
pub(super) fn taken(output: &Path) -> Diagnostic {
    Diagnostic::error(Code::Output, "is being written by a build of another site")
        .in_file(output.display().to_string())
        .hint("give each site a folder of its own with --output, or `output` in site.toml")
}

pub(super) fn mounted(output: &Path) -> Diagnostic {
    Diagnostic::error(Code::Output, "is where a file system is mounted: nothing can take its place")
        .in_file(output.display().to_string())
        .hint("name a folder in it with --output, or `output` in site.toml")
}

pub(super) fn refuse_foreign(output: &Path) -> Result<(), Diagnostic> {
    let is_ours = output.join(OUTPUT_MARKER).is_file();
    let is_empty = || fs::read_dir(output).is_ok_and(|mut entries| entries.next().is_none());
    if !output.exists() || is_ours || is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(Code::Output, "is there already and was not made by Heliostat")
        .in_file(output.display().to_string())
        .hint("name another folder with --output, or empty this one"))
}
