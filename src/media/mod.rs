//! Media references → [`Gallery`]: what is shown of each, from a store that outlives every build.
//!
//! [`rescue`] is the entry point:
//!
//! 1. [`Wanted`]: each picture once, however many articles name it;
//! 2. [`fetch`]: remote ones that the [`ledger`] does not know are asked for, once, within bounds;
//! 3. [`store`]: originals are kept under their digest, for good;
//! 4. [`probe`] and [`encode`]: each original → its variants, looked up where the recipe has been cooked before;
//! 5. [`markup`]: what a page shows of an asset, or of a picture that cannot be had.

pub mod address;
pub mod encode;
pub mod fetch;
pub mod ledger;
pub mod markup;
pub mod probe;
pub mod store;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::parse::{Entry, MediaKind, MediaRef};
use crate::read::Stamp;
use ledger::Ledger;
use store::Store;

/// A picture as it is published: an original and the files that were made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The original's width in pixels, upright.
    pub width: u32,
    /// The original's height in pixels, upright.
    pub height: u32,
    /// Its variants, narrowest first; at least one.
    pub variants: Vec<Variant>,
}

/// One published file of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The digest of its own bytes.
    pub digest: Digest,
    /// Its ending, without a dot.
    pub extension: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Variant {
    /// Its output file, from the site's folder.
    pub fn path(&self) -> String {
        format!("media/{}/{}.{}", self.digest.fan(), self.digest, self.extension)
    }
}

/// A picture's name among all: its original's address, or the path of a file of the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKey {
    /// A file, from the site's folder.
    File(String),
    /// A remote original.
    Url(String),
}

/// What is shown of every picture.
#[derive(Debug, Default)]
pub struct Gallery {
    assets: HashMap<MediaKey, Asset>,
}

impl Gallery {
    /// What is shown of a reference; none if only a link can be.
    pub fn asset(&self, entry: &Entry, reference: &MediaRef) -> Option<&Asset> {
        if self.assets.is_empty() || reference.kind != MediaKind::Picture {
            return None;
        }
        let files = local_candidates(entry, reference).into_iter().map(MediaKey::File);
        let url = reference.url.clone().map(MediaKey::Url);
        files.chain(url).find_map(|key| self.assets.get(&key))
    }

    /// Every published file, with the path of its bytes in the store, each once.
    pub fn variants(&self) -> BTreeMap<String, &Variant> {
        let variants = self.assets.values().flat_map(|asset| &asset.variants);
        variants.map(|variant| (variant.path(), variant)).collect()
    }

    /// How many pictures are shown.
    pub fn len(&self) -> usize {
        self.assets.len()
    }

    /// Whether no picture is shown.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }
}

/// A picture that articles name.
struct Wanted {
    /// The article that names it first, for diagnostics.
    source: String,
    /// The newest date of those: newest pictures are fetched first.
    newest: Option<DateTime<Utc>>,
    proxy: Option<String>,
}

/// What became of the media.
#[derive(Debug)]
pub struct Rescued {
    /// What is shown.
    pub gallery: Gallery,
    /// What is not, and why.
    pub diagnostics: Vec<Diagnostic>,
    /// When the first picture that did not come is to be asked for again.
    pub due: Option<DateTime<Utc>>,
}

