//! An original → what is published of it, looked up in the store where that has been made before.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::encode::{self, Recipe};
use super::gallery::{Asset, Picture, Player, Variant};
use super::local::{KnownFiles, LocalFile};
use super::probe::{self, Kind, NotShown};
use super::store::Store;
use super::{film, strip};
use crate::config::MediaConfig;
use crate::digest::Digest;
use crate::parse::MediaKind;
use crate::read::Stamp;

/// What is done with sounds and films; changes whenever other bytes would come of it.
const PLAYER_RECIPE: &str = "player-2";

/// Whether a recipe is one that would be used today.
pub(super) fn is_current(recipe: &str, config: &MediaConfig) -> bool {
    recipe == PLAYER_RECIPE || recipe == Recipe::of(config).name()
}

/// Pictures of so many pixels together are decoded at once, whatever the number of cores: about 300 MB at most.
const PIXELS_AT_ONCE: u64 = 40_000_000;

/// What a pixel of the budget stands for, for what is no picture.
const BYTES_A_PIXEL: u64 = 8;

/// Makes what is published.
pub(super) struct Kitchen<'build> {
    store: &'build Store,
    recipe: Recipe,
    config: &'build MediaConfig,
    known_files: KnownFiles<'build>,
    budget: Budget,
}

impl<'build> Kitchen<'build> {
    pub(super) fn new(store: &'build Store, config: &'build MediaConfig, known_files: KnownFiles<'build>) -> Self {
        Self { store, recipe: Recipe::of(config), config, known_files, budget: Budget::new(PIXELS_AT_ONCE) }
    }

    /// Whether an original that came is not here, nor is what today's recipe has made of it.
    pub(super) fn has_lost(&self, kind: MediaKind, original: Digest) -> bool {
        self.store.asset(original, self.recipe_for(kind)).is_none() && !self.store.original_path(original).is_file()
    }

    /// What is made of an original, if that has been made.
    pub(super) fn known(&self, kind: MediaKind, original: Digest) -> Option<Asset> {
        self.store.asset(original, self.recipe_for(kind))
    }

