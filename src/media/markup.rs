//! What a page shows of a medium: a picture in all its sizes, a player, a card, or a link to what cannot be had.

use std::fmt::Write as _;

use super::gallery::{Picture, Player};
use crate::escape::{attribute, escape_attribute, escape_text, text};
use crate::parse::{MediaKind, MediaRef};

/// Words for media, in the language of the interface.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'site> {
    /// A picture.
    pub picture: &'site str,
    /// A picture that moves.
    pub animation: &'site str,
    /// A sound.
    pub audio: &'site str,
    /// A film.
    pub video: &'site str,
    /// An embed.
    pub embed: &'site str,
    /// Between one of these and what is said of it.
    pub colon: &'site str,
    /// Around a remark.
    pub brackets: [&'site str; 2],
}

impl<'site> Labels<'site> {
    /// The word for a kind.
    pub fn of(self, kind: MediaKind) -> &'site str {
        match kind {
            MediaKind::Picture => self.picture,
            MediaKind::Audio => self.audio,
            MediaKind::Video => self.video,
            MediaKind::Embed => self.embed,
        }
    }
}

/// How a medium stands in its page.
#[derive(Clone, Copy)]
pub struct Standing<'page> {
    /// Whether it is the page's first: it is loaded at once.
    pub is_first: bool,
    /// Whether a link is around it already.
    pub is_linked: bool,
    /// Gives the link to an output file.
    pub href: &'page dyn Fn(&str) -> String,
    /// How wide it is shown, as the attribute `sizes` says it; none in a feed, whose readers show one file as it is.
    pub sizes: Option<&'page str>,
    /// The interface's words.
    pub labels: Labels<'page>,
}

/// Writes a picture, which leads to its largest size, or to the animation whose first frame it is.
pub fn picture(picture: &Picture, reference: &MediaRef, standing: Standing<'_>, out: &mut String) {
    let Some(largest) = picture.variants.last() else { return };
    if standing.is_linked {
        return image(picture, &reference.alt, standing, out);
    }
    let target = picture.animation.as_ref().unwrap_or(largest);
    let _ = write!(out, "<a href=\"{}\"", attribute(&(standing.href)(&target.path())));
    if reference.alt.is_empty() {
        let _ = write!(out, " aria-label=\"{}\"", attribute(standing.labels.picture));
    }
    out.push('>');
    image(picture, &reference.alt, standing, out);
    if let Some(animation) = &picture.animation {
        let _ = write!(out, "<small>{} · {}</small>", text(standing.labels.animation), size(animation.bytes));
    }
    out.push_str("</a>");
}

fn image(picture: &Picture, alt: &str, standing: Standing<'_>, out: &mut String) {
    let (Some(smallest), Some(largest)) = (picture.variants.first(), picture.variants.last()) else { return };
    let Some(sizes) = standing.sizes else { return image_of_feed(picture, alt, standing, out) };
    let of = |variant: &super::Variant| format!("{} {}w", (standing.href)(&variant.path()), variant.width);
    let set_of = |variants: &[super::Variant]| attribute(&variants.iter().map(of).collect::<Vec<_>>().join(", "));
    let sizes = attribute(sizes);
    if !picture.avif.is_empty() {
        let set = set_of(&picture.avif);
        let _ = write!(out, "<picture><source type=\"image/avif\" srcset=\"{set}\" sizes=\"{sizes}\">");
    }
    let _ = write!(out, "<img src=\"{}\"", attribute(&(standing.href)(&smallest.path())));
    if picture.variants.len() > 1 {
        let _ = write!(out, " srcset=\"{}\" sizes=\"{sizes}\"", set_of(&picture.variants));
    }
    let _ = write!(out, " width=\"{}\" height=\"{}\" alt=\"{}\"", largest.width, largest.height, attribute(alt));
    out.push_str(if standing.is_first { " fetchpriority=\"high\"" } else { " loading=\"lazy\" decoding=\"async\"" });
    out.push('>');
    if !picture.avif.is_empty() {
        out.push_str("</picture>");
    }
}

/// As wide as most readers of feeds show a picture, in pixels.
const IN_FEEDS: u32 = 800;

