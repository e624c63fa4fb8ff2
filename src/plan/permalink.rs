//! Permalinks: the address that a [pattern](crate::config::permalink) gives an article.
//!
//! How values become slugs is Jekyll's way (jekyll 4, `lib/jekyll/url.rb`, `utils.rb`), so that a mirror that moves keeps its addresses.

use std::borrow::Cow;

use chrono::{DateTime, Datelike as _, Timelike as _};
use chrono_tz::Tz;

use super::slug::{JekyllMode, jekyll_slugify};
use crate::address::{decoded, short_id};
use crate::config::permalink::{Part, Pattern, Placeholder};
use crate::digits;
use crate::escape::is_unfit;
use crate::parse::{Entry, stem_of};

impl Pattern {
    /// The output file of an article, from the site's folder; `at` is its date in the site's zone.
    pub fn path(&self, entry: &Entry, at: Option<DateTime<Tz>>) -> String {
        if at.is_none() && self.needs_date() {
            return format!("undated/{}.html", entry.id);
        }
        let mut url = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Value(value) => value.push(&mut url, entry, at),
            }
        }
        output_path(&url, &entry.id)
    }
}

impl Placeholder {
    fn push(self, out: &mut String, entry: &Entry, at: Option<DateTime<Tz>>) {
        match self {
            Self::Id => out.push_str(&entry.id),
            Self::Title => out.push_str(&or_id(jekyll_slugify(entry.slug(), JekyllMode::Pretty), entry)),
            Self::Slug => out.push_str(&or_id(jekyll_slugify(entry.slug(), JekyllMode::Default).to_lowercase(), entry)),
            Self::Name => {
                let name = jekyll_slugify(stem_of(&entry.source), JekyllMode::Default).to_lowercase();
                out.push_str(&or_id(name, entry));
            }
            Self::Categories => out.push_str(&categories(entry, str::to_lowercase)),
            Self::SluggedCategories => {
                let slug = |name: &str| jekyll_slugify(name, JekyllMode::Default).to_lowercase();
                out.push_str(&categories(entry, slug));
            }
            Self::OutputExt => out.push_str(".html"),
            _ => {
                if let Some(at) = at {
                    self.push_date(out, at);
                }
            }
        }
    }

    fn push_date(self, out: &mut String, at: DateTime<Tz>) {
        match self {
            Self::Year => digits::push_year(out, at.year()),
            Self::Month => digits::push(out, at.month(), 2),
            Self::IMonth => digits::push(out, at.month(), 1),
            Self::Day => digits::push(out, at.day(), 2),
            Self::IDay => digits::push(out, at.day(), 1),
            Self::YDay => digits::push(out, at.ordinal(), 3),
            Self::WeekDay => digits::push(out, at.weekday().number_from_monday(), 1),
            Self::Week => digits::push(out, at.iso_week().week(), 2),
            Self::Hour => digits::push(out, at.hour(), 2),
            Self::Minute => digits::push(out, at.minute(), 2),
            Self::Second => digits::push(out, at.second(), 2),
            Self::WeekYear => out.push_str(&at.iso_week().year().to_string()),
            Self::ShortYear => out.push_str(&at.format("%y").to_string()),
            Self::ShortMonth => out.push_str(&at.format("%b").to_string()),
            Self::LongMonth => out.push_str(&at.format("%B").to_string()),
            Self::ShortDay => out.push_str(&at.format("%a").to_string()),
            Self::LongDay => out.push_str(&at.format("%A").to_string()),
            _ => {}
        }
    }
}

/// The output file of an address that an article at `path` had before; a name alone, and what begins with dots, lies beside the
/// article. Of an address with a host, which may be that of the old site, the path counts.
pub(super) fn path_of_alias(alias: &str, path: &str, id: &str) -> String {
    let address = decoded(without_host(alias.split(['?', '#']).next().unwrap_or(alias)));
    if address.starts_with("./") || address.starts_with("../") {
        return output_path(&from_folder(folder_of(path), &address), id);
    }
    if address.trim_end_matches('/').contains('/') || address.starts_with('/') {
        return if address == "/" { "index.html".to_owned() } else { output_path(&address, id) };
    }
    output_path(&format!("{}/{address}", folder_of(path)), id)
}

