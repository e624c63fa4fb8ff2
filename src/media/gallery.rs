//! What is shown of every medium: [`Gallery`].

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::address::canonical_key_of;
use crate::digest::Digest;
use crate::parse::{Entry, MediaKind, MediaRef};
use crate::read::local::{candidates, candidates_above};

/// A picture as it is published: an original and the files that were made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The original's width in pixels, upright.
    pub width: u32,
    /// The original's height in pixels, upright.
    pub height: u32,
    /// Its variants, narrowest first; at least one.
    pub variants: Vec<Variant>,
    /// The same as AVIF, or nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub avif: Vec<Variant>,
    /// The animation of which they show the first frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub animation: Option<Variant>,
}

/// A sound or a film as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Player {
    /// Its file.
    pub file: Variant,
    /// How long it is, in seconds, if that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// One published file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The digest of its own bytes.
    pub digest: Digest,
    /// Its ending, without a dot.
    pub extension: String,
    /// In pixels; 0 of a sound or a film.
    pub width: u32,
    /// In pixels; 0 of a sound or a film.
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

/// What was made of an original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asset {
    /// Variants of a picture.
    Picture(Picture),
    /// A sound or a film.
    Player(Player),
    /// Nothing, and why.
    Nothing(String),
}

/// A picture of no more pixels a side shows nothing: it only counted readers.
const TRACKER: u32 = 2;

impl Asset {
    /// The picture that is shown.
    pub fn picture(&self) -> Option<&Picture> {
        match self {
            Self::Picture(picture) if !self.is_tracker() => Some(picture),
            _ => None,
        }
    }

    /// The sound or film that is played.
    pub fn player(&self) -> Option<&Player> {
        if let Self::Player(player) = self { Some(player) } else { None }
    }

    /// Whether it is a picture that shows nothing.
    pub fn is_tracker(&self) -> bool {
        matches!(self, Self::Picture(picture) if picture.width <= TRACKER && picture.height <= TRACKER)
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &Variant> {
        const NONE: &[Variant] = &[];
        let (many, more, one) = match self {
            Self::Picture(picture) => (picture.variants.as_slice(), &*picture.avif, picture.animation.as_ref()),
            Self::Player(player) => (NONE, NONE, Some(&player.file)),
            Self::Nothing(_) => (NONE, NONE, None),
        };
        many.iter().chain(more).chain(one)
    }
}

/// A medium's name among all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKey {
    /// A file, from the site's folder.
    File(String),
    /// A remote original, by the canonical form of its address.
    Url(String),
    /// A picture that stands in the article itself, by the digest of its bytes.
    Inline(Digest),
}

impl MediaKey {
    /// The name of a reference that is no file of the site.
    pub(super) fn of(reference: &MediaRef) -> Option<Self> {
        let url = || reference.url.as_deref().map(|url| Self::Url(canonical_key_of(url)));
        reference.inline.as_deref().copied().map(Self::Inline).or_else(url)
    }
}

/// What is shown of every medium.
#[derive(Debug, Default)]
pub struct Gallery {
    assets: HashMap<MediaKey, Asset>,
}

impl Gallery {
    pub(super) fn insert(&mut self, key: MediaKey, asset: Asset) {
        self.assets.insert(key, asset);
    }

    pub(super) fn remove(&mut self, key: &MediaKey) {
        self.assets.remove(key);
    }

    pub(super) fn get_mut(&mut self, key: &MediaKey) -> Option<&mut Asset> {
        self.assets.get_mut(key)
    }

    /// What is shown for a reference, if it is of the kind that is asked for; none if only a link can be.
    pub fn asset(&self, entry: &Entry, reference: &MediaRef) -> Option<&Asset> {
        if self.assets.is_empty() {
            return None;
        }
        let asset = keys_of(entry, reference).find_map(|key| self.assets.get(&key))?;
        let is_picture = matches!(asset, Asset::Picture(_));
        (is_picture == (reference.kind == MediaKind::Picture)).then_some(asset)
    }

    /// The picture that is shown for a reference; none if only a link can be.
    pub fn picture(&self, entry: &Entry, reference: &MediaRef) -> Option<&Picture> {
        self.asset(entry, reference)?.picture()
    }

    /// The picture that stands for a film or an embed.
    pub fn poster(&self, entry: &Entry, reference: &MediaRef) -> Option<&Picture> {
        let poster = entry.media.get(reference.poster? as usize)?;
        self.picture(entry, poster)
    }

    /// The first picture of an article that is shown and is more than an icon, for lists, feeds and previews.
    pub fn lead(&self, entry: &Entry) -> Option<&Picture> {
        entry.media.iter().filter_map(|reference| self.picture(entry, reference)).find(|picture| picture.width >= LEAD)
    }

    /// Every published file by its output path, each once.
    pub fn files(&self) -> BTreeMap<String, &Variant> {
        let files = self.shown().flat_map(Asset::files);
        files.map(|file| (file.path(), file)).collect()
    }

    /// How many media are shown.
    pub fn len(&self) -> usize {
        self.shown().count()
    }

    /// Whether nothing was made of any.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    fn shown(&self) -> impl Iterator<Item = &Asset> {
        self.assets.values().filter(|asset| !asset.is_tracker())
    }
}

/// A narrower picture does not lead: it is an icon. In pixels.
const LEAD: u32 = 120;

/// The names by which a reference may be known, in the order in which they are looked for.
fn keys_of(entry: &Entry, reference: &MediaRef) -> impl Iterator<Item = MediaKey> {
    let files = local_candidates(entry, reference).into_iter().map(MediaKey::File);
    files.chain(MediaKey::of(reference))
}

/// Where the file of a reference may lie, if it is a relative one.
pub(super) fn local_candidates(entry: &Entry, reference: &MediaRef) -> Vec<String> {
    let written = || reference.local.iter().chain(&reference.small);
    // A picture of an original is its own, not one of that name which lies elsewhere.
    let of_note = written().filter(|_| reference.url.is_none());
    let near = written().flat_map(|written| candidates(&entry.source, written));
    near.chain(of_note.flat_map(|written| candidates_above(&entry.source, written))).collect()
}
