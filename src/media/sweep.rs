//! Which files of a store are needed, and whether they are whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::kitchen::is_current;
use super::ledger::Ledger;
use super::store::{ORIGINALS, Store, VARIANTS};
use super::sync::is_named;
use crate::config::MediaConfig;
use crate::digest::Digest;
use crate::disk::UNFINISHED;
use crate::parse::Entry;

/// A file of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// The digest that its name says, if it says one.
    pub digest: Option<Digest>,
    /// Whether the books may not say yet what it is: a `pull` writes them when all files have come.
    is_young: bool,
}

/// A file that came half stays behind where a build was killed, and one that no book names where a `pull` was; what is younger may
/// still be coming.
const ABANDONED: Duration = Duration::from_hours(24);

/// Files that were never given their names.
fn abandoned(store: &Path) -> Vec<StoredFile> {
    let entries = std::fs::read_dir(store).into_iter().flatten().flatten();
    let unnamed = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED));
    let files = unnamed.filter_map(|entry| {
        let metadata = entry.metadata().ok()?;
        let is_old = metadata.modified().ok()?.elapsed().is_ok_and(|age| age > ABANDONED);
        is_old.then(|| StoredFile { path: entry.path(), bytes: metadata.len(), digest: None, is_young: false })
    });
    files.collect()
}

/// Every original and variant of a store, sorted.
fn files(store: &Path) -> Vec<StoredFile> {
    let folders = [ORIGINALS, VARIANTS].map(|name| store.join(name));
    let entries = folders.iter().flat_map(|folder| WalkDir::new(folder).sort_by_file_name().into_iter().flatten());
    let files = entries.filter(|entry| entry.file_type().is_file()).map(|entry| {
        let name = entry.file_name().to_str().unwrap_or_default();
        let digest = Digest::parse(name.split('.').next().unwrap_or(name));
        let metadata = entry.metadata().ok();
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        let is_young = modified.is_some_and(|modified| modified.elapsed().is_ok_and(|age| age < ABANDONED));
        let bytes = metadata.map_or(0, |metadata| metadata.len());
        StoredFile { path: entry.into_path(), bytes, digest, is_young }
    });
    files.collect()
}

/// What a site needs of a store: the originals that its articles name, and what today's recipes have made of those and
/// of the site's own files.
pub struct Needs<'site> {
    config: &'site MediaConfig,
    /// Keys that articles name.
    named: BTreeSet<String>,
    originals: BTreeSet<Digest>,
    /// Originals of the ledger that no article names any more.
    unnamed: BTreeSet<Digest>,
}

impl<'site> Needs<'site> {
    /// The needs of articles that name these originals (see [`named_originals`](super::named_originals)).
    pub fn of(named: &BTreeMap<String, &Entry>, ledger: &Ledger, config: &'site MediaConfig) -> Self {
        let came = ledger.lines().filter_map(|line| Some((line, line.original?.digest)));
        let (originals, unnamed): (Vec<_>, Vec<_>) = came.partition(|(line, _)| named.contains_key(&line.key));
        let digests = |lines: Vec<(_, Digest)>| lines.into_iter().map(|(_, digest)| digest).collect();
        Self {
            config,
            named: named.keys().cloned().collect(),
            originals: digests(originals),
            unnamed: digests(unnamed),
        }
    }

    /// The files that are needed, and the others.
    pub fn sort(&self, store: &Store) -> (Vec<StoredFile>, Vec<StoredFile>) {
        let mut kept = self.originals.clone();
        let mut known = &self.unnamed | &self.originals;
        for (original, recipe, asset) in store.assets() {
            let files = asset.files().map(|file| file.digest).chain([original]);
            let all: &mut BTreeSet<Digest> = if self.keeps(original, &recipe) { &mut kept } else { &mut known };
            all.extend(files);
        }
        let all = files(store.folder()).into_iter().chain(abandoned(store.folder()));
        all.partition(|file| {
            file.digest.is_some_and(|digest| kept.contains(&digest) || (file.is_young && !known.contains(&digest)))
        })
    }

    /// Whether what a recipe has made of an original is needed. An original that the ledger does not know is a file of
    /// the site.
    fn keeps(&self, original: Digest, recipe: &str) -> bool {
        is_current(recipe, self.config) && (self.originals.contains(&original) || !self.unnamed.contains(&original))
    }

    /// Lets the books forget what is not needed.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn forget_the_rest(&self, store: &Store, ledger: &mut Ledger) -> io::Result<()> {
        store.retain(|original, recipe| self.keeps(original, recipe));
        store.save_index()?;
        ledger.forget(|line| line.original.is_some() && !self.named.contains(&line.key));
        ledger.save()
    }
}

/// What was found when a store was read.
#[derive(Debug, Default)]
pub struct Verified {
    /// How many files were read.
    pub files: usize,
    /// Files whose bytes are not those of their names, or that cannot be read.
    pub damaged: Vec<PathBuf>,
    /// Files that the books name and that are not there, and what misses them.
    pub missing: Vec<(PathBuf, String)>,
}

/// Reads every file of a store and compares it with the digest that is its name.
pub fn verify(store: &Store, ledger: &Ledger, config: &MediaConfig) -> Verified {
    let files = files(store.folder());
    let is_damaged = |path: &Path| {
        let name = path.to_string_lossy();
        std::fs::read(path).ok().is_none_or(|bytes| !is_named(&name, &bytes))
    };
    let paths = files.par_iter().map(|file| &file.path);
    let damaged = paths.filter(|path| is_damaged(path)).cloned().collect();
    let mut named: Vec<(PathBuf, String)> = Vec::new();
    for (original, recipe, asset) in store.assets() {
        named.extend(asset.files().map(|file| (store.variant_path(file), format!("made of {original} by {recipe}"))));
    }
    if config.keep_originals {
        let came =
            ledger.lines().filter_map(|line| Some((store.original_path(line.original?.digest), line.url.clone())));
        named.extend(came);
    }
    named.retain(|(path, _)| !path.is_file());
    Verified { files: files.len(), damaged, missing: named }
}
