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
pub mod targets;
mod template_fault;
pub mod theme;
mod theme_options;

use std::io;
use std::sync::Arc;

use tera::Context;

use crate::buffers;
use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::Digest;
use crate::media::Gallery;
use crate::parse::Entry;
use crate::plan::{ArticleId, CustomName, Page, PageKind, SiteMap};
use labels::Labels;
use targets::Targets;
use theme::Theme;

/// A page that is no article: about, contact.
#[derive(Debug, Clone)]
pub struct CustomPage {
    /// Its output file without `.html`.
    pub name: String,
    /// What it says; it is shown like an article without date and outlet.
    pub entry: Entry,
    /// Its body, holes and all.
    pub body: String,
    /// The digest of both.
    pub digest: Digest,
}

impl CustomPage {
    /// What planning is told of it.
    pub fn named(&self) -> CustomName<'_> {
        CustomName { name: self.name.clone(), source: &self.entry.source }
    }
}

/// Fetches the body of an article and shows it to somebody.
pub type ShowBody<'build> = dyn Fn(ArticleId, &mut dyn FnMut(&str)) -> io::Result<()> + Sync + 'build;

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
    pub customs: &'build [CustomPage],
    /// What links within the site lead to.
    pub targets: &'build Targets<'build>,
    /// The words of the interface.
    pub labels: Labels<'build>,
    /// What every template is given of the site: [`shared`].
    pub shared: tera::Value,
    /// Fetches a body, holes and all.
    pub body: &'build ShowBody<'build>,
}

/// What every template is given of the site itself, turned into the engine's values once.
pub fn shared(config: &Config, theme: &Theme, map: &SiteMap, customs: &[CustomPage]) -> tera::Value {
    context::of_site(config, theme, map, customs)
}

/// Renders pages: the parts of all are put together before the first is printed, for the code of one drives that of the other out of a
/// processor's cache.
///
/// # Errors
/// A template's fault, or a body that cannot be read.
pub fn render(site: &Site<'_>, pages: &[&Page]) -> Result<Vec<Vec<u8>>, Diagnostic> {
    let prepared = pages.iter().map(|page| prepare(site, page)).collect::<Result<Vec<_>, _>>()?;
    prepared.into_iter().map(|page| print(site, page)).collect()
}

/// A page whose parts are together.
enum Prepared {
    Template(&'static str, Context),
    Text(String),
}

fn prepare(site: &Site<'_>, page: &Page) -> Result<Prepared, Diagnostic> {
    if let Some(name) = context::template_of(&page.kind) {
        let context = context::of(site, page).map_err(|fault| spool_fault(&fault))?;
        return Ok(Prepared::Template(name, context));
    }
    Ok(Prepared::Text(match &page.kind {
        PageKind::Feed(of) => feed::feed(site, page, *of).map_err(|fault| spool_fault(&fault))?,
        PageKind::SitemapIndex => sitemap::index(site),
        PageKind::Sitemap(of, part) => sitemap::urls(site, *of, part),
        _ => sitemap::robots(site),
    }))
}

fn print(site: &Site<'_>, page: Prepared) -> Result<Vec<u8>, Diagnostic> {
    let (template, context) = match page {
        Prepared::Template(name, context) => (name, context),
        Prepared::Text(text) => return Ok(text.into_bytes()),
    };
    let mut bytes = buffers::take();
    bytes.extend_from_slice(PROTECTION.as_bytes());
    site.theme.tera.render_to(template, &context, &mut bytes).map_err(|fault| site.theme.fault(&fault))?;
    protect(&mut bytes);
    Ok(bytes)
}

/// What every page says, whatever its theme does: the policy (<https://www.w3.org/TR/CSP3/>), that nothing is asked of another
/// host and no markup runs (`data:` is for pictures that stand in an article); that no host is told where a reader comes from;
/// that no name is looked up before a link is followed.
const PROTECTION: &str = concat!(
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; img-src 'self' data:; ",
    "media-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; ",
    "form-action 'none'\"><meta name=\"referrer\" content=\"no-referrer\">",
    "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">"
);

/// Moves the protection, which a page begins with, to where a browser begins the page's head: behind its tag, or before the first
/// thing that can stand in no other place
/// (<https://html.spec.whatwg.org/multipage/parsing.html#the-before-head-insertion-mode>).
fn protect(page: &mut [u8]) {
    let at = start_of_head(&page[PROTECTION.len()..]);
    page[..PROTECTION.len() + at].rotate_left(PROTECTION.len());
}

fn start_of_head(page: &[u8]) -> usize {
    let mut at = if page.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    loop {
        at += page[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &page[at..];
        let is_tag = |name: &[u8]| {
            let begins = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            begins && rest.get(name.len()).is_some_and(|next| *next == b'>' || next.is_ascii_whitespace())
        };
        let length = match rest {
            _ if rest.starts_with(b"<!--") => length_of_comment(rest),
            _ if is_tag(b"<!doctype") => memchr::memchr(b'>', rest).map(|end| end + 1),
            _ if is_tag(b"<html") => length_of_tag(rest),
            _ if is_tag(b"<head") => return length_of_tag(rest).map_or(at, |length| at + length),
            _ => None,
        };
        match length {
            Some(length) => at += length,
            None => return at,
        }
    }
}

fn length_of_tag(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at + 1),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// `<!-->` and `<!--->` are whole comments, and `--!>` ends one.
fn length_of_comment(comment: &[u8]) -> Option<usize> {
    let ends: &[&[u8]] = &[b"<!-->", b"<!--->"];
    if let Some(whole) = ends.iter().find(|whole| comment.starts_with(whole)) {
        return Some(whole.len());
    }
    let end = |end: &[u8]| memchr::memmem::find(&comment[4..], end).map(|at| 4 + at + end.len());
    match (end(b"-->"), end(b"--!>")) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn spool_fault(fault: &io::Error) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("a body cannot be read: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protection_comes_before_all_that_it_is_for() {
        let cases = [
            "<!doctype html>\n<html lang=zh><head>|<meta charset=utf-8>",
            "<!DOCTYPE html><HTML data-x='>'\n><HEAD data-y>|<title>",
            "<!-- our <head> is in parts -->\n<html><head>|<script>",
            "<!-- a --!><!--> <!doctype html>|<script>alert(1)</script><head>",
            "\u{feff}<!doctype html>|<header>",
            "|text<head>",
            "<html>|<meta charset=utf-8><head>",
            "|",
        ];
        for case in cases {
            let mut page = format!("{PROTECTION}{}", case.replace('|', "")).into_bytes();
            protect(&mut page);
            assert_eq!(String::from_utf8(page).unwrap(), case.replace('|', PROTECTION));
        }
    }
}
