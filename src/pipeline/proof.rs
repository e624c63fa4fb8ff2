//! A small site that has every kind of page, rendered to nothing: a template that no page needs today fails here, and not
//! on the day on which an article must be withdrawn.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::media::Gallery;
use crate::parse::{self, Article};
use crate::plan::{self, Own, PageKind};
use crate::read::Source;
use crate::render::labels::Labels;
use crate::render::targets::Targets;
use crate::render::theme::Theme;
use crate::render::{self, CustomPage, Site};

const SITE: &str = r#"
title = "Proof"
base_url = "https://proof.example.org/"
[[withdraw]]
source = "withdrawn.md"
reason = "Asked for."
date = "2024-01-04"
"#;

/// An article with all there is, an older version of it, others of its outlet and tags, two that meet on an address, one
/// without a date, one that is withdrawn.
const ARTICLES: &[(&str, &str)] = &[
    (
        "whole.md",
        "title: Whole\ndate: 2024-01-03 10:00\nupdated: 2024-01-03 12:00\nlink: https://a.example.org/1\nauthor: A\noutlet: One\ntags: [x, y]",
    ),
    ("version.md", "title: Version\ndate: 2024-01-02\nlink: https://a.example.org/1\noutlet: One\ntags: [x, y]"),
    ("older.md", "title: Older\ndate: 2024-01-01\nlink: https://a.example.org/2\noutlet: One\ntags: [x, y]\nlang: ar"),
    ("oldest.md", "title: Oldest\ndate: 2022-01-01\noutlet: One\ntags: [x, y]"),
    ("meets.md", "title: Meets\ndate: 2024-01-01\npermalink: /same.html"),
    ("met.md", "title: Met\ndate: 2024-01-01\npermalink: /same.html"),
    ("undated.md", "title: Undated"),
    ("withdrawn.md", "title: Withdrawn\ndate: 2024-01-01"),
];

/// What of a theme fails on the small site, each fault once, as errors.
pub(super) fn faults(config: &Config, theme: &Theme) -> Vec<Diagnostic> {
    let Some(sample) = sample_of(config) else { return Vec::new() };
    let now = DateTime::<Utc>::UNIX_EPOCH + chrono::Duration::days(365 * 60);
    let parsed = |name: &str, head: &str| article(name, head, &sample, now);
    let articles: Vec<Article> = ARTICLES.iter().filter_map(|(name, head)| parsed(name, head)).collect();
    let customs: Vec<CustomPage> = parsed("page.md", "title: Page").map(custom).into_iter().collect();
    let bodies: Vec<String> = articles.iter().map(|article| article.body.0.clone()).collect();
    let entries: Vec<_> = articles.into_iter().map(|article| Arc::new(article.entry)).collect();
    let withdrawn = plan::withdraw::find(&entries, &sample.withdrawals);
    let own = Own { customs: customs.iter().map(CustomPage::named).collect(), ..Own::default() };
    let (map, _) = plan::plan(&entries, &withdrawn, &own, &sample);
    let body = |id: plan::ArticleId, show: &mut dyn FnMut(&str)| {
        bodies.get(id as usize).map(|body| show(body)).ok_or_else(|| io::ErrorKind::NotFound.into())
    };
    let gallery = Gallery::default();
    let site = Site {
        config: &sample,
        theme,
        entries: &entries,
        map: &map,
        gallery: &gallery,
        customs: &customs,
        targets: &Targets::default(),
        labels: Labels::of(&sample),
        shared: render::shared(&sample, theme, &map, &customs),
        body: &body,
    };
    let (mut faults, mut rendered) = (BTreeSet::new(), Vec::new());
    for page in &map.pages {
        match render::render(&site, &[page]) {
            Ok(bytes) => rendered.extend(bytes.into_iter().map(|bytes| (&page.kind, bytes))),
            Err(fault) => drop(faults.insert(fault)),
        }
    }
    if theme.has_own_templates && faults.is_empty() {
        faults.extend(not_shown(&rendered, &site));
    }
    faults.into_iter().filter(|fault| fault.code() == Code::Template).collect()
}

/// What an article's text, a notice and an address of contact have in them on the small site.
const SIGNS: [&str; 3] = ["sign-of-a-body", "sign-of-a-notice", "sign-of-a-contact"];

