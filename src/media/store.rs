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
//! Files are written beside their place and renamed, so that what has a name is whole. No build deletes anything, but
//! the original of what it has just made without `keep_originals`. A variant is all that a build needs: originals may be elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gallery::{Asset, Variant};
use crate::digest::Digest;
use crate::disk::{UNFINISHED, write_whole};
use crate::lock::Lock;
use crate::read::Stamp;

/// The store of one mirror. Many threads put things into it.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    index: Mutex<Index>,
}

#[derive(Debug, Default)]
struct Index {
    assets: Assets,
    has_changed: bool,
    /// Its file's, as it was read or written.
    stamp: Option<Stamp>,
}

/// What was made, by original and recipe.
type Assets = BTreeMap<(Digest, String), Asset>;

/// The endings that files are published under: an index may come from elsewhere, and its names become ours.
const ENDINGS: &[&str] =
    &["jpg", "png", "webp", "gif", "avif", "mp3", "m4a", "ogg", "flac", "wav", "aac", "mp4", "webm"];

/// Reads an index. A line that is damaged costs one encoding and is passed over.
fn parse_index(text: &str) -> Assets {
    let lines: Vec<&str> = text.lines().collect();
    let is_ours = |line: &IndexLine| line.asset.files().all(|file| ENDINGS.contains(&file.extension.as_str()));
    let parsed: Vec<IndexLine> =
        lines.par_iter().filter_map(|line| serde_json::from_str(line).ok()).filter(is_ours).collect();
    parsed.into_iter().map(|line| ((line.original, line.recipe), line.asset)).collect()
}

fn index_text(assets: &Assets) -> io::Result<String> {
    lines(assets.iter().map(|((original, recipe), asset)| IndexLine {
        original: *original,
        recipe: recipe.clone(),
        asset: asset.clone(),
    }))
}

/// A line of the index.
#[derive(Serialize, Deserialize)]
struct IndexLine {
    original: Digest,
    recipe: String,
    asset: Asset,
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
    /// If the index is there and cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let file = folder.join(INDEX);
        let stamp = Stamp::of(&file).ok();
        let assets = parse_index(&read_book(&file)?);
        Ok(Self { folder: folder.to_owned(), index: Mutex::new(Index { assets, has_changed: false, stamp }) })
    }

    /// Whether it holds any original.
    pub(super) fn has_originals(&self) -> bool {
        let files = walkdir::WalkDir::new(self.folder.join(ORIGINALS)).into_iter().flatten();
        let is_original = |name: &std::ffi::OsStr| name.to_str().and_then(Digest::parse).is_some();
        files.into_iter().any(|entry| entry.file_type().is_file() && is_original(entry.file_name()))
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
        tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)
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
    pub fn asset(&self, original: Digest, recipe: &str) -> Option<Asset> {
        let asset = self.index().assets.get(&(original, recipe.to_owned())).cloned()?;
        let is_whole = asset.files().all(|variant| self.variant_path(variant).is_file());
        is_whole.then_some(asset)
    }

    /// Remembers what a recipe has made of an original, on disk too.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn remember(&self, original: Digest, recipe: &str, asset: &Asset) -> io::Result<()> {
        let mut index = self.index();
        let key = (original, recipe.to_owned());
        if index.assets.get(&key) == Some(asset) {
            return Ok(());
        }
        let line = IndexLine { original, recipe: key.1.clone(), asset: asset.clone() };
        append(&self.folder, INDEX, &line)?;
        index.assets.insert(key, line.asset);
        index.has_changed = true;
        Ok(())
    }

    /// Everything that was ever made: original, recipe, what.
    pub fn assets(&self) -> Vec<(Digest, String, Asset)> {
        let index = self.index();
        index.assets.iter().map(|((original, recipe), asset)| (*original, recipe.clone(), asset.clone())).collect()
    }

    /// The index, as it stands in its file.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub(super) fn index_text(&self) -> io::Result<String> {
        index_text(&self.index().assets)
    }

    /// Forgets what was made where `keeps` says so.
    pub fn retain(&self, keeps: impl Fn(Digest, &str) -> bool) {
        let mut index = self.index();
        index.assets.retain(|(original, recipe), _| keeps(*original, recipe));
        index.has_changed = true;
    }

    /// Forgets what was made where files of it have gone.
    pub fn forget_what_is_gone(&self) {
        let mut index = self.index();
        let before = index.assets.len();
        index.assets.retain(|_, asset| asset.files().all(|variant| self.variant_path(variant).is_file()));
        index.has_changed |= index.assets.len() != before;
    }

    /// Takes the index of another store, or what another process has appended to this one's.
    pub(super) fn merge(&self, index_text: &str) {
        let mut index = self.index();
        let before = index.assets.len();
        for (key, asset) in parse_index(index_text) {
            index.assets.entry(key).or_insert(asset);
        }
        index.has_changed |= index.assets.len() != before;
    }

    /// The stamp of the file that says the same as the index; none if there was none.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.index().stamp
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
        let file = self.folder.join(INDEX);
        write_whole(&file, index_text(&index.assets)?.as_bytes())?;
        index.stamp = Stamp::of(&file).ok();
        Ok(())
    }

    /// Writes the index, if it has changed, with what another process (a preview beside a build) has appended meanwhile.
    ///
    /// # Errors
    /// If it cannot be read or written; the one before is then still whole.
    pub(super) fn settle_index(&self) -> io::Result<()> {
        if !self.index().has_changed {
            return Ok(());
        }
        let _lock = Lock::take(&self.folder, |_| {})?;
        self.merge(&read_book(&self.folder.join(INDEX))?);
        self.save_index()
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
        // What a disk has damaged has its name and its length, too.
        let is_there = path.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64);
        if is_there && std::fs::read(path).is_ok_and(|kept| kept == bytes) {
            return Ok(());
        }
        write_whole(path, bytes)
    }
}

/// The text of a book; none if there is no such file.
pub(super) fn read_book(path: &Path) -> io::Result<String> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(fault) => Err(fault),
    }
}

/// The text of a book of these lines.
pub(super) fn lines(lines: impl Iterator<Item = impl Serialize>) -> io::Result<String> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
    }
    String::from_utf8(text).map_err(io::Error::other)
}

/// Appends a line to a book of a store, whatever other processes do to it meanwhile.
pub(super) fn append(folder: &Path, book: &str, line: &impl Serialize) -> io::Result<()> {
    let _lock = Lock::take(folder, |_| {})?;
    let mut file = File::options().read(true).create(true).append(true).open(folder.join(book))?;
    mend_end(&mut file)?;
    file.write_all(lines([line].into_iter())?.as_bytes())
}

/// A line that was torn when a process was stopped is cut off, for nobody has read it; one that only lacks its end gets it.
fn mend_end(file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len();
    let (mut start, mut end) = (length, Vec::new());
    while start > 0 && memchr::memchr(b'\n', &end).is_none() {
        let before = start.saturating_sub(END);
        file.seek(io::SeekFrom::Start(before))?;
        let mut part = vec![0; usize::try_from(start - before).unwrap_or_default()];
        file.read_exact(&mut part)?;
        part.append(&mut end);
        (start, end) = (before, part);
    }
    let whole = memchr::memrchr(b'\n', &end).map_or(0, |at| at + 1);
    match &end[whole..] {
        [] => Ok(()),
        line if serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok() => file.write_all(b"\n"),
        _ => file.set_len(start + whole as u64),
    }
}

/// So much of a book's end is looked at first, in bytes: a few lines.
const END: u64 = 4 << 10;
