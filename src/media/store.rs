//! The store: originals and variants under the digest of their bytes, and an index of what was made of which.
//!
//! ```text
//! media/
//!   originals/ab/DIGEST       as it came
//!   variants/ab/DIGEST.ext    as it is published
//!   index.jsonl               original and recipe → what was made, a line each
//!   ledger.jsonl              every original that was ever asked for, a line each
//! ```
//!
//! Files are written beside their place and renamed, so that what has a name is whole. No build deletes anything. A
//! variant is all that a build needs: originals may be elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gallery::{Made, Variant};
use crate::digest::Digest;
use crate::disk::write_whole;

/// The store of one mirror. Many threads put things into it.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    index: Mutex<Index>,
}

#[derive(Debug, Default)]
struct Index {
    made: BTreeMap<(Digest, String), Made>,
    log: Option<File>,
    has_changed: bool,
}

impl Index {
    fn write(&self, folder: &Path) -> io::Result<()> {
        let lines = self.made.iter().map(|((original, recipe), made)| {
            serde_json::to_string(&IndexLine { original: *original, recipe: recipe.clone(), made: made.clone() })
        });
        write_lines(&folder.join(INDEX), lines)
    }
}

/// A line of the index.
#[derive(Serialize, Deserialize)]
struct IndexLine {
    original: Digest,
    recipe: String,
    made: Made,
}

pub(super) const INDEX: &str = "index.jsonl";
/// The folder of originals.
pub const ORIGINALS: &str = "originals";
/// The folder of variants.
pub const VARIANTS: &str = "variants";

impl Store {
    /// Opens the store in a folder; the folder is made when something is put into it.
    ///
    /// # Errors
    /// If the index is there and cannot be read. A line that is damaged costs one encoding and is passed over.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let lines = read_lines(&folder.join(INDEX))?;
        let parsed: Vec<IndexLine> = lines.par_iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let made = parsed.into_iter().map(|line| ((line.original, line.recipe), line.made)).collect();
        Ok(Self { folder: folder.to_owned(), index: Mutex::new(Index { made, ..Index::default() }) })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps an original.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_original(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest::of(bytes);
        self.keep(&self.original_path(digest), bytes)?;
        Ok(digest)
    }

    /// Keeps an original that was written to a file of the store's folder.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub(super) fn keep_original_file(&self, file: tempfile::NamedTempFile, digest: Digest) -> io::Result<()> {
        let path = self.original_path(digest);
        std::fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        file.as_file().sync_data()?;
        file.persist(path)?;
        Ok(())
    }

    /// A file in the store's folder that has no name yet.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(super) fn new_file(&self) -> io::Result<tempfile::NamedTempFile> {
        std::fs::create_dir_all(&self.folder)?;
        tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder)
    }

    /// Reads an original.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn original(&self, digest: Digest) -> io::Result<Vec<u8>> {
        std::fs::read(self.original_path(digest))
    }

    /// Keeps a variant; its size in pixels is 0 by 0 where it is no picture.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_variant(&self, bytes: &[u8], extension: &str, (width, height): (u32, u32)) -> io::Result<Variant> {
        let digest = Digest::of(bytes);
        let variant = Variant { digest, extension: extension.to_owned(), width, height, bytes: bytes.len() as u64 };
        self.keep(&self.variant_path(&variant), bytes)?;
        Ok(variant)
    }

    /// Where a variant lies.
    pub fn variant_path(&self, variant: &Variant) -> PathBuf {
        self.folder.join(VARIANTS).join(variant.digest.fan()).join(format!("{}.{}", variant.digest, variant.extension))
    }

    /// What a recipe has made of an original, if all of it is there.
    pub fn made(&self, original: Digest, recipe: &str) -> Option<Made> {
        let made = self.index().made.get(&(original, recipe.to_owned())).cloned()?;
        let is_whole = made.files().all(|variant| self.variant_path(variant).is_file());
        is_whole.then_some(made)
    }

    /// Remembers what a recipe has made of an original, on disk too.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn remember(&self, original: Digest, recipe: &str, made: &Made) -> io::Result<()> {
        let mut index = self.index();
        let key = (original, recipe.to_owned());
        if index.made.get(&key) == Some(made) {
            return Ok(());
        }
        if index.log.is_none() {
            index.log = Some(append_to(&self.folder.join(INDEX))?);
        }
        let line = IndexLine { original, recipe: key.1.clone(), made: made.clone() };
        if let Some(log) = &mut index.log {
            log.write_all(format!("{}\n", serde_json::to_string(&line)?).as_bytes())?;
        }
        index.made.insert(key, line.made);
        index.has_changed = true;
        Ok(())
    }

    /// Everything that was ever made: original, recipe, what.
    pub fn all_made(&self) -> Vec<(Digest, String, Made)> {
        let index = self.index();
        index.made.iter().map(|((original, recipe), made)| (*original, recipe.clone(), made.clone())).collect()
    }

    /// Forgets what was made where `keeps` says so.
    pub fn retain(&self, keeps: impl Fn(Digest, &str) -> bool) {
        let mut index = self.index();
        index.made.retain(|(original, recipe), _| keeps(*original, recipe));
        index.has_changed = true;
    }

    /// Takes the index of another store.
    pub fn merge(&self, other: &Store) {
        let mut index = self.index();
        for (original, recipe, made) in other.all_made() {
            index.has_changed |= !index.made.contains_key(&(original, recipe.clone()));
            index.made.entry((original, recipe)).or_insert(made);
        }
    }

    /// Writes the index, if it has changed.
    ///
    /// # Errors
    /// If it cannot be written; the one before is then still whole.
    pub fn save_index(&self) -> io::Result<()> {
        let mut index = self.index();
        if !std::mem::take(&mut index.has_changed) {
            return Ok(());
        }
        index.log = None;
        index.write(&self.folder)
    }

    /// Writes the index, if it has changed, with what another process (a preview beside a build) has appended meanwhile.
    ///
    /// # Errors
    /// If it cannot be read or written; the one before is then still whole.
    pub(super) fn settle_index(&self) -> io::Result<()> {
        if !self.index().has_changed {
            return Ok(());
        }
        self.merge(&Self::open(&self.folder)?);
        self.save_index()
    }

    /// Writes the index into another folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn save_index_in(&self, folder: &Path) -> io::Result<()> {
        self.index().write(folder)
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // Nothing is left half done by a thread that panics: each change is one insertion.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where an original lies.
    pub fn original_path(&self, digest: Digest) -> PathBuf {
        self.folder.join(ORIGINALS).join(digest.fan()).join(digest.to_string())
    }

    fn keep(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if path.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64) {
            return Ok(());
        }
        write_whole(path, bytes)
    }
}

/// The lines of a file; none if there is no such file.
pub(super) fn read_lines(path: &Path) -> io::Result<Vec<String>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

/// Writes lines whole or not at all.
pub(super) fn write_lines(path: &Path, lines: impl Iterator<Item = serde_json::Result<String>>) -> io::Result<()> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.map_err(io::Error::other)?);
        text.push('\n');
    }
    write_whole(path, text.as_bytes())
}

/// Opens a book of lines to append to it; a line that was torn when a build was stopped gets its end first.
pub(super) fn append_to(path: &Path) -> io::Result<File> {
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let is_torn = std::fs::read(path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
    let mut file = File::options().create(true).append(true).open(path)?;
    if is_torn {
        file.write_all(b"\n")?;
    }
    Ok(file)
}
