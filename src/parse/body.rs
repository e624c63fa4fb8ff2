//! An article's body, cleaned and improved, with all that its tree tells.

use super::date::ReadDate;
use super::dialect::Dialect;
use super::html::captions;
use super::html::improve::{self, Byline};
use super::html::media;
use super::html::media_ref::{MediaKind, MediaRef};
use super::html::serialise::{Section, Sections};
use super::html::{build, normalise, serialise, titles, tree};
use super::markdown::{self, Markup, Writer};
use super::mended::mended;
use super::origin::Origin;
use super::page_head::without_site;
use super::parts::{SourceParts, slug_of};
use super::title::plain_title;
use super::{Faults, Skipped, Written, text};
use crate::address::{Bases, UrlKey};
use crate::config::{Config, StripRule, StripWhat};
use crate::diagnostics::Code;

/// A body and what it tells.
pub(super) struct Draft {
    /// The clean body, with holes.
    pub(super) html: String,
    pub(super) title: String,
    pub(super) byline: Option<Byline>,
    pub(super) media: Vec<MediaRef>,
    pub(super) links: Vec<UrlKey>,
    pub(super) site_links: Vec<String>,
    pub(super) sections: Vec<Section>,
    pub(super) summary: String,
    pub(super) minutes: u16,
    pub(super) language: Option<&'static str>,
    /// The whole text where `[[tag]]` rules want it, else the beginning.
    pub(super) text: String,
}

/// So much text, in bytes, is enough for a summary and to tell the language.
const BEGINNING: usize = 3000;

/// A body as a loose tree.
pub(super) struct Tree<'config> {
    rules: Vec<&'config StripWhat>,
    markup: Markup,
    nodes: Vec<tree::Node>,
}

pub(super) fn tree<'config>(
    Written { parts: written, origin, .. }: &Written<'_>,
    config: &'config Config,
    faults: &mut Faults<'_>,
) -> Tree<'config> {
    let rules: Vec<_> = config.strips.iter().filter(|rule| is_for(rule, origin)).map(|rule| &rule.what).collect();
    let body = mended(written.body);
    let markup = markup_of(written, &body, faults);
    let nodes = build(&body, markup, &rules);
    Tree { rules, markup, nodes }
}

/// A body as a strict tree, and what was found in it that stands elsewhere.
pub(super) struct Cleaned {
    markup: Markup,
    nodes: Vec<tree::Node>,
    media: Vec<MediaRef>,
    byline: Option<Byline>,
    title: Option<String>,
}

fn bases<'all>(origin: &'all Origin, config: &'all Config) -> Bases<'all> {
    Bases { original: origin.url.as_ref(), site: config.base_url.as_ref() }
}

/// Cleans and improves a body; `accepted` is the date that a visible line is, if it is this article's.
pub(super) fn clean(
    Written { parts: written, origin, .. }: &Written<'_>,
    config: &Config,
    tree: Tree<'_>,
    accepted: impl Fn(&str) -> Option<ReadDate>,
) -> Cleaned {
    let bases = bases(origin, config);
    let (loose, mut media) = media::find(tree.nodes, bases);
    let mut nodes = normalise::normalise(loose);
    improve::drop_twins(&mut nodes, &media);
    captions::attach_said(&mut nodes, &media);
    improve::drop_repeated_words(&nodes, &mut media);
    improve::strip_texts(&mut nodes, &tree.rules);
    let byline = improve::take_byline(&mut nodes, accepted);
    let given = written.title();
    let of_page = if given.is_none() { title_of_page(written, &mut nodes) } else { None };
    let found = titles::take_title(&mut nodes, given.as_deref().or(of_page.as_deref()));
    let title = given.or(found).or(of_page).map(|title| without_outlet(title, origin));
    show_picture_of_matter(written, bases, &mut nodes, &mut media);
    improve::headings(&mut nodes);
    improve::rules(&mut nodes);
    Cleaned { markup: tree.markup, nodes, media, byline, title }
}

