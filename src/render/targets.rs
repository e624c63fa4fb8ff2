//! What links within the site lead to: an article written for the site links to its pages and files as Jekyll's users do, by
//! an address from the site's folder, by one relative to its own, or by another's source.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Custom;
use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::Entry;
use crate::parse::url::beside;
use crate::plan::{ArticleId, SiteMap};
use crate::read::ENDINGS;

/// The site's files by their paths, articles by their sources; nothing where no article links so.
#[derive(Debug, Default)]
pub struct Targets<'build> {
    paths: HashSet<&'build str>,
    sources: HashMap<&'build str, ArticleId>,
    /// The folder of the site on its host, without slashes at its ends.
    folder: &'build str,
}

impl<'build> Targets<'build> {
    /// Takes the site's pages, and `files` that are none.
    pub fn of(
        (entries, customs): (&'build [Arc<Entry>], &[Custom]),
        map: &'build SiteMap,
        files: impl Iterator<Item = &'build str>,
        config: &'build Config,
    ) -> Self {
        let links = |entry: &Entry| !entry.site_links.is_empty();
        if !(entries.iter().any(|entry| links(entry)) || customs.iter().any(|custom| links(&custom.entry))) {
            return Self::default();
        }
        Self {
            paths: map.pages.iter().map(|page| page.path.as_str()).chain(files).collect(),
            sources: entries.iter().zip(0..).map(|(entry, id)| (entry.source.as_str(), id)).collect(),
            folder: config.base_url.as_ref().map_or("", |base| base.path().trim_matches('/')),
        }
    }

    /// The output file that a link of an entry, whose own page is `page`, leads to.
    pub fn find(&self, map: &'build SiteMap, entry: &Entry, page: &str, href: &str) -> Option<Cow<'_, str>> {
        if self.is_empty() {
            return None;
        }
        let path = href.split(['#', '?']).next().unwrap_or(href);
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
        if let Some(path) = path.strip_prefix('/') {
            let below = path.strip_prefix(self.folder).and_then(|rest| rest.strip_prefix('/'));
            let by_address = below.and_then(|below| self.file(below)).or_else(|| self.file(path));
            return by_address.or_else(|| self.page_of(map, path));
        }
        self.page_of(map, &beside(&entry.source, &path)).or_else(|| self.file(&beside(page, &path)))
    }

    /// The page of the article of a source, whatever its ending: Jekyll's `post_url` names none.
    fn page_of(&self, map: &'build SiteMap, source: &str) -> Option<Cow<'_, str>> {
        let known = |source: &str| self.sources.get(source).copied();
        let other = || {
            let (stem, ending) = source.rsplit_once('.').filter(|(_, ending)| ENDINGS.contains(ending))?;
            ENDINGS.iter().filter(|other| **other != ending).find_map(|ending| known(&format!("{stem}.{ending}")))
        };
        let path = map.article(known(source).or_else(other)?).path.as_str();
        (!path.is_empty()).then_some(Cow::Borrowed(path))
    }

    /// The file that a server shows for an address.
    fn file(&self, address: &str) -> Option<Cow<'_, str>> {
        let address = address.trim_end_matches('/');
        let index = if address.is_empty() { "index.html".to_owned() } else { format!("{address}/index.html") };
        let candidates = [address.to_owned(), index, format!("{address}.html")];
        candidates.iter().find_map(|candidate| self.paths.get(candidate.as_str())).map(|path| Cow::Borrowed(*path))
    }

    /// Whether no article links so.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// A fault for each link that leads nowhere.
    pub fn faults(&self, map: &'build SiteMap, entry: &Entry, page: &str) -> Vec<Diagnostic> {
        let dead = entry.site_links.iter().filter(|href| self.find(map, entry, page, href).is_none());
        let fault = |href: &String| {
            Diagnostic::warning(
                Code::Link,
                format!("`{href}` is no page or file of the site; its words stay, without a link"),
            )
            .in_file(entry.source.clone())
            .hint("`heliostat list --json` names the page of each article; files belong into the static folder")
        };
        dead.map(fault).collect()
    }
}