/// Brings every picture that the entries name into the store, as far as bounds and network allow.
pub fn rescue(entries: &[&Entry], config: &Config, now: DateTime<Utc>, progress: &dyn Fn(usize, usize)) -> Rescued {
    let (wanted, mut diagnostics) = gather(entries, &config.root, &config.static_folder);
    let mut store = match Store::open(&config.media.store) {
        Ok(store) => store,
        Err(fault) => {
            diagnostics.push(
                Diagnostic::error(Code::Media, format!("the store cannot be used: {fault}"))
                    .in_file(config.media.store.display().to_string()),
            );
            return Rescued { gallery: Gallery::default(), diagnostics, due: None };
        }
    };
    let mut ledger = Ledger::load(store.folder()).unwrap_or_else(|fault| {
        diagnostics.push(
            Diagnostic::error(Code::Media, format!("the ledger cannot be read: {fault}"))
                .in_file(store.folder().join(ledger::FILE_NAME).display().to_string()),
        );
        Ledger::default()
    });
    diagnostics.extend(fetch::fetch_missing(&wanted, &mut ledger, &store, config, now, progress));
    let gallery = encode_all(&wanted, &ledger, &mut store, config, &mut diagnostics);
    if let Err(fault) = store.save_index() {
        diagnostics.push(Diagnostic::warning(Code::Media, format!("the index of variants cannot be written: {fault}")));
    }
    let urls = wanted.keys().filter_map(|key| if let MediaKey::Url(url) = key { Some(url) } else { None });
    let due = urls.filter_map(|url| ledger.due(url)).min();
    Rescued { gallery, diagnostics, due }
}

/// The files of the site that entries may mean by their pictures, there or not, sorted.
pub fn local_files(entries: &[&Entry]) -> Vec<String> {
    let pictures =
        entries.par_iter().flat_map_iter(|entry| entry.media.iter().map(move |reference| (entry, reference)));
    let local = pictures.filter(|(_, reference)| reference.local.is_some() && reference.kind == MediaKind::Picture);
    let mut files: Vec<String> = local.flat_map_iter(|(entry, reference)| local_candidates(entry, reference)).collect();
    files.par_sort_unstable();
    files.dedup();
    files
}

/// The digest of all that says which pictures there are: the store's books, and these files of the site.
pub fn digest(config: &Config, files: &[String]) -> Digest {
    let mut digester = Digester::new();
    for book in [ledger::FILE_NAME, store::INDEX] {
        digester.value(&Stamp::of(&config.media.store.join(book)).ok());
    }
    for file in files {
        let place = locate(&config.root, &config.static_folder, file);
        digester.text(file).value(&place.and_then(|place| Stamp::of(&place).ok()));
    }
    digester.finish()
}

/// Each picture once, and a count of what is a link because it is no picture.
fn gather(entries: &[&Entry], root: &Path, static_folder: &str) -> (BTreeMap<MediaKey, Wanted>, Vec<Diagnostic>) {
    let pictures = entries.par_iter().flat_map_iter(|entry| {
        let pictures = entry.media.iter().filter(|reference| reference.kind == MediaKind::Picture);
        pictures.map(|reference| (key_of(entry, reference, root, static_folder), *entry, reference))
    });
    let (mut found, missing): (Vec<_>, Vec<_>) = pictures.partition_map(|(key, entry, reference)| match key {
        Some(key) => rayon::iter::Either::Left((key, entry, reference)),
        None => rayon::iter::Either::Right(not_there(entry, reference, static_folder)),
    });
    found.par_sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let same = found.chunk_by(|(a, ..), (b, ..)| a == b);
    let wanted = same.map(|named| (named[0].0.clone(), Wanted::of(named))).collect();
    let mut diagnostics = missing;
    let references = entries.par_iter().flat_map_iter(|entry| &entry.media);
    let players = references.filter(|reference| matches!(reference.kind, MediaKind::Audio | MediaKind::Video)).count();
    if players > 0 {
        diagnostics
            .push(Diagnostic::warning(Code::Media, format!("{players} sounds and films are links to their originals")));
    }
    (wanted, diagnostics)
}

impl Wanted {
    /// A picture that these articles name.
    fn of(named: &[(MediaKey, &Entry, &MediaRef)]) -> Self {
        Self {
            source: named[0].1.source.clone(),
            newest: named.iter().filter_map(|(_, entry, _)| entry.date).max(),
            proxy: named.iter().find_map(|(.., reference)| reference.proxy.clone()),
        }
    }
}

fn not_there(entry: &Entry, reference: &MediaRef, static_folder: &str) -> Diagnostic {
    let written = reference.local.as_deref().unwrap_or_default();
    let message = format!("`{written}` is neither beside the article nor in `{static_folder}/`");
    Diagnostic::warning(Code::Media, message)
        .in_file(entry.source.clone())
        .hint("put the picture there, or give the article its original's address")
}

