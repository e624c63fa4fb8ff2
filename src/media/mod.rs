//! Media references → [`Gallery`]: what is shown of each, from a store that outlives every build.
//!
//! [`rescue`] is the entry point:
//!
//! 1. [`Wanted`]: each original once, however many articles name it and however they spell it;
//! 2. [`fetch`]: remote ones that the [`ledger`] does not know are asked for ([`request`]), once, within bounds;
//! 3. [`store`]: originals are kept under their digest, for good;
//! 4. [`kitchen`]: each original → its variants ([`probe`], [`decode`], [`encode`], [`strip`]), looked up where the recipe
//!    has been cooked before;
//! 5. [`local`]: those that lie beside articles are read only where their stamps do not tell what they are;
//! 6. [`markup`]: what a page shows of a medium, or of one that cannot be had.
//!
//! [`sync`] copies a store to another place and back; [`sweep`] tells what of it is needed, and whether it is whole.
//! [`attachments`] are documents, which are published as they are.

pub mod address;
pub mod attachments;
mod avif;
mod decode;
mod drawing;
pub mod encode;
mod fetch;
mod film;
pub mod gallery;
mod jpeg;
mod kitchen;
pub mod ledger;
pub mod local;
pub mod markup;
pub mod probe;
mod queue;
mod request;
pub mod store;
mod strip;
pub mod sweep;
pub mod sync;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::config::{Config, MaxBytes};
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::parse::{Entry, MediaKind, MediaRef, inline};
use crate::progress::Progress;
use crate::read::local::locate;
use crate::read::{self, Stamp};
use gallery::local_candidates;
pub use gallery::{Asset, Gallery, MediaKey, Picture, Player, Variant};
use kitchen::Kitchen;
use ledger::Ledger;
use local::{KnownFiles, LocalFile, LocalFiles};
use probe::NotShown;
use store::Store;

/// Every original that articles name, once, in the order of their keys.
type Originals<'entry> = Vec<(MediaKey, Wanted<'entry>)>;

/// An original that articles name.
#[derive(Debug)]
struct Wanted<'entry> {
    kind: MediaKind,
    /// Its address, as one of them spells it.
    url: &'entry str,
    proxy: Option<&'entry str>,
    /// The article that names it first, for diagnostics.
    source: &'entry str,
    /// The newest date of those: newest ones are fetched first.
    newest: Option<DateTime<Utc>>,
}

/// What became of the media.
#[derive(Debug)]
pub struct Rescued {
    /// What is shown.
    pub gallery: Gallery,
    /// What is not, and why.
    pub diagnostics: Vec<Diagnostic>,
    /// When the first original that did not come is to be asked for again.
    pub due: Option<DateTime<Utc>>,
    /// The digest of the store's books that say so.
    pub books: Digest,
    /// The site's own files among what is shown, for the next build.
    pub files: LocalFiles,
}

/// Brings everything that the entries name into the store, as far as bounds and network allow.
///
/// # Errors
/// If the store cannot be read: a site without its pictures must not take the place of one that has them.
pub fn rescue(
    entries: &[&Entry],
    config: &Config,
    now: DateTime<Utc>,
    known_files: KnownFiles<'_>,
    progress: &dyn Progress,
) -> Result<Rescued, Diagnostic> {
    let (wanted, mut diagnostics) = gather(entries, &config.root, &config.static_folder);
    let (store, mut ledger) = open(&config.media.store)?;
    let kitchen = Kitchen::new(&store, &config.media, known_files);
    diagnostics.extend(fetch::fetch_missing(&wanted, &mut ledger, &kitchen, now, progress));
    let (mut gallery, files) = assemble(&wanted, &ledger, &kitchen, config, &mut diagnostics);
    diagnostics.extend(bound(&mut gallery, &wanted, config.media.max_total));
    if let Err(fault) = store.settle_index() {
        diagnostics.push(Diagnostic::warning(Code::Media, format!("the index of variants cannot be written: {fault}")));
    }
    let keys = wanted.iter().filter_map(|(key, _)| if let MediaKey::Url(key) = key { Some(key) } else { None });
    let due = keys.filter_map(|key| ledger.due(key)).min();
    // What a build itself brings into the store is no reason to build again; what another process does meanwhile is.
    Ok(Rescued { gallery, diagnostics, due, books: digest_of_books([ledger.stamp(), store.stamp()]), files })
}