fn image_of_feed(picture: &Picture, alt: &str, standing: Standing<'_>, out: &mut String) {
    let fits = picture.variants.iter().rfind(|variant| variant.width <= IN_FEEDS);
    let Some(variant) = fits.or(picture.variants.first()) else { return };
    let (src, alt) = (attribute(&(standing.href)(&variant.path())), attribute(alt));
    let _ = write!(out, "<img src=\"{src}\" width=\"{}\" height=\"{}\" alt=\"{alt}\">", variant.width, variant.height);
}

/// Writes a link to a picture that says how large it is, for the slowest lines.
pub fn picture_link(picture: &Picture, reference: &MediaRef, standing: Standing<'_>, out: &mut String) {
    let Some(smallest) = picture.variants.first() else { return };
    let label = if reference.alt.is_empty() { standing.labels.picture } else { &reference.alt };
    if standing.is_linked {
        return escape_text(label, out);
    }
    let _ = write!(out, "<a href=\"{}\">", attribute(&(standing.href)(&smallest.path())));
    escape_text(label, out);
    let _ = write!(out, "</a> <small>{}</small>", size(smallest.bytes));
}

/// Writes a sound or a film: nothing of it is loaded before it is asked for.
pub fn player(
    player: &Player,
    poster: Option<&Picture>,
    reference: &MediaRef,
    standing: Standing<'_>,
    out: &mut String,
) {
    let src = attribute(&(standing.href)(&player.file.path()));
    let label = standing.labels.of(reference.kind);
    let name = if reference.alt.is_empty() { label } else { &reference.alt };
    let name = attribute(name);
    match reference.kind {
        MediaKind::Video => {
            let poster = poster.and_then(|poster| poster.variants.last());
            let _ = write!(out, "<video src=\"{src}\" controls=\"\" preload=\"none\" playsinline=\"\"");
            if let Some(poster) = poster {
                let href = attribute(&(standing.href)(&poster.path()));
                let _ = write!(out, " poster=\"{href}\" width=\"{}\" height=\"{}\"", poster.width, poster.height);
            }
            let _ = write!(out, " aria-label=\"{name}\"></video>");
        }
        _ => {
            let _ = write!(out, "<audio src=\"{src}\" controls=\"\" preload=\"none\" aria-label=\"{name}\"></audio>");
        }
    }
    let _ = write!(out, " <small><a href=\"{src}\">{label}</a> · {}", size(player.file.bytes));
    if let Some(seconds) = player.seconds {
        let _ = write!(out, " · {}", length(seconds));
    }
    out.push_str("</small>");
}

/// Writes an embed as a card: what it is called, where it leads, and its picture where that could be had.
pub fn card(poster: Option<&Picture>, reference: &MediaRef, standing: Standing<'_>, out: &mut String) {
    let Some(url) = reference.url.as_deref() else { return link(reference, standing.labels, out) };
    let _ = write!(out, "<a href=\"{}\" rel=\"noreferrer noopener\">", attribute(url));
    if let Some(poster) = poster {
        image(poster, "", Standing { is_first: false, ..standing }, out);
    }
    out.push_str("<strong>");
    escape_text(if reference.alt.is_empty() { standing.labels.embed } else { &reference.alt }, out);
    out.push_str("</strong> <small>");
    escape_text(host_of(url), out);
    out.push_str("</small></a>");
}

/// Writes a link to an original that is not shown: what it is, what it shows, where it leads.
pub fn link(reference: &MediaRef, labels: Labels<'_>, out: &mut String) {
    let mut label = labels.of(reference.kind).to_owned();
    if !reference.alt.is_empty() {
        label.push_str(labels.colon);
        label.push_str(&reference.alt);
    }
    if let Some(url) = reference.address() {
        label.extend([labels.brackets[0], host_of(url), labels.brackets[1]]);
    }
    linked(reference, &label, out);
}

/// The same with its own words alone.
pub fn named(reference: &MediaRef, out: &mut String) {
    linked(reference, &reference.alt, out);
}

fn linked(reference: &MediaRef, label: &str, out: &mut String) {
    let Some(url) = reference.address() else { return escape_text(label, out) };
    out.push_str("<a href=\"");
    escape_attribute(url, out);
    out.push_str("\" rel=\"noreferrer noopener\">");
    escape_text(label, out);
    out.push_str("</a>");
}

fn host_of(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or(url)
}

/// `1.2 MB`, in powers of ten, as systems show it that readers use.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// `3:05`, `1:02:03`.
fn length(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