fn key_of(entry: &Entry, reference: &MediaRef, root: &Path, static_folder: &str) -> Option<MediaKey> {
    let file = local_candidates(entry, reference).into_iter().find(|path| locate(root, static_folder, path).is_some());
    file.map(MediaKey::File).or_else(|| reference.url.clone().map(MediaKey::Url))
}

/// Where a relative reference may lie: beside its source, or, with a slash before it, among the static files. Paths
/// from the site's folder; the static folder is written `/`.
fn local_candidates(entry: &Entry, reference: &MediaRef) -> Vec<String> {
    let Some(written) = &reference.local else { return Vec::new() };
    let path = written.split(['?', '#']).next().unwrap_or(written);
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    if decoded.starts_with('/') {
        return vec![decoded.into_owned()];
    }
    let folder = entry.source.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    vec![parts.join("/"), format!("/{}", decoded.trim_start_matches("./"))]
}

/// The file of a candidate, if it is one and lies inside the site.
fn locate(root: &Path, static_folder: &str, candidate: &str) -> Option<PathBuf> {
    let path = match candidate.strip_prefix('/') {
        Some(below) => root.join(static_folder).join(below),
        None => root.join(candidate),
    };
    if !path.is_file() {
        return None;
    }
    let (real, root) = (path.canonicalize().ok()?, root.canonicalize().ok()?);
    real.starts_with(root).then_some(real)
}

/// Makes the assets of all that can be had.
fn encode_all(
    wanted: &BTreeMap<MediaKey, Wanted>,
    ledger: &Ledger,
    store: &mut Store,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Gallery {
    let recipe = encode::Recipe::of(&config.media);
    let results: Vec<(&MediaKey, Result<Encoded, Diagnostic>)> = wanted
        .par_iter()
        .map(|(key, wanted)| {
            (key, asset_of(key, ledger, store, &recipe, config).map_err(|why| why.in_file(wanted.source.clone())))
        })
        .collect();
    let mut gallery = Gallery::default();
    for (key, result) in results {
        match result {
            Ok(Some((original, asset))) => {
                store.remember(original, &recipe, &asset);
                gallery.assets.insert(key.clone(), asset);
            }
            Ok(None) => {}
            Err(fault) => diagnostics.push(fault),
        }
    }
    gallery
}

/// An original and what was made of it; none if the original has never come.
type Encoded = Option<(Digest, Asset)>;

fn asset_of(
    key: &MediaKey,
    ledger: &Ledger,
    store: &Store,
    recipe: &encode::Recipe,
    config: &Config,
) -> Result<Encoded, Diagnostic> {
    let name = match key {
        MediaKey::File(path) | MediaKey::Url(path) => path,
    };
    let fault = |why: String| Diagnostic::warning(Code::Media, format!("{name}: {why}"));
    let (digest, bytes) = match key {
        MediaKey::File(path) => {
            let file = locate(&config.root, &config.static_folder, path).ok_or_else(|| fault("has gone".to_owned()))?;
            let size = file.metadata().map_or(0, |metadata| metadata.len());
            if size > config.media.max_bytes {
                return Err(fault(format!("is larger than media.max_bytes ({size} bytes)")));
            }
            let bytes = std::fs::read(&file).map_err(|why| fault(why.to_string()))?;
            (Digest::of(&bytes), Some(bytes))
        }
        MediaKey::Url(url) => match ledger.digest(url) {
            Some(digest) => (digest, None),
            None => return Ok(None),
        },
    };
    if let Some(asset) = store.asset(digest, recipe) {
        return Ok(Some((digest, asset.clone())));
    }
    let bytes = match bytes {
        Some(bytes) => bytes,
        None => store.original(digest).map_err(|why| fault(format!("its original is not in the store: {why}")))?,
    };
    let asset = encode::encode(&bytes, recipe, &config.media, store)
        .map_err(|why| fault(why.to_string()).hint("the picture is shown as a link to its original"))?;
    Ok(Some((digest, asset)))
}