/// Opens the store of a site and its ledger.
///
/// # Errors
/// If either is there and cannot be read.
pub fn open(folder: &Path) -> Result<(Store, Ledger), Diagnostic> {
    let fault = |what: &str, file: PathBuf, fault: std::io::Error| {
        Diagnostic::error(Code::Store, format!("{what} cannot be read: {fault}"))
            .in_file(file.display().to_string())
            .hint("mend it or fetch it again with `heliostat media pull`; no original is asked for without it")
    };
    let store = Store::open(folder).map_err(|why| fault("the store", folder.to_owned(), why))?;
    let file = folder.join(ledger::FILE_NAME);
    let ledger = Ledger::load(folder).map_err(|why| fault("the ledger", file.clone(), why))?;
    // What forgets all originals leaves an empty one.
    if ledger.stamp().is_none() && store.has_originals() {
        let message = "the ledger is not there, and the store holds originals: nobody can tell which came from where";
        let hint = "bring it back from a copy, or with `heliostat media pull`; to ask for all of them again, move `originals` away";
        return Err(Diagnostic::error(Code::Store, message).in_file(file.display().to_string()).hint(hint));
    }
    Ok((store, ledger))
}

/// The files of the site that entries may mean by their media, there or not, sorted.
pub fn local_files(entries: &[&Entry]) -> Vec<String> {
    let references =
        entries.par_iter().flat_map_iter(|entry| entry.media.iter().map(move |reference| (entry, reference)));
    let local = references.filter(|(_, reference)| reference.local.is_some());
    let mut files: Vec<String> = local.flat_map_iter(|(entry, reference)| local_candidates(entry, reference)).collect();
    files.par_sort_unstable();
    files.dedup();
    files
}

/// The digest of the store's books, which say which media there are, by their stamps.
pub fn books_digest(config: &Config) -> Digest {
    digest_of_books([ledger::FILE_NAME, store::INDEX].map(|book| Stamp::of(&config.media.store.join(book)).ok()))
}

fn digest_of_books(stamps: [Option<Stamp>; 2]) -> Digest {
    Digester::new().value(&stamps).finish()
}

/// The digest of these files of the site by their stamps; none if one was touched after a build `began`, in nanoseconds
/// since 1970, so that nobody can tell which bytes it has seen.
pub fn local_digest(config: &Config, files: &[String], began: i64) -> Option<Digest> {
    let mut digester = Digester::new();
    for file in files {
        let place = locate(&config.root, &config.static_folder, file);
        let stamp = place.and_then(|place| Stamp::of(&place).ok());
        if stamp.is_some_and(|stamp| !stamp.rests(began)) {
            return None;
        }
        digester.text(file).value(&stamp);
    }
    Some(digester.finish())
}

/// Everything that the entries name in the ledger's words: the key of each remote original, and who names it.
pub fn named_originals<'entry>(entries: &[&'entry Entry]) -> BTreeMap<String, &'entry Entry> {
    let references = entries.iter().flat_map(|entry| entry.media.iter().map(move |reference| (*entry, reference)));
    let keys = references.filter_map(|(entry, reference)| match MediaKey::of(reference)? {
        MediaKey::Url(key) if reference.kind != MediaKind::Embed => Some((key, entry)),
        _ => None,
    });
    keys.collect()
}

/// A fault for each file of the site that articles name as a medium and that is nowhere.
pub fn missing(entries: &[&Entry], config: &Config) -> Vec<Diagnostic> {
    gather(entries, &config.root, &config.static_folder).1
}

