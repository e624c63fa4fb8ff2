//! What links within the site lead to: an article written for the site links to its pages and files as Jekyll's users do, by
//! an address from the site's folder, by one relative to its own, or by another's source; any article by an address on the
//! mirror's own host.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use url::Url;

use super::CustomPage;
use crate::address::{Bases, WebUrl, beside, canonical_key, decoded};
use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::media::attachments::{Attachment, files_of};
use crate::parse::html::serialise::POST;
use crate::parse::{Entry, UrlKey};
use crate::plan::{Planned, SiteMap};
use crate::read;

/// The site's files by their paths, its pages by their sources; nothing where no article links so.
#[derive(Debug, Default)]
pub struct Targets<'build> {
    paths: HashSet<&'build str>,
    sources: HashMap<&'build str, &'build str>,
    /// The same by what Jekyll calls a post: its source below `_posts`, without its ending.
    posts: HashMap<&'build str, &'build str>,
    /// The same by their names alone: folders of categories may stand above `_posts` or below.
    names: HashMap<&'build str, &'build str>,
    /// And by their slugs, in lower case.
    slugs: HashMap<String, &'build str>,
    /// Documents beside articles, by their files.
    attachments: HashMap<&'build str, &'build str>,
    base: Option<&'build Url>,
    /// The folder of the site on its host, without slashes at its ends.
    folder: &'build str,
    /// Where the sources of the site's own pages are.
    pages: &'build str,
    /// Where its articles are.
    content: &'build [String],
}

/// What links within a site may lead to.
pub struct Reachable<'build> {
    /// Every article.
    pub entries: &'build [Arc<Entry>],
    /// Every page that is no article.
    pub customs: &'build [CustomPage],
    /// Where these stand, and every other page.
    pub map: &'build SiteMap,
    /// The paths of files that are no pages.
    pub files: Vec<&'build str>,
    /// Documents beside articles.
    pub attachments: &'build [Attachment],
}

impl<'build> Targets<'build> {
    /// Takes what there is.
    pub fn of(reachable: Reachable<'build>, config: &'build Config) -> Self {
        let Reachable { entries, customs, map, files, attachments } = reachable;
        let links = |entry: &Entry| !entry.site_links.is_empty();
        if !(entries.iter().any(|entry| links(entry)) || customs.iter().any(|custom| links(&custom.entry))) {
            return Self::default();
        }
        // What is withdrawn is gone, whether a notice stands there or nothing.
        let stands = |(_, planned): &(_, &Planned)| !planned.is_withdrawn() && !planned.path.is_empty();
        let standing = || entries.iter().zip(&map.articles).filter(stands);
        let articles = standing().map(|(entry, planned)| (&*entry.source, planned.path.as_str()));
        let customs = customs.iter().zip(&map.customs).map(|(custom, path)| (&*custom.entry.source, path.as_str()));
        let slugs = standing().rev().map(|(entry, planned)| (entry.slug().to_lowercase(), planned.path.as_str()));
        let slugs = slugs.collect();
        let sources: Vec<_> = articles.chain(customs).filter(|(_, path)| !path.is_empty()).collect();
        let base = config.base_url.as_ref();
        Self {
            paths: map.pages.iter().map(|page| page.path.as_str()).chain(files).collect(),
            // Of two in different folders the first is meant.
            posts: sources.iter().rev().map(|(source, path)| (post_of(source), *path)).collect(),
            names: sources.iter().rev().map(|(source, path)| (crate::parse::stem_of(source), *path)).collect(),
            sources: sources.into_iter().collect(),
            slugs,
            attachments: attachments.iter().map(|one| (one.source.as_str(), one.file.path.as_str())).collect(),
            base,
            folder: base.map_or("", |base| base.path().trim_matches('/')),
            pages: &config.pages,
            content: &config.content,
        }
    }

