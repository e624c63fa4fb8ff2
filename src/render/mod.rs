//! One [`Page`] → the bytes of one output file.
//!
//! [`render`] is the entry point: a page's kind chooses what makes it — a template and its [`context`], or one of the
//! [`feed`]s and [`sitemap`]s, whose form is not the theme's to choose. [`theme`] loads templates and assets, [`body`]
//! fills a body's holes, [`labels`] are the words of the interface.

pub mod body;
pub mod context;
pub mod feed;
pub mod labels;
pub mod sitemap;
pub mod theme;

use std::io;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::Digest;
use crate::media::Gallery;
use crate::parse::Entry;
use crate::plan::{ArticleId, Page, PageKind, SiteMap};
use labels::Labels;
use theme::Theme;

/// A page that is no article: about, contact.
#[derive(Debug, Clone)]
pub struct Custom {
    /// Its output file without `.html`.
    pub name: String,
    /// What it says; it is shown like an article without date and outlet.
    pub entry: Entry,
    /// Its body, holes and all.
    pub body: String,
    /// The digest of both.
    pub digest: Digest,
}

/// All that pages are made of.
pub struct Site<'build> {
    /// The configuration.
    pub config: &'build Config,
    /// The theme.
    pub theme: &'build Theme,
    /// Every article.
    pub entries: &'build [Arc<Entry>],
    /// Every page.
    pub map: &'build SiteMap,
    /// Every picture.
    pub gallery: &'build Gallery,
    /// Pages that are no articles.
    pub customs: &'build [Custom],
    /// The words of the interface.
    pub labels: &'static Labels,
    /// What every template is given of the site: [`shared`].
    pub shared: tera::Value,
    /// Fetches a body, holes and all.
    pub body: &'build (dyn Fn(ArticleId) -> io::Result<String> + Sync),
}

/// What every template is given of the site itself, turned into the engine's values once.
pub fn shared(config: &Config, theme: &Theme, map: &SiteMap, customs: &[Custom]) -> tera::Value {
    context::of_site(config, theme, map, customs)
}

/// Renders a page.
///
/// # Errors
/// A template's fault, or a body that cannot be read.
pub fn render(site: &Site<'_>, page: &Page) -> Result<Vec<u8>, Diagnostic> {
    if let Some(name) = context::template_of(&page.kind) {
        return template(site, page, name);
    }
    let text = match &page.kind {
        PageKind::Feed(of) => feed::feed(site, page, *of).map_err(|fault| spool_fault(&fault))?,
        PageKind::SitemapIndex => sitemap::index(site),
        PageKind::Sitemap(year, part) => sitemap::urls(site, *year, part),
        _ => sitemap::robots(site),
    };
    Ok(text.into_bytes())
}

fn template(site: &Site<'_>, page: &Page, name: &str) -> Result<Vec<u8>, Diagnostic> {
    let context = context::of(site, page).map_err(|fault| spool_fault(&fault))?;
    let mut bytes = Vec::with_capacity(16 << 10);
    site.theme.tera.render_to(name, &context, &mut bytes).map_err(|fault| theme::template_fault(&fault))?;
    protect(&mut bytes);
    Ok(bytes)
}

/// The policy of every page, whatever its theme says (<https://www.w3.org/TR/CSP3/>): nothing is asked of another host, and no
/// markup runs. `data:` is for pictures that stand in an article.
const POLICY: &str = concat!(
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; img-src 'self' data:; ",
    "media-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; ",
    "form-action 'none'\">"
);

/// Puts the policy before all that it is for: where the page's head begins, else behind the doctype, else at once.
fn protect(page: &mut Vec<u8>) {
    let ends = |tag: &[u8]| {
        let is_tag = |window: &[u8]| {
            let (name, next) = window.split_at(tag.len());
            name.eq_ignore_ascii_case(tag) && (next[0] == b'>' || next[0].is_ascii_whitespace())
        };
        let start = page.windows(tag.len() + 1).position(is_tag)?;
        Some(start + memchr::memchr(b'>', &page[start..])? + 1)
    };
    let at = ends(b"<head").or_else(|| ends(b"<!doctype")).unwrap_or(0);
    page.splice(at..at, POLICY.bytes());
}

fn spool_fault(fault: &io::Error) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("a body cannot be read: {fault}"))
}
