//! Sitemaps (<https://www.sitemaps.org/protocol.html>) and `robots.txt`.

use std::fmt::Write as _;

use super::Site;
use super::feed::escape_xml;
use super::labels::iso_or_day;
use crate::config::Canonical;
use crate::plan::pages::sitemap_parts;
use crate::plan::relative::absolute;
use crate::plan::{ArticleId, PageKind, Part, SiteMap};

const OPEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The index of all sitemaps.
pub(super) fn index(site: &Site<'_>) -> String {
    let mut out = format!("{OPEN}<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    if let Some(base) = &site.config.base_url {
        for path in paths(site.map) {
            let _ = writeln!(out, "<sitemap><loc>{}</loc></sitemap>", escape_xml(&absolute(base, &path)));
        }
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// The sitemaps under the index.
pub(crate) fn paths(map: &SiteMap) -> Vec<String> {
    sitemap_parts(map).into_iter().map(|(path, _)| path).collect()
}

/// The articles of a year, or undated articles and, with the first of them, the site's other pages.
pub(super) fn urls(site: &Site<'_>, year: Option<i32>, part: &Part) -> String {
    let mut out = format!("{OPEN}<urlset xmlns=\"{NAMESPACE}\">\n");
    let list = if year.is_some() { &site.map.listing } else { &site.map.undated };
    for id in list[part.range.clone()].iter().rev().filter(|id| is_ours_to_index(site, **id)) {
        url(site, &site.map.article(*id).path, Some(*id), &mut out);
    }
    if year.is_none() && part.number == 1 {
        for page in site.map.pages.iter().filter(|page| is_index(&page.kind)) {
            url(site, &page.path, None, &mut out);
        }
    }
    out.push_str("</urlset>\n");
    out
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

/// A page that names another as canonical is not offered for indexing.
pub(crate) fn is_ours_to_index(site: &Site<'_>, id: ArticleId) -> bool {
    let entry = &site.entries[id as usize];
    let outlet = entry.outlet.as_deref().and_then(|name| site.config.outlets.by_name(name));
    entry.original_url.is_none() || outlet.is_none_or(|outlet| outlet.canonical == Canonical::Mirror)
}

/// Lists by day and month lead crawlers to nothing that the sitemaps do not name.
pub(crate) fn is_index(kind: &PageKind) -> bool {
    matches!(kind, PageKind::Front | PageKind::Year(_) | PageKind::Terms(_) | PageKind::Term(..) | PageKind::Custom(_))
}

/// What crawlers may read: everything.
pub(super) fn robots(site: &Site<'_>) -> String {
    let mut out = String::from("User-agent: *\nAllow: /\n");
    if let Some(base) = &site.config.base_url {
        let _ = writeln!(out, "Sitemap: {}", absolute(base, "sitemap.xml"));
    }
    out
}
