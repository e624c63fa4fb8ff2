//! Files that are no pages: published media, the theme's assets, and what is copied as it is.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::config::{Config, FILE_NAME};
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::media::Gallery;
use crate::media::store::Store;
use crate::plan::SiteMap;
use crate::plan::taken::{Taken, folded};
use crate::read::Stamp;
use crate::render::theme::Theme;
use crate::write::{Stage, put_fault};

/// A file of the static folder.
pub(super) struct StaticFile {
    /// Its output file.
    pub(super) path: String,
    file: PathBuf,
    stamp: Stamp,
}

impl StaticFile {
    /// The digest of its stamp, if its bytes cannot have changed since the build began without changing that.
    fn fingerprint(&self, began: i64) -> Option<Digest> {
        self.stamp.rests(began).then(|| self.stamp.digest())
    }
}

/// The digest of all static files, as far as their stamps tell; none if one of them was touched just now.
pub(super) fn digest(files: &[StaticFile], began: i64) -> Option<Digest> {
    let mut digester = Digester::new();
    for file in files {
        digester.text(&file.path).digest(file.fingerprint(began)?);
    }
    Some(digester.finish())
}

/// What `[[nav]]` names and nobody makes.
pub(super) fn dead_ends(config: &Config, map: &SiteMap, theme: &Theme, statics: &[StaticFile]) -> Vec<Diagnostic> {
    let is_made = |path: &str| {
        map.pages.iter().any(|page| page.path == path)
            || statics.iter().any(|file| file.path == path)
            || theme.assets.iter().any(|(file, _)| file == path)
    };
    let paths = config.nav.iter().filter_map(|nav| nav.path.as_deref()).filter(|path| !is_made(path));
    let fault = |path: &str| {
        Diagnostic::warning(Code::Config, format!("nav: the site has no page `{path}`"))
            .in_file(FILE_NAME)
            .hint("`heliostat list` says where articles are; those of `pages/` are named as their files")
    };
    paths.map(fault).collect()
}

/// Lists the static files, sorted.
pub(super) fn find(config: &Config) -> (Vec<StaticFile>, Vec<Diagnostic>) {
    let folder = config.root.join(&config.static_folder);
    let mut faults = Vec::new();
    if !folder.is_dir() {
        return (Vec::new(), faults);
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(&folder).follow_links(false).sort_by_file_name() {
        match entry.map_err(|fault| unreadable(fault.path().unwrap_or(&folder), &fault.to_string())) {
            Ok(entry) if entry.file_type().is_file() => match of_file(&folder, entry.path()) {
                Ok(file) => files.push(file),
                Err(fault) => faults.push(fault),
            },
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => faults.push(
                Diagnostic::warning(Code::Unreadable, "a link, or no file at all; it is left out")
                    .in_file(entry.path().display().to_string())
                    .hint("copy what it leads to into the folder"),
            ),
            Err(fault) => faults.push(fault),
        }
    }
    (files, faults)
}

fn of_file(folder: &Path, file: &Path) -> Result<StaticFile, Diagnostic> {
    let below = file.strip_prefix(folder).ok().and_then(Path::to_str);
    let Some(path) = below.filter(|path| !path.contains(char::is_control)) else {
        return Err(Diagnostic::warning(Code::Name, "the name cannot be used in an address; the file is left out")
            .in_file(file.display().to_string())
            .hint("rename the file"));
    };
    let stamp = Stamp::of(file).map_err(|fault| unreadable(file, &fault.to_string()))?;
    Ok(StaticFile { path: path.to_owned(), file: file.to_owned(), stamp })
}

fn unreadable(file: &Path, why: &str) -> Diagnostic {
    Diagnostic::warning(Code::Unreadable, why).in_file(file.display().to_string()).hint("look at its permissions")
}

/// Puts media, assets and static files into the stage; says what was left out.
pub(super) fn copy(
    config: &Config,
    theme: &Theme,
    map: &SiteMap,
    gallery: &Gallery,
    (files, began): (&[StaticFile], i64),
    stage: &Stage<'_>,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let store = Store::open(&config.media.store).map_err(|fault| put_fault("media", &fault))?;
    gallery.files().par_iter().try_for_each(|(path, variant)| {
        stage.put_copy(path, &store.variant_path(variant), variant.bytes).map_err(|fault| put_fault(path, &fault))
    })?;
    for (path, bytes) in &theme.assets {
        stage.put(path, None, bytes).map_err(|fault| put_fault(path, &fault))?;
    }
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let pages = map.pages.iter().map(|page| page.path.as_str());
    // Static files are few: so the pages are looked up among them, and few are remembered.
    let ours = Taken::of(files.iter().map(|file| file.path.as_str()));
    let others = pages.chain(theme.assets.iter().map(|(path, _)| path.as_str()));
    let taken = Taken::of(others.filter(|path| !ours.is_free(&folded(path))));
    let is_free = |file: &StaticFile| taken.is_free(&folded(&file.path));
    let copied: Result<Vec<Option<Diagnostic>>, Diagnostic> = files
        .par_iter()
        .map(|file| if is_free(file) { put(file, began, stage) } else { Ok(Some(is_taken(file))) })
        .collect();
    Ok(copied?.into_iter().flatten().collect())
}

fn is_taken(file: &StaticFile) -> Diagnostic {
    Diagnostic::warning(Code::Collision, "a page or asset of the site has this address; the file is left out")
        .in_file(file.file.display().to_string())
        .hint("rename the file")
}

fn put(file: &StaticFile, began: i64, stage: &Stage<'_>) -> Result<Option<Diagnostic>, Diagnostic> {
    let fingerprint = file.fingerprint(began);
    if fingerprint.is_some_and(|fingerprint| stage.keeps(&file.path, fingerprint)) {
        return Ok(None);
    }
    match std::fs::read(&file.file) {
        Ok(bytes) => {
            stage.put(&file.path, fingerprint, &bytes).map_err(|fault| put_fault(&file.path, &fault)).map(|()| None)
        }
        Err(fault) => Ok(Some(unreadable(&file.file, &fault.to_string()))),
    }
}