/// Each original once, and what is nowhere.
fn gather<'entry>(entries: &[&'entry Entry], root: &Path, static_folder: &str) -> (Originals<'entry>, Vec<Diagnostic>) {
    let references = entries.par_iter().flat_map_iter(|entry| {
        let media = entry.media.iter().filter(|reference| reference.kind != MediaKind::Embed);
        media.map(|reference| (key_of(entry, reference, root, static_folder), *entry, reference))
    });
    let (mut found, missing): (Vec<_>, Vec<_>) = references.partition_map(|(key, entry, reference)| match key {
        Some(key) => rayon::iter::Either::Left((key, entry, reference)),
        None => rayon::iter::Either::Right(not_there(entry, reference, static_folder)),
    });
    found.par_sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let mut wanted = Originals::with_capacity(found.len());
    for (key, entry, reference) in found {
        match wanted.last_mut() {
            Some((last, named)) if *last == key => named.also_by(entry, reference),
            _ => wanted.push((key, Wanted::by(entry, reference))),
        }
    }
    (wanted, missing)
}

impl<'entry> Wanted<'entry> {
    /// An original that an article names.
    fn by(entry: &'entry Entry, reference: &'entry MediaRef) -> Self {
        Self {
            kind: reference.kind,
            url: reference.url.as_deref().or(reference.local.as_deref()).unwrap_or_default(),
            proxy: reference.proxy.as_deref(),
            source: &entry.source,
            newest: entry.date,
        }
    }

    /// Another article names it, too.
    fn also_by(&mut self, entry: &'entry Entry, reference: &'entry MediaRef) {
        self.proxy = self.proxy.or(reference.proxy.as_deref());
        self.newest = self.newest.max(entry.date);
    }
}

fn not_there(entry: &Entry, reference: &MediaRef, static_folder: &str) -> Diagnostic {
    let written = reference.local.as_deref().unwrap_or_default();
    let message = format!("`{written}` is neither beside the article nor in `{static_folder}/`");
    Diagnostic::warning(Code::Media, message)
        .in_file(&*entry.source)
        .hint("put the file there, or give the article its original's address")
}

fn key_of(entry: &Entry, reference: &MediaRef, root: &Path, static_folder: &str) -> Option<MediaKey> {
    let file = local_candidates(entry, reference).into_iter().find(|path| locate(root, static_folder, path).is_some());
    file.map(MediaKey::File).or_else(|| MediaKey::of(reference))
}

/// What is made of an original, and what is known of the site's file that it is; nothing where it has not come.
type Had = Result<Option<(Asset, Option<LocalFile>)>, NotShown>;

/// What is shown of all that can be had, and the site's own files among it.
fn assemble(
    wanted: &Originals<'_>,
    ledger: &Ledger,
    kitchen: &Kitchen<'_>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Gallery, LocalFiles) {
    let inline = inline_assets(wanted, kitchen, config);
    let alone = |asset| (asset, None);
    let asset_of = |(key, wanted): &(MediaKey, Wanted<'_>)| -> Had {
        match key {
            MediaKey::Url(key) => {
                let asset = ledger.digest(key).map(|digest| kitchen.asset(wanted.kind, digest, None)).transpose();
                asset.map(|asset| asset.map(alone))
            }
            MediaKey::File(path) => {
                let file = locate(&config.root, &config.static_folder, path);
                let file = file.ok_or_else(|| NotShown::Store("it has gone".to_owned()))?;
                kitchen.asset_of_file(wanted.kind, path, &file).map(Some)
            }
            MediaKey::Inline(digest) => {
                let lost = || Err(NotShown::Broken("no base 64, or no longer in its source".to_owned()));
                inline.get(digest).cloned().unwrap_or_else(lost).map(alone).map(Some)
            }
        }
    };
    // Where nothing can be had, most are none.
    let had = wanted.par_iter().filter_map(|original| asset_of(original).transpose().map(|asset| (original, asset)));
    let had: Vec<_> = had.collect();
    let (mut gallery, mut files) = (Gallery::default(), BTreeMap::new());
    for ((key, wanted), asset) in had {
        if let (MediaKey::File(path), Ok((_, Some(file)))) = (key, &asset) {
            files.insert(path.clone(), *file);
        }
        let why = match asset {
            Ok((Asset::Nothing(why), _)) => why,
            Ok((asset, _)) => {
                gallery.insert(key.clone(), asset);
                continue;
            }
            Err(why) => why.to_string(),
        };
        let name = match key {
            MediaKey::Inline(_) => "a picture in the article itself",
            MediaKey::File(path) => path.trim_start_matches('/'),
            MediaKey::Url(_) => wanted.url,
        };
        diagnostics.push(
            Diagnostic::warning(Code::Media, format!("{name}: {why}"))
                .in_file(wanted.source)
                .hint("it is shown as a link to its original"),
        );
    }
    (gallery, Arc::new(files))
}