/// Prints a body, and tells what it says of itself. There must be a title or a text.
pub(super) fn draft(
    Written { parts: written, origin, .. }: &Written<'_>,
    config: &Config,
    cleaned: Cleaned,
    faults: &mut Faults<'_>,
) -> Result<Draft, Skipped> {
    let Cleaned { markup, nodes, media, byline, title } = cleaned;
    let text = text::paragraphs(&nodes, if config.tags.is_empty() { BEGINNING } else { usize::MAX });
    let minutes = text::reading_minutes(&nodes);
    let printed = serialise::serialise(&nodes, bases(origin, config), sections(&nodes, minutes), written.body.len());
    let title = title.unwrap_or_else(|| title_instead(written, &nodes, faults));
    if title.is_empty() && printed.html.is_empty() {
        faults.warn(Code::Empty, "there is neither title nor text", "delete the file, or scrape the article again");
        return Err(Skipped::Nothing);
    }
    Ok(Draft {
        title,
        byline,
        media,
        links: printed.links,
        site_links: printed.site_links,
        sections: printed.sections,
        summary: text::summary(lead(written, markup, &text)),
        minutes,
        language: text::language(&text),
        html: printed.html,
        text,
    })
}

fn build(body: &str, markup: Markup, rules: &[&StripWhat]) -> Vec<tree::Node> {
    match markup {
        Markup::Html => build::build(body, rules),
        Markup::Markdown => build::build(&markdown::to_html(body), rules),
    }
}

/// The part of an article's text that its author has marked as its beginning; without a mark, all of it. The mark is Jekyll's
/// `excerpt_separator`, or what WordPress, Hexo and Hugo take for one.
fn lead<'text>(written: &SourceParts<'_>, markup: Markup, text: &'text str) -> &'text str {
    let given = written.matter.text(&["excerpt_separator"]).filter(|mark| !mark.trim().is_empty());
    let mark = match given {
        Some(mark) => written.body.find(&mark),
        None => memchr::memmem::find_iter(written.body.as_bytes(), b"<!--").find(|at| is_more(&written.body[*at..])),
    };
    let end = mark.and_then(|mark| {
        // The text lacks what the page says elsewhere.
        let before = normalise::normalise(build(&written.body[..mark], markup, &[]));
        let lines = text::paragraphs(&before, usize::MAX);
        let mut end = 0;
        for line in lines.split_inclusive('\n') {
            end += if text[end..].starts_with(line) { line.len() } else { 0 };
        }
        (end > 0).then_some(end)
    });
    &text[..end.unwrap_or(text.len())]
}

/// Whether a comment says `more`.
fn is_more(comment: &str) -> bool {
    let beginning = &comment.as_bytes()[4..comment.len().min(32)];
    let word = |word: &[u8]| word.trim_ascii().eq_ignore_ascii_case(b"more");
    memchr::memmem::find(beginning, b"-->").is_some_and(|end| word(&beginning[..end]))
}

/// An article without any picture begins with that of its front matter.
fn show_picture_of_matter(
    written: &SourceParts<'_>,
    bases: Bases<'_>,
    nodes: &mut Vec<tree::Node>,
    media: &mut Vec<MediaRef>,
) {
    let Some(address) = written.matter.picture() else { return };
    if nodes.is_empty() || shows_picture(nodes, media) {
        return;
    }
    if let Some(reference) = MediaRef::of(MediaKind::Picture, address, bases) {
        let hole = tree::MediaHole { index: media.len(), inline: false };
        media.push(reference);
        nodes.insert(0, tree::Node::element(tree::Tag::Figure, vec![tree::Node::Media(hole)]));
    }
}

/// Whether there is a picture that is no sign in a line, or one that stands for a film.
fn shows_picture(nodes: &[tree::Node], media: &[MediaRef]) -> bool {
    nodes.iter().any(|node| match node {
        tree::Node::Media(hole) if hole.inline => false,
        tree::Node::Media(hole) => {
            media.get(hole.index).is_some_and(|medium| medium.kind == MediaKind::Picture || medium.poster.is_some())
        }
        tree::Node::Element(element) => shows_picture(&element.children, media),
        tree::Node::Text(_) => false,
    })
}

