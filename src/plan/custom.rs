//! What a site has beside its articles: pages of its own, and static files.

use std::collections::HashSet;

use super::pages::{Page, PageKind, numbered};
use super::slug::page_name;
use super::taken::{Taken, folded};
use crate::config::Config;
use crate::config::permalink::Pattern;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::Entry;

/// What a site has beside its articles, before it is planned.
#[derive(Debug, Default)]
pub struct Own<'build> {
    /// Its pages that are no articles.
    pub customs: Vec<CustomName<'build>>,
    /// The addresses of its static files.
    pub statics: HashSet<&'build str>,
    /// The addresses of its theme's files.
    pub assets: Vec<&'build str>,
}

impl Own<'_> {
    /// Whether a static file has this address.
    pub(super) fn has_static(&self, path: &str) -> bool {
        self.statics.contains(path)
    }

    /// Whether the site has a page of its own for what is not there.
    pub(super) fn has_not_found(&self) -> bool {
        self.has_static(NOT_FOUND) || self.customs.iter().any(|custom| custom.name == "404")
    }
}

/// The page that servers show where nothing is.
pub const NOT_FOUND: &str = "404.html";

/// A page of the site's own, that is no article, before it is planned.
#[derive(Debug)]
pub struct CustomName<'build> {
    /// Its output file without `.html`, if that is free.
    pub name: String,
    /// Its source, for diagnostics.
    pub source: &'build str,
}

/// The output file, without `.html` if it ends so, of a page of the site's own, at a path `below` their folder: what its `permalink` says, else as its
/// source is called; in a folder of its own where articles are, as Jekyll has it.
pub fn name_of(entry: &Entry, below: &str, config: &Config) -> (String, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    let mut warn = |message: String| faults.push(Diagnostic::warning(Code::Value, message).in_file(&*entry.source));
    if !entry.aliases.is_empty() {
        warn("only articles have `aliases` and `redirect_from`: nothing leads to this page from there".to_owned());
    }
    match entry.permalink.as_deref().map(Pattern::parse_own) {
        Some(Ok(own)) => {
            let path = own.path(entry, entry.date.map(|date| date.with_timezone(&config.timezone)));
            return (path.strip_suffix(".html").unwrap_or(&path).to_owned(), faults);
        }
        Some(Err(why)) => warn(format!("permalink: {why}; the page is called as its file is")),
        None => {}
    }
    let name = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
    let (folder, name) = name.rsplit_once('/').map_or(("", name), |(folder, name)| (folder, name));
    let folders = folder.split('/').filter(|name| !name.is_empty()).map(page_name);
    let in_folder = (config.permalink.makes_folders() && !matches!(name, "index" | "404")).then(|| "index".to_owned());
    (folders.chain([page_name(name)]).chain(in_folder).collect::<Vec<_>>().join("/"), faults)
}

/// The site's own pages, in their order; one whose name is taken gets a number.
pub(super) fn pages(customs: &[CustomName<'_>], taken: &mut Taken) -> (Vec<Page>, Vec<Diagnostic>) {
    let (mut pages, mut faults) = (Vec::new(), Vec::new());
    for (at, CustomName { name, source }) in customs.iter().enumerate() {
        // Its folder may be another's file: then no number helps.
        let at_the_top = name.replace('/', "-");
        let below = (1..=2).map(|number| numbered(name, number));
        let mut candidates = below.chain((1..).map(|number| numbered(&at_the_top, number)));
        let path = candidates.find(|path| taken.is_free(&folded(path))).unwrap_or_default();
        if path != format!("{name}.html") {
            let message = format!("its address {name}.html is that of another page; it is {path}");
            faults.push(Diagnostic::warning(Code::Collision, message).in_file(*source).hint("rename the file"));
        }
        taken.take(&folded(&path));
        let kind = if path == NOT_FOUND { PageKind::NotFound(Some(at)) } else { PageKind::Custom(at) };
        pages.push(Page { path, kind });
    }
    (pages, faults)
}
