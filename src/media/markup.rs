//! What a page shows of a medium: a picture in all its sizes, or a link to what cannot be had.

use std::fmt::Write as _;

use super::Asset;
use crate::parse::html::serialise::{escape_attribute, escape_text};
use crate::parse::{MediaKind, MediaRef};

/// The width that a picture takes in the page's column, for browsers that choose among sizes: the column is 38 em
/// of 18 px at most, and the whole width of a phone.
const SIZES: &str = "(min-width: 44em) 684px, 100vw";

/// Words for media that are links, in the language of the interface.
#[derive(Clone, Copy, Debug)]
pub struct Labels {
    /// A picture.
    pub picture: &'static str,
    /// A sound.
    pub audio: &'static str,
    /// A film.
    pub video: &'static str,
    /// An embed.
    pub embed: &'static str,
}

/// How a picture stands in its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is the page's first: it is loaded at once.
    pub is_first: bool,
    /// Whether a link is around it already.
    pub is_linked: bool,
}

/// Writes a picture; `href` gives the link to an output file.
pub fn picture(
    asset: &Asset,
    reference: &MediaRef,
    standing: Standing,
    href: &dyn Fn(&str) -> String,
    labels: Labels,
    out: &mut String,
) {
    let Some(largest) = asset.variants.last() else { return };
    let large = attribute(&href(&largest.path()));
    if !standing.is_linked {
        let label =
            if reference.alt.is_empty() { format!(" aria-label=\"{}\"", labels.picture) } else { String::new() };
        let _ = write!(out, "<a href=\"{large}\"{label}>");
    }
    let smallest = &asset.variants[0];
    let _ = write!(out, "<img src=\"{}\"", attribute(&href(&smallest.path())));
    if asset.variants.len() > 1 {
        let set: Vec<String> =
            asset.variants.iter().map(|variant| format!("{} {}w", href(&variant.path()), variant.width)).collect();
        let _ = write!(out, " srcset=\"{}\" sizes=\"{SIZES}\"", attribute(&set.join(", ")));
    }
    let _ =
        write!(out, " width=\"{}\" height=\"{}\" alt=\"{}\"", largest.width, largest.height, attribute(&reference.alt));
    out.push_str(if standing.is_first { " fetchpriority=\"high\"" } else { " loading=\"lazy\" decoding=\"async\"" });
    out.push('>');
    if !standing.is_linked {
        out.push_str("</a>");
    }
}

/// Writes a link to an original that is not shown: what it is, what it shows, where it leads.
pub fn link(reference: &MediaRef, labels: Labels, out: &mut String) {
    let kind = match reference.kind {
        MediaKind::Picture => labels.picture,
        MediaKind::Audio => labels.audio,
        MediaKind::Video => labels.video,
        MediaKind::Embed => labels.embed,
    };
    let mut label = kind.to_owned();
    if !reference.alt.is_empty() {
        label.push_str(": ");
        label.push_str(&reference.alt);
    }
    if let Some(host) = reference.url.as_deref().and_then(|url| url.split('/').nth(2)) {
        let _ = write!(label, " ({host})");
    }
    match &reference.url {
        Some(url) => {
            let _ = write!(out, "<a href=\"{}\" rel=\"noreferrer noopener\">", attribute(url));
            escape_text(&label, out);
            out.push_str("</a>");
        }
        None => escape_text(&label, out),
    }
}

fn attribute(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    escape_attribute(value, &mut out);
    out
}