/// The path of an address that has a host, in full or behind two slashes.
fn without_host(address: &str) -> &str {
    let parts = address.split_once("://").filter(|(scheme, _)| !scheme.contains('/'));
    let behind_scheme = parts.map(|(_, rest)| rest);
    match behind_scheme.or_else(|| address.strip_prefix("//")) {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => address,
    }
}

/// The folder in which an article's page, or the folder of its own, lies.
fn folder_of(path: &str) -> &str {
    let own = path.strip_suffix("/index.html").unwrap_or(path);
    own.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relative address, seen from a folder; above the site's own there is none.
fn from_folder(folder: &str, address: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A slug of nothing but marks is empty; the id stands in for it.
fn or_id(slug: String, entry: &Entry) -> String {
    if slug.is_empty() { entry.id.clone() } else { slug }
}

/// As `named` spells them, each once, joined by slashes; what would leave the folder does not.
fn categories(entry: &Entry, named: impl Fn(&str) -> String) -> String {
    let mut names: Vec<String> = Vec::new();
    for category in &entry.categories {
        let name = named(category);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("/")
}

/// The longest component, in bytes: file systems take 255; two ids of ten letters, each behind a dash, and an ending may be added.
const MAX_COMPONENT: usize = 255 - 22 - ".html".len();

/// The longest path, in bytes: with the site's own folder before it, it must stay under a system's limit (4096 here, 1024
/// on macOS).
const MAX_PATH: usize = 768;

/// An address → the file that a web server shows for it: `/a/` is `a/index.html`, `/a` is `a.html`.
fn output_path(url: &str, id: &str) -> String {
    let is_folder = url.ends_with('/');
    let mut path = String::with_capacity(url.len() + "/index.html".len());
    for part in url.split('/').filter(|part| !part.is_empty()) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&component(part, id));
    }
    if path.is_empty() || path.len() > MAX_PATH {
        return format!("{id}.html");
    }
    if is_folder {
        path.push_str("/index.html");
    } else if !path.ends_with(".html") && !path.ends_with(".htm") {
        path.push_str(".html");
    }
    path
}

fn component<'part>(part: &'part str, id: &str) -> Cow<'part, str> {
    // A leading dot hides a file from many servers; dots alone lead out of the folder.
    let part = part.trim_start_matches('.');
    if part.is_empty() {
        return "-".into();
    }
    let is_bad = |c: char| c.is_control() || c == '\\' || is_unfit(c);
    let clean = if part.contains(is_bad) { part.replace(is_bad, "-").into() } else { Cow::Borrowed(part) };
    if clean.len() <= MAX_COMPONENT {
        return clean;
    }
    // The end of a long name may be its ending.
    let ending = if clean.ends_with(".html") { ".html" } else { "" };
    let kept = &clean[..clean.floor_char_boundary(MAX_COMPONENT - 20)];
    format!("{kept}-{}{ending}", short_id(&format!("{id}{clean}"))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_in_a_file_and_never_leaves_the_site() {
        assert_eq!(output_path("/2021-12-17/标题/", "id"), "2021-12-17/标题/index.html");
        assert_eq!(output_path("/a/2.0-b", "id"), "a/2.0-b.html");
        assert_eq!(output_path("/../..//x.html", "id"), "-/-/x.html");
        assert!(output_path(&format!("/{}/", "长".repeat(200)), "id").len() < 255);
        assert_eq!(output_path(&"/a".repeat(5000), "id"), "id.html");
    }

    #[test]
    fn an_alias_is_seen_from_where_it_stands() {
        let alias = |alias: &str| path_of_alias(alias, "posts/rel/index.html", "id");
        assert_eq!(alias("old"), "posts/old.html");
        assert_eq!(alias("../my-old-url"), "my-old-url.html");
        assert_eq!(alias("./dot/old/"), "posts/dot/old/index.html");
        assert_eq!(alias("../../../x.html"), "x.html");
        assert_eq!(alias("old/2019/x"), "old/2019/x.html");
        assert_eq!(alias("https://h.example.org/abs/x/?a=1"), "abs/x/index.html");
        assert_eq!(alias("HTTPS://h.example.org/a%3Fb/c"), "a?b/c.html");
        assert_eq!(alias("/go/https://e.example.org/x"), "go/https:/e.example.org/x.html");
        assert_eq!(alias("//h.example.org"), "index.html");
        assert!(alias(&"/".repeat(1 << 20)).ends_with(".html"));
    }
}
