//! What an article says of a picture, sound, film or embed: [`MediaRef`].

use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::{Bases, parse_web, unwrap_proxy, within_archive};
use crate::digest::Digest;
use crate::parse::inline;

/// What a reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaKind {
    /// A picture.
    Picture,
    /// A sound.
    Audio,
    /// A film.
    Video,
    /// A page within the page: a player, a post, a map.
    Embed,
}

/// One picture, sound, film or embed that an article names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// What it is.
    pub kind: MediaKind,
    /// The original's absolute address, unwrapped from its proxy; none for a relative one of an article whose own
    /// address is not known.
    pub url: Option<Box<str>>,
    /// The relative reference as it was written: a file beside the source or below `static/`, if there is one.
    pub local: Option<Box<str>>,
    /// The same of a smaller copy, which is shown where the larger one is not there.
    pub small: Option<Box<str>>,
    /// Where else it can be had, if the article says so: behind a proxy, or smaller.
    pub proxy: Option<Box<str>>,
    /// What the picture shows, as given; empty if nothing is given.
    pub alt: Box<str>,
    /// What names a picture that stands in the article itself.
    pub inline: Option<Box<Digest>>,
    /// The number of the picture, among the article's references, that stands for a film or an embed.
    pub poster: Option<u32>,
}

impl MediaRef {
    /// What a written address leads to; none where that is nothing that could be shown.
    pub fn of(kind: MediaKind, written: &str, bases: Bases<'_>) -> Option<Self> {
        let written = written.trim();
        let nothing =
            Self { kind, url: None, local: None, small: None, proxy: None, alt: "".into(), inline: None, poster: None };
        if let Some(url) = parse_web(written).or_else(|| within_archive(written)) {
            let original = unwrap_proxy(&url);
            let proxy = original.is_some().then(|| url.as_str().into());
            let url = original.unwrap_or(url);
            // Below the mirror's own address may be a file of the site.
            let local = bases.within_site(&url).filter(|_| kind != MediaKind::Embed).map(Into::into);
            return Some(Self { url: Some(url.as_str().into()), local, proxy, ..nothing });
        }
        if kind == MediaKind::Picture && inline::is_picture(written) {
            return Some(Self { inline: Some(inline::digest_of(written).into()), ..nothing });
        }
        if written.is_empty() || Url::parse(written).is_ok() {
            // Another scheme: `blob:`, `file:`, `javascript:`.
            return None;
        }
        let url = bases.resolve(written).map(|url| url.as_str().into());
        let local = (kind != MediaKind::Embed).then(|| bases.from_site_folder(written).into());
        Some(Self { url, local, ..nothing })
    }

    /// Where the original can be looked up.
    pub fn address(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Whether two are of one original, however they say it.
    pub fn is_same(&self, other: &Self) -> bool {
        fn file(reference: &MediaRef) -> Option<&str> {
            reference.local.as_deref()?.split(['?', '#']).next()
        }
        self.kind == other.kind && self.url == other.url && self.inline == other.inline && file(self) == file(other)
    }

    /// Whether this is a preview of another picture, by the widths that their addresses tell.
    pub(super) fn is_preview_of(&self, large: &Self, widths: Widths) -> bool {
        match (self.told_width(widths), large.told_width(widths)) {
            (Some((host, name, width)), Some((other_host, other_name, larger))) => {
                host == other_host && name == other_name && width <= PREVIEW && PREVIEW < larger
            }
            _ => false,
        }
    }

    /// Host, file name and the width that stands in the name or before it: Medium's are `/max/60/name`, Pangea's, of
    /// VOA and RFE, `name_w33_r1.jpg`. Other numbers in folders may be anything.
    fn told_width(&self, widths: Widths) -> Option<(String, String, u32)> {
        let url = parse_web(self.address()?)?;
        let mut path = url.path().split('/').rev();
        let name = path.next()?;
        let in_name = || {
            let (start, rest) = name.rsplit_once("_w")?;
            Some((start.to_owned(), rest[..rest.find('_')?].parse().ok()?))
        };
        let in_folder =
            |folder: &str| Some((name.to_owned(), folder.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?));
        let by_folder = || {
            let told = in_folder(path.next()?)?;
            (widths == Widths::Likely || path.next() == Some("max")).then_some(told)
        };
        let (name, width) = in_name().or_else(by_folder)?;
        Some((url.host().to_owned(), name, width))
    }
}

/// Which numbers in an address are taken for a picture's width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Widths {
    /// Those that are one.
    Certain,
    /// Those that may be one: for what stands in a `noscript` beside it.
    Likely,
}

/// A preview is no wider, in pixels.
const PREVIEW: u32 = 100;

/// Whether an address is that of a picture itself, by its ending. Wikis call pages about pictures so, too.
pub fn is_picture_address(address: &str) -> bool {
    const ENDINGS: &[&str] = &["jpg", "jpeg", "png", "gif", "webp"];
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) && !path.contains("/wiki/")
}