    pub(super) fn config(&self) -> &'build MediaConfig {
        self.config
    }

    pub(super) fn store(&self) -> &'build Store {
        self.store
    }

    fn recipe_for(&self, kind: MediaKind) -> &str {
        if kind == MediaKind::Picture { self.recipe.name() } else { PLAYER_RECIPE }
    }

    /// What is made of an original; its bytes are read from the store where they are not given. What cannot be shown is
    /// remembered too, as [`Asset::Nothing`], unless that is for a limit, which may be raised.
    ///
    /// # Errors
    /// If the original is not there or over a limit, or the store cannot be written.
    pub(super) fn asset(&self, kind: MediaKind, original: Digest, bytes: Option<Vec<u8>>) -> Result<Asset, NotShown> {
        if let Some(asset) = self.store.asset(original, self.recipe_for(kind)) {
            return Ok(asset);
        }
        let asset = match kind {
            MediaKind::Picture => self.picture(original, bytes),
            _ => self.player(original, bytes),
        };
        let asset = match asset {
            Err(why @ (NotShown::Store(_) | NotShown::TooLarge(..) | NotShown::TooHeavy(_))) => return Err(why),
            Err(why) => Asset::Nothing(why.to_string()),
            Ok(asset) => asset,
        };
        self.store.remember(original, self.recipe_for(kind), &asset).map_err(kept)?;
        if !self.config.keep_originals && !matches!(asset, Asset::Nothing(_)) {
            // If it cannot be removed it is one too many, no harm.
            let _ = std::fs::remove_file(self.store.original_path(original));
        }
        Ok(asset)
    }

    fn original(&self, original: Digest, bytes: Option<Vec<u8>>) -> Result<Vec<u8>, NotShown> {
        let read = || self.store.original(original);
        let missing = |why| NotShown::Store(format!("its original is not in the store: {why}"));
        bytes.map_or_else(read, Ok).map_err(missing)
    }

    fn picture(&self, original: Digest, bytes: Option<Vec<u8>>) -> Result<Asset, NotShown> {
        let bytes = self.original(original, bytes)?;
        let pixels = match probe::kind(&bytes, "picture")? {
            Kind::Picture(format) => {
                let size = probe::dimensions(&bytes, format, self.config.max_pixels).ok();
                size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
            }
            // What a drawing takes is known when it has been read.
            _ => PIXELS_AT_ONCE,
        };
        let _share = self.budget.take(pixels);
        let cooked = encode::cook(&bytes, &self.recipe, self.config.max_pixels)?;
        let keep = |files: &[encode::File]| files.iter().map(|file| self.keep(file)).collect::<Result<Vec<_>, _>>();
        let (variants, avif) = (keep(&cooked.variants)?, keep(&cooked.avif)?);
        let animation = cooked.animation.as_ref().map(|file| self.keep(file)).transpose()?;
        let (width, height) = cooked.size;
        Ok(Asset::Picture(Picture { width, height, variants, avif, animation }))
    }

    fn keep(&self, file: &encode::File) -> Result<Variant, NotShown> {
        self.store.keep_variant(&file.bytes, file.extension, (file.width, file.height)).map_err(kept)
    }

    /// Sounds and films lose their metadata, and nothing else.
    fn player(&self, original: Digest, bytes: Option<Vec<u8>>) -> Result<Asset, NotShown> {
        let in_store = || self.store.original_path(original).metadata().map_or(0, |metadata| metadata.len());
        let size = bytes.as_ref().map_or_else(in_store, |bytes| bytes.len() as u64);
        let _share = self.budget.take(size / BYTES_A_PIXEL);
        let bytes = self.original(original, bytes)?;
        let stripped = catch_unwind(AssertUnwindSafe(|| stripped_player(bytes)));
        let broken = |_| Err(NotShown::Broken("its tags cannot be read".to_owned()));
        let (bytes, extension, length) = stripped.unwrap_or_else(broken)?;
        let file = self.store.keep_variant(&bytes, extension, (0, 0)).map_err(kept)?;
        let seconds = length.and_then(|length| u32::try_from(length.as_secs()).ok());
        Ok(Asset::Player(Player { file, seconds }))
    }

    /// What is made of a file of the site, whose name there is `path`, and what to remember of it.
    ///
    /// # Errors
    /// If it cannot be read, or is too large.
    pub(super) fn asset_of_file(
        &self,
        kind: MediaKind,
        path: &str,
        file: &Path,
    ) -> Result<(Asset, Option<LocalFile>), NotShown> {
        let unread = |why: io::Error| NotShown::Store(why.to_string());
        let stamp = Stamp::of(file).map_err(unread)?;
        if stamp.size() > super::most_bytes(self.config.max_bytes, kind) {
            return Err(NotShown::TooHeavy(stamp.size()));
        }
        let remembered = |digest| LocalFile::at_rest(stamp, digest, self.known_files.began);
        let known = self.known_files.files.get(path).and_then(|known| known.digest_at(stamp));
        if let Some((digest, asset)) = known.and_then(|digest| Some((digest, self.known(kind, digest)?))) {
            return Ok((asset, remembered(digest)));
        }
        let bytes = std::fs::read(file).map_err(unread)?;
        let digest = Digest::of(&bytes);
        Ok((self.asset(kind, digest, Some(bytes))?, remembered(digest)))
    }
}

/// A sound or a film without its metadata, its ending, and how long it is.
fn stripped_player(mut bytes: Vec<u8>) -> Result<(Vec<u8>, &'static str, Option<Duration>), NotShown> {
    match probe::kind(&bytes, "sound or film")? {
        Kind::Audio(extension) => {
            let (bytes, length) = strip::sound(bytes);
            Ok((bytes, extension, length))
        }
        Kind::Video(extension) => {
            let length = strip::length(&bytes);
            film::strip(&mut bytes);
            Ok((bytes, extension, length))
        }
        _ => Err(NotShown::Unknown("sound or film")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` calls takes the fault itself")]
fn kept(fault: std::io::Error) -> NotShown {
    NotShown::Store(fault.to_string())
}

/// So much may be in hand at once; a larger thing waits until it is alone.
struct Budget {
    whole: u64,
    free: Mutex<u64>,
    freed: Condvar,
}

/// A part of a budget, given back when it is dropped.
struct Share<'budget> {
    budget: &'budget Budget,
    size: u64,
}

impl Budget {
    fn new(whole: u64) -> Self {
        Self { whole, free: Mutex::new(whole), freed: Condvar::new() }
    }

    fn take(&self, size: u64) -> Share<'_> {
        let size = size.min(self.whole);
        let mut free = self.lock();
        while *free < size {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= size;
        Share { budget: self, size }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.lock() += self.size;
        self.budget.freed.notify_all();
    }
}
