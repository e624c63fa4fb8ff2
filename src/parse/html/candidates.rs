//! Which of the addresses that a picture's element names is the best copy: [`best_candidate`].

use super::media_ref::is_picture_address;
use super::tree::{Attr, Element};
use crate::parse::inline;

/// The best copy that an element names, of those in forms that can be decoded here if there are such.
pub(super) fn best_candidate(image: &Element, sources: &[&Element]) -> Option<String> {
    let decodable: Vec<&Element> = sources.iter().copied().filter(|source| is_decodable(source)).collect();
    if decodable.len() == sources.len() {
        return best_of(image, sources);
    }
    // What stands in the page itself and is smaller is a preview, in bytes of its address.
    const WHOLE: usize = 16 << 10;
    let is_preview = |url: &str| url.starts_with("data:") && url.len() < WHOLE;
    let best = best_of(image, &decodable).filter(|url| !is_placeholder(url) && !is_preview(url));
    best.or_else(|| best_of(image, sources))
}

fn is_decodable(source: &Element) -> bool {
    const NOT: &[&str] = &["image/avif", "image/jxl", "image/heic", "image/heif", "image/jp2"];
    let form = source.attr(Attr::Type).and_then(|form| form.split(';').next()).unwrap_or_default().trim();
    !NOT.iter().any(|known| form.eq_ignore_ascii_case(known))
}

/// The file that scripts show at full size, else the widest of the sets, else what a lazy loader would load, else the first `src` that
/// is no placeholder.
fn best_of(image: &Element, sources: &[&Element]) -> Option<String> {
    let all = |attr: Attr| image.attrs.iter().filter(move |(name, _)| *name == attr).map(|(_, value)| value.as_str());
    let usable = |url: &&str| is_usable(url);
    if let Some(best) = all(Attr::BestSrc).find(usable) {
        return Some(best.to_owned());
    }
    let sets = all(Attr::LazySrcset)
        .chain(all(Attr::Srcset))
        .chain(sources.iter().filter_map(|source| source.attr(Attr::LazySrcset).or_else(|| source.attr(Attr::Srcset))));
    let widest = sets.flat_map(candidates).filter(|(url, _)| is_usable(url)).fold(
        None,
        |best: Option<(&str, f64)>, (url, size)| match best {
            Some((_, known)) if known >= size => best,
            _ => Some((url, size)),
        },
    );
    // `data-lazy="true"` names no picture.
    let lazy = || all(Attr::LazySrc).filter(|value| value.contains(['/', '.']));
    let guessed = || all(Attr::GuessedSrc).chain(all(Attr::BareSrc)).filter(|value| is_picture_address(value));
    let named = || lazy().chain(all(Attr::Src)).filter(usable);
    let plain = named().find(|url| !is_placeholder(url)).or_else(|| guessed().find(usable)).or_else(|| named().next());
    match (widest, plain) {
        // A set without sizes is no better than the plain address.
        (Some((url, size)), Some(plain)) => {
            Some(if size > 1.0 || is_placeholder(plain) { url } else { plain }.to_owned())
        }
        (Some((url, _)), None) => Some(url.to_owned()),
        (None, Some(plain)) => Some(plain.to_owned()),
        (None, None) => {
            let inline = || lazy().chain(all(Attr::Src)).find(|url| inline::is_picture(url)).map(str::to_owned);
            lazy().find_map(filled).or_else(inline)
        }
    }
}

/// Deutsche Welle's address of a picture, whose form its script fills in: that of 940 pixels.
fn filled(url: &str) -> Option<String> {
    url.contains("${formatId}").then(|| url.replace("${formatId}", "6"))
}

pub(super) fn is_usable(url: &str) -> bool {
    let url = url.trim();
    !(url.is_empty()
        || url.starts_with("data:")
        || url.starts_with("blob:")
        || url.starts_with("about:")
        || url.starts_with("javascript:")
        || url.match_indices('{').any(|(at, _)| is_blank_to_fill(url, at)))
}

/// Whether the brace at a place of an address begins what a script would fill in: `{{a}}`, `{%`, `${a}`, `{width}`.
fn is_blank_to_fill(url: &str, brace: usize) -> bool {
    let begins = |c: char| matches!(c, '{' | '%') || c.is_ascii_lowercase();
    url[..brace].ends_with('$') || url[brace + 1..].starts_with(begins)
}

/// Whether a picture's file is named as those are that stand there until the real one is loaded, or as a page.
fn is_placeholder(url: &str) -> bool {
    const NAMES: &[&str] = &[
        "blank",
        "none",
        "imgloading",
        "spacer",
        "placeholder",
        "loading",
        "transparent",
        "grey",
        "gray",
        "lazyload",
        "lazy",
        "1x1",
        "pixel",
    ];
    let name = url.split(['?', '#']).next().unwrap_or(url).rsplit('/').next().unwrap_or(url);
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    matches!(ending, "html" | "htm" | "shtml") || NAMES.iter().any(|known| stem.eq_ignore_ascii_case(known))
}

/// The candidates of a `srcset` with their width or density; a URL may hold commas, which is why the standard cuts
/// at white space first (<https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>).
fn candidates(set: &str) -> Vec<(&str, f64)> {
    let mut found = Vec::new();
    let mut rest = set;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        if let Some(bare) = url.strip_suffix(',') {
            found.push((bare.trim_end_matches(','), 1.0));
            rest = after;
            continue;
        }
        let (descriptor, after) = after.split_once(',').unwrap_or((after, ""));
        let size =
            descriptor.split_ascii_whitespace().find_map(|part| part.strip_suffix(['w', 'x'])?.parse::<f64>().ok());
        found.push((url, size.unwrap_or(1.0)));
        rest = after;
    }
}