/// What no page shows though there is something to show, and an article's text on its own page.
fn not_shown(pages: &[(&PageKind, Vec<u8>)], site: &Site<'_>) -> Vec<Diagnostic> {
    let [body, notice, contact] = SIGNS;
    let shows = |page: &[u8], sign: &str| memchr::memmem::find(page, sign.as_bytes()).is_some();
    let nowhere = |sign: &str| !pages.iter().any(|(_, page)| shows(page, sign));
    let fault = |template: &str, message: &str, hint: &str| {
        Diagnostic::warning(Code::Template, message).in_file(site.theme.place_of(template)).hint(hint)
    };
    let mut faults = Vec::new();
    // The first of them, which is no older version.
    if pages.iter().any(|(kind, page)| matches!(kind, PageKind::Article(0)) && !shows(page, body)) {
        let hint = "write {{ body }} where it belongs";
        faults.push(fault("article.html", "it does not show the text of an article", hint));
    }
    if site.config.notice.is_some() && nowhere(notice) {
        let hint = "write {{ site.notice }} where every page shows it; THEMES.md has an example";
        faults.push(fault("base.html", "no page shows the `notice` of site.toml", hint));
    }
    if site.config.contact.is_some() && nowhere(contact) {
        let hint = "write {{ <contact to={site.contact} label={labels.contact}/> }} where every page shows it";
        faults.push(fault("base.html", "no page shows the `contact` of site.toml", hint));
    }
    faults
}

/// The small site's configuration, with all of the real one's that templates are given.
fn sample_of(config: &Config) -> Option<Config> {
    let sample = Config::of_text(&config.root, SITE)?;
    Some(Config {
        language: config.language.clone(),
        labels: config.labels.clone(),
        nav: config.nav.clone(),
        links: config.links.clone(),
        notice: config.notice.as_ref().map(|_| SIGNS[1].to_owned()),
        contact: config.contact.as_ref().map(|_| format!("mailto:{}@example.org", SIGNS[2])),
        ..sample
    })
}

fn article(name: &str, head: &str, config: &Config, now: DateTime<Utc>) -> Option<Article> {
    // Long enough for a list of contents.
    let text = "<h2>1</h2><p>text</p><h2>2</h2><p>text</p><h2>3</h2><p>".to_owned()
        + &"text ".repeat(2000)
        + SIGNS[0]
        + "</p>";
    let bytes = format!("---\n{head}\n---\n{text}").into_bytes();
    let source = Source { path: name.into(), below_content: name.to_owned(), bytes };
    parse::parse(&source, config, now).article.ok().map(|article| *article)
}

fn custom(article: Article) -> CustomPage {
    CustomPage { name: "page".to_owned(), digest: article.digest(), entry: article.entry, body: article.body.0 }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::render::context::template_of;

    #[test]
    fn the_small_site_has_every_kind_of_page() {
        let config = Config::of_text(Path::new("."), "").unwrap();
        let sample = sample_of(&config).unwrap();
        let parsed = |(name, head): &(&str, &str)| article(name, head, &sample, Utc::now());
        let articles: Vec<Article> = ARTICLES.iter().filter_map(parsed).collect();
        assert_eq!(articles.len(), ARTICLES.len());
        assert!(!articles[0].entry.sections.is_empty() && articles[0].entry.outlet.is_some());
        let entries: Vec<_> = articles.into_iter().map(|article| Arc::new(article.entry)).collect();
        let withdrawn = plan::withdraw::find(&entries, &sample.withdrawals);
        let (map, _) = plan::plan(&entries, &withdrawn, &Own::default(), &sample);
        let mut shown: BTreeSet<&str> = map.pages.iter().filter_map(|page| template_of(&page.kind)).collect();
        shown.extend(template_of(&PageKind::Custom(0)));
        let all = [
            "404.html",
            "article.html",
            "choice.html",
            "index.html",
            "list.html",
            "month.html",
            "page.html",
            "term.html",
            "terms.html",
            "withdrawn.html",
            "year.html",
        ];
        assert_eq!(shown, BTreeSet::from(all));
        let whole = &map.articles[0];
        assert!(!whole.versions.is_empty() && !whole.related.is_empty() && whole.older.is_some());
    }
}
