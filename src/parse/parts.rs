//! A source cut into its parts, before they are understood.

use super::date::split_jekyll_name;
use super::dialect::{Dialect, Header};
use super::front_matter::FrontMatter;
use super::page_head::PageHead;
use super::title::plain_title;
use crate::read::Source;

/// A source cut into its parts.
pub(super) struct SourceParts<'text> {
    pub(super) matter: &'text FrontMatter,
    pub(super) header: Header<'text>,
    pub(super) dialect: Dialect,
    pub(super) body: &'text str,
    pub(super) source: &'text Source,
    pub(super) page: PageHead,
}

impl SourceParts<'_> {
    pub(super) fn stem(&self) -> &str {
        stem_of(&self.source.path)
    }

    /// The title that front matter or header gives, as plain text.
    pub(super) fn title(&self) -> Option<String> {
        // `title: [News]` is a list to YAML.
        let list = || Some(self.matter.list(&["title"])).filter(|list| !list.is_empty());
        let in_matter = self.matter.text(&["title"]).or_else(|| Some(format!("[{}]", list()?.join(", "))));
        let written = in_matter.or_else(|| self.header.title.map(str::to_owned))?;
        Some(plain_title(&written)).filter(|title| !title.is_empty())
    }

    /// The title that a saved page's head gives, as plain text.
    pub(super) fn page_title(&self) -> Option<String> {
        self.page.title.as_deref().map(plain_title).filter(|title| !title.is_empty())
    }
}

/// What a source is called: its file's name without its ending, or its folder's where the file is only called `index`.
pub fn stem_of(path: &str) -> &str {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match folders.rsplit_once('/') {
        // The topmost folder holds them all.
        Some((_, folder)) if stem == "index" || stem.starts_with("index.") => folder,
        _ => stem,
    }
}

/// Jekyll's slug of a file name: what follows the date.
pub(super) fn slug_of(stem: &str) -> &str {
    let slug = split_jekyll_name(stem).map_or(stem, |(_, slug)| slug);
    without_number_of_notion(slug).trim_end_matches('.')
}

/// Notion exports a page as its title and 32 hexadecimal digits.
fn without_number_of_notion(name: &str) -> &str {
    let parts = name
        .rsplit_once(' ')
        .filter(|(_, number)| number.len() == 32 && number.bytes().all(|byte| byte.is_ascii_hexdigit()));
    parts.map_or(name, |(title, _)| title)
}