/// The title in a saved page's head, unless a heading says it better: heads say the site's name, too, or nothing. A heading that is
/// the site's name itself goes.
fn title_of_page(written: &SourceParts<'_>, nodes: &mut Vec<tree::Node>) -> Option<String> {
    let title = written.page_title()?;
    let Some((_, heading)) = titles::first_heading(nodes) else { return Some(title) };
    let ends_so = |title: &str| without_site(title, Some(&heading)) != title.trim();
    let begins_so = |title: &str| {
        title
            .strip_prefix(&*heading)
            .is_some_and(|rest| rest.trim_start().starts_with([':', '：', '-', '–', '—', '|', '_', '·']))
    };
    let is_elsewhere = || titles::headings_of(nodes).any(|other| other == title);
    let in_window = |title: &str| ends_so(title) || begins_so(title);
    let is_site = written.page.site.as_ref() == Some(&heading)
        || ends_so(&title)
        || (written.page.window_title.as_deref().is_some_and(in_window) && is_elsewhere());
    if is_site {
        titles::take_first_heading(nodes);
    }
    is_site.then_some(title)
}

/// `Title - Outlet` without the outlet's name, which stands beside it.
fn without_outlet(title: String, origin: &Origin) -> String {
    match titles::title_and_name(&title) {
        Some((bare, name)) if !bare.is_empty() && origin.outlet.as_deref() == Some(name) => bare.to_owned(),
        _ => title,
    }
}

/// A text that takes so many minutes and has so many sections has a list of contents.
const LONG_READ: u16 = 5;
const FEWEST_SECTIONS: usize = 3;

fn sections(nodes: &[tree::Node], minutes: u16) -> Sections {
    let headings = nodes.iter().filter(|node| node.tag() == Some(tree::Tag::H2)).count();
    if minutes >= LONG_READ && headings >= FEWEST_SECTIONS { Sections::Named } else { Sections::Plain }
}

fn is_for(rule: &StripRule, origin: &Origin) -> bool {
    rule.outlet.is_none() || rule.outlet == origin.outlet
}

fn markup_of(written: &SourceParts<'_>, body: &str, faults: &mut Faults<'_>) -> Markup {
    match written.matter.text(&["markup"]).as_deref() {
        Some("html") => return Markup::Html,
        Some("markdown") => return Markup::Markdown,
        Some(other) => {
            faults.warn(Code::Value, format!("markup: `{other}` is not known"), "write `html` or `markdown`");
        }
        None => {}
    }
    let path = written.source.path.to_ascii_lowercase();
    if path.ends_with(".html") || path.ends_with(".htm") {
        return Markup::Html;
    }
    // Dialect d was made Markdown on purpose.
    if written.dialect == Dialect::D {
        return Markup::Markdown;
    }
    let by = if written.dialect.is_scraped() { Writer::Scraper } else { Writer::Unknown };
    markdown::markup_of(body, by)
}

/// Without a title, the file's name is one; a number is none, then the text's beginning is.
fn title_instead(written: &SourceParts<'_>, nodes: &[tree::Node], faults: &mut Faults<'_>) -> String {
    let stem = slug_of(written.stem());
    let name = stem
        .split_once('_')
        .filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(stem, |(_, name)| name);
    let beginning: String =
        text::paragraphs(nodes, 200).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(30).collect();
    if nodes.is_empty() {
        return String::new();
    }
    faults.warn(
        Code::Title,
        "no title is known: the file's name or the text's beginning is shown",
        "give the front matter a `title`",
    );
    if name.chars().any(char::is_alphabetic) || beginning.is_empty() {
        plain_title(name)
    } else {
        format!("{beginning}…")
    }
}
