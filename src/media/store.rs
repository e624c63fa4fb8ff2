//! The store: originals and variants under the digest of their bytes, and an index of which variants a recipe made.
//!
//! ```text
//! media/
//!   originals/ab/DIGEST       as it came
//!   variants/ab/DIGEST.ext    as it is published
//!   index.jsonl               original and recipe → asset, a line each
//!   ledger.jsonl              every URL that was ever asked for, a line each
//! ```
//!
//! Files are written beside their place and renamed, so that what has a name is whole. No build deletes anything.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::encode::Recipe;
use super::{Asset, Variant};
use crate::digest::Digest;
use crate::disk::write_whole;

/// The store of one mirror.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    index: BTreeMap<(Digest, String), Asset>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
struct IndexLine {
    original: Digest,
    recipe: String,
    asset: Asset,
}

pub(super) const INDEX: &str = "index.jsonl";

impl Store {
    /// Opens the store in a folder; the folder is made when something is put into it.
    ///
    /// # Errors
    /// If the index is there and cannot be read. A line that is damaged costs one encoding and is passed over.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let mut index = BTreeMap::new();
        for line in read_lines(&folder.join(INDEX))? {
            if let Ok(line) = serde_json::from_str::<IndexLine>(&line) {
                index.insert((line.original, line.recipe), line.asset);
            }
        }
        Ok(Self { folder: folder.to_owned(), index, changed: false })
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

    /// Reads an original.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn original(&self, digest: Digest) -> io::Result<Vec<u8>> {
        std::fs::read(self.original_path(digest))
    }

    /// Keeps a variant.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_variant(&self, bytes: &[u8], extension: &str, width: u32, height: u32) -> io::Result<Variant> {
        let digest = Digest::of(bytes);
        let variant = Variant { digest, extension: extension.to_owned(), width, height, bytes: bytes.len() as u64 };
        self.keep(&self.variant_path(&variant), bytes)?;
        Ok(variant)
    }

    /// Where a variant lies.
    pub fn variant_path(&self, variant: &Variant) -> PathBuf {
        self.folder
            .join("variants")
            .join(variant.digest.fan())
            .join(format!("{}.{}", variant.digest, variant.extension))
    }

    /// What a recipe has made of an original, if all of it is there.
    pub fn asset(&self, original: Digest, recipe: &Recipe) -> Option<&Asset> {
        let asset = self.index.get(&(original, recipe.name().to_owned()))?;
        asset.variants.iter().all(|variant| self.variant_path(variant).is_file()).then_some(asset)
    }

    /// Remembers what a recipe has made of an original.
    pub fn remember(&mut self, original: Digest, recipe: &Recipe, asset: &Asset) {
        let known = self.index.insert((original, recipe.name().to_owned()), asset.clone());
        self.changed |= known.as_ref() != Some(asset);
    }

    /// Writes the index, if anything was remembered.
    ///
    /// # Errors
    /// If it cannot be written; the one before is then still whole.
    pub fn save_index(&self) -> io::Result<()> {
        if !self.changed {
            return Ok(());
        }
        let lines = self.index.iter().map(|((original, recipe), asset)| {
            serde_json::to_string(&IndexLine { original: *original, recipe: recipe.clone(), asset: asset.clone() })
        });
        write_lines(&self.folder.join(INDEX), lines)
    }

    fn original_path(&self, digest: Digest) -> PathBuf {
        self.folder.join("originals").join(digest.fan()).join(digest.to_string())
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
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
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
