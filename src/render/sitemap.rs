//! Sitemaps (<https://www.sitemaps.org/protocol.html>) and `robots.txt`.

use std::fmt::Write as _;

use super::Site;
use super::feed::escape_xml;
use super::labels::iso_or_day;
use crate::plan::pages::{articles_of_sitemap, is_indexed};
use crate::plan::relative::absolute;
use crate::plan::{ArticleId, Page, PageKind, Part, SiteMap, SitemapOf};

const OPEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The index of all sitemaps.
pub(super) fn index(site: &Site<'_>) -> String {
    let mut out = format!("{OPEN}<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    if let Some(base) = &site.config.base_url {
        for path in paths(site.map) {
            let _ = writeln!(out, "<sitemap><loc>{}</loc></sitemap>", escape_xml(&absolute(base, path)));
        }
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// The sitemaps under the index.
pub(crate) fn paths(map: &SiteMap) -> impl Iterator<Item = &str> {
    let is_sitemap = |page: &&Page| matches!(page.kind, PageKind::Sitemap(..));
    map.pages.iter().filter(is_sitemap).map(|page| page.path.as_str())
}

/// A part of what a sitemap leads to.
pub(super) fn urls(site: &Site<'_>, of: SitemapOf, part: &Part) -> String {
    let mut out = format!("{OPEN}<urlset xmlns=\"{NAMESPACE}\">\n");
    for id in articles_of_sitemap(site.map, of, part)
        .iter()
        .rev()
        .filter(|id| is_indexed(&site.entries[**id as usize], site.config))
    {
        url(site, &site.map.article(*id).path, Some(*id), &mut out);
    }
    for path in indexes(site.map, of, part) {
        url(site, path, None, &mut out);
    }
    out.push_str("</urlset>\n");
    out
}

/// The other pages of a sitemap's part.
pub(crate) fn indexes<'map>(map: &'map SiteMap, of: SitemapOf, part: &Part) -> impl Iterator<Item = &'map str> {
    let range = if of == SitemapOf::Indexes { part.range.clone() } else { 0..0 };
    let indexes = map.pages.iter().filter(|page| page.kind.is_index());
    indexes.skip(range.start).take(range.len()).map(|page| page.path.as_str())
}

fn url(site: &Site<'_>, path: &str, article: Option<ArticleId>, out: &mut String) {
    let Some(base) = &site.config.base_url else { return };
    out.extend(["<url><loc>", &escape_xml(&absolute(base, path)), "</loc>"]);
    let changed = article.and_then(|id| {
        let entry = &site.entries[id as usize];
        entry.updated.or(entry.date)
    });
    if let Some(changed) = changed {
        out.extend(["<lastmod>", &iso_or_day(changed, site.config.timezone), "</lastmod>"]);
    }
    out.push_str("</url>\n");
}

/// What crawlers may read: everything.
pub(super) fn robots(site: &Site<'_>) -> String {
    let mut out = String::from("User-agent: *\nAllow: /\n");
    if let Some(base) = &site.config.base_url {
        let _ = writeln!(out, "Sitemap: {}", absolute(base, "sitemap.xml"));
    }
    out
}