    /// The output file that a link of an entry, whose own page is `page`, leads to.
    pub fn find(&self, entry: &Entry, page: &str, href: &str) -> Option<Cow<'_, str>> {
        if self.is_empty() {
            return None;
        }
        if let Some(name) = href.strip_prefix(POST) {
            return self.post(&decoded(name.split('#').next().unwrap_or(name)));
        }
        let own = match WebUrl::parse(href) {
            Some(url) => Some(Bases { original: None, site: self.base }.within_site(&url)?),
            None => None,
        };
        let path = own.as_deref().unwrap_or(href).split(['#', '?']).next().unwrap_or_default();
        let path = decoded(path);
        // Zola's links begin with the content folder.
        if let Some(path) = path.strip_prefix("@/") {
            return self.page_below_content(path);
        }
        let Some(path) = path.strip_prefix('/') else {
            let page_beside = self.page_of(&beside(&entry.source, &path));
            return page_beside.or_else(|| self.attachment(entry, href)).or_else(|| self.file(&beside(page, &path)));
        };
        let below = || path.strip_prefix(self.folder)?.strip_prefix('/').filter(|_| own.is_none());
        let page = || self.page_of(path).or_else(|| self.page_below_content(path));
        self.file(path).or_else(|| self.file(below()?)).or_else(page)
    }

    fn attachment(&self, entry: &Entry, href: &str) -> Option<Cow<'_, str>> {
        if self.attachments.is_empty() {
            return None;
        }
        let mut files = files_of(&entry.source, href);
        files.find_map(|file| self.attachments.get(file.as_str())).map(|path| Cow::Borrowed(*path))
    }

    /// The page of a source by its name alone, as it is called or as Jekyll's slugs and Hexo's links have it.
    fn post(&self, name: &str) -> Option<Cow<'_, str>> {
        let bare = name.trim().trim_matches('/');
        let stem = bare.rsplit_once('.').filter(|(_, ending)| read::ENDINGS.contains(ending));
        let bare = stem.map_or(bare, |(stem, _)| stem);
        let last = bare.rsplit_once('/').map_or(bare, |(_, last)| last);
        let found = self.page_below_content(bare).or_else(|| self.names.get(last).map(|path| Cow::Borrowed(*path)));
        let folded = || self.slugs.get(last.to_lowercase().as_str());
        found.or_else(|| folded().map(|path| Cow::Borrowed(*path)))
    }

    fn page_below_content(&self, path: &str) -> Option<Cow<'_, str>> {
        self.content.iter().find_map(|folder| self.page_of(&format!("{folder}/{path}")))
    }

    /// The page of a source. Jekyll's `post_url` names one without folder and ending, its `link` one of the site's own pages as if
    /// it stood at the top.
    fn page_of(&self, source: &str) -> Option<Cow<'_, str>> {
        let post = || {
            let named = post_of(source);
            let name = named.rsplit_once('/').map_or(named, |(_, name)| name);
            self.posts.get(named).or_else(|| self.names.get(name)).filter(|_| source.starts_with("_posts/"))
        };
        let custom = || self.sources.get(format!("{}/{source}", self.pages).as_str());
        // Hugo's links leave out a source's ending, or name its folder.
        let whole = || {
            let bare = source.trim_end_matches('/');
            let index = read::ENDINGS.iter().map(|ending| format!("{bare}/index.{ending}"));
            let mut names = read::ENDINGS.iter().map(|ending| format!("{bare}.{ending}")).chain(index);
            names.find_map(|name| self.sources.get(name.as_str()))
        };
        self.sources.get(source).or_else(post).or_else(custom).or_else(whole).map(|path| Cow::Borrowed(*path))
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
    pub fn faults(&self, map: &SiteMap, entry: &Entry, page: &str) -> Vec<Diagnostic> {
        let dead = entry.site_links.iter().filter(|href| self.find(entry, page, href).is_none());
        let fault = |href: &String| {
            let what = match WebUrl::parse(href) {
                _ if href.starts_with(POST) => "its words stay, without a link",
                Some(url) if map.by_original.contains_key(&UrlKey::of(&canonical_key(&url))) => return None,
                Some(_) => "it stays as it is",
                None => "its words stay, without a link",
            };
            let written = href.strip_prefix(POST).map_or(Cow::Borrowed(href.as_str()), decoded);
            let message = format!("`{written}` is no page or file of the site; {what}");
            let fault = Diagnostic::warning(Code::Link, message).in_file(&*entry.source);
            Some(fault.hint(
                "`heliostat list --json` names each article's page; documents (pdf, docx, zip and their like) belong beside it, other files into the static folder",
            ))
        };
        dead.filter_map(fault).collect()
    }
}

/// A source below the nearest `_posts`, without its ending.
fn post_of(source: &str) -> &str {
    let below = source.rsplit_once("_posts/").map_or(source, |(_, below)| below);
    below.rsplit_once('.').map_or(below, |(stem, _)| stem)
}