/// What is made of pictures that stand in articles, by their digests.
type InlineAssets = HashMap<Digest, Result<Asset, NotShown>>;

/// What is made of pictures that stand in articles; those of which nothing has been made are sought in their sources, each read once.
fn inline_assets(wanted: &Originals<'_>, kitchen: &Kitchen<'_>, config: &Config) -> InlineAssets {
    let (mut assets, mut sources) = (HashMap::new(), BTreeMap::<&str, HashSet<Digest>>::new());
    for (key, wanted) in wanted {
        let MediaKey::Inline(digest) = key else { continue };
        match kitchen.known(MediaKind::Picture, *digest) {
            Some(asset) => drop(assets.insert(*digest, Ok(asset))),
            None => drop(sources.entry(wanted.source).or_default().insert(*digest)),
        }
    }
    let of_source = |(path, mut missing): (&str, HashSet<Digest>)| {
        let mut made = Vec::new();
        if let Some(source) = read::read_again(&config.root, path) {
            inline::pictures_in(&source, |digest, bytes| {
                if missing.remove(&digest) {
                    made.push((digest, kitchen.asset(MediaKind::Picture, digest, Some(bytes))));
                }
                if missing.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        }
        made
    };
    assets.par_extend(sources.into_par_iter().flat_map_iter(of_source));
    assets
}

/// So many bytes an original of a kind may have. Of an embed only its poster is had.
fn most_bytes(limits: MaxBytes, kind: MediaKind) -> u64 {
    match kind {
        MediaKind::Picture | MediaKind::Embed => limits.picture,
        MediaKind::Audio => limits.audio,
        MediaKind::Video => limits.video,
    }
}

/// Keeps what is published under a total, newest first: a picture with which it would be more is shown at its narrowest,
/// and what would be too much even so is not shown.
fn bound(gallery: &mut Gallery, wanted: &Originals<'_>, most: u64) -> Option<Diagnostic> {
    let total: u64 = gallery.files().values().map(|file| file.bytes).sum();
    if total <= most {
        return None;
    }
    let mut keys: Vec<&(MediaKey, Wanted<'_>)> = wanted.iter().collect();
    // Stable: those of one date stay in the order of their keys.
    keys.sort_by_key(|(_, wanted)| Reverse(wanted.newest));
    let (mut published, mut spent, mut left_out) = (BTreeSet::new(), 0, 0_usize);
    for (key, _) in keys {
        let Some(asset) = gallery.get_mut(key) else { continue };
        let new = |asset: &Asset, published: &BTreeSet<Digest>| -> u64 {
            asset.files().filter(|file| !published.contains(&file.digest)).map(|file| file.bytes).sum()
        };
        if spent + new(asset, &published) > most
            && let Asset::Picture(picture) = asset
        {
            picture.variants.truncate(1);
            picture.avif.clear();
            picture.animation = None;
        }
        let size = new(asset, &published);
        if spent + size > most {
            gallery.remove(key);
            left_out += 1;
            continue;
        }
        spent += size;
        published.extend(asset.files().map(|file| file.digest));
    }
    let message = format!("media.max_total is reached: {left_out} media of older articles are links");
    Some(Diagnostic::warning(Code::Media, message).hint("raise media.max_total, or publish fewer widths"))
}
