//! `Source` → [`Article`]: what one file says, in one pass over one tree.
//!
//! [`parse`] is the entry point. It reads no other file and asks nobody:
//!
//! 1. [`front_matter`]: fence and values;
//! 2. [`shortcodes`], [`liquid`]: what templates of other tools show;
//! 3. [`dialect`]: the scraper's header;
//! 4. [`markdown`]: to markup, where it is not markup already;
//! 5. [`html`]: the tree, cleaned and improved, with holes where media and links are;
//! 6. [`dates`], [`shown_date`], [`origin`], [`text`]: what [`entry`] puts together.

mod angle_words;
mod body;
pub mod date;
mod dates;
pub mod dialect;
mod emphasis;
mod encoding;
mod entry;
mod fences;
mod footnotes;
mod foreign_markdown;
mod formulas;
pub mod front_matter;
pub mod html;
pub mod inline;
mod liquid;
mod loose_markdown;
pub mod markdown;
mod markup_blocks;
mod matter_date;
mod mended;
mod microformats;
mod origin;
mod page_head;
mod parts;
mod prose;
mod shortcodes;
mod shown_date;
pub mod text;
mod title;
mod verbatim;
pub(crate) mod yaml;

use std::borrow::Cow;
use std::sync::Arc;

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::config::{Config, Filter};
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::read::{self, Source};
use date::{Horizon, Validity};
use dates::{Dates, SaidDate};
use dialect::Dialect;
use front_matter::{Fence, FrontMatter, Split};
pub use html::media_ref::{MediaKind, MediaRef};
pub use html::serialise::Section;
use matter_date::of_matter;
use origin::Origin;
pub use parts::stem_of;
use parts::{SourceParts, slug_of};

pub use crate::address::UrlKey;

/// What is known of one article: all that other pages show of it, and what its own page shows around its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The source's path from the site's folder, with `/`.
    pub source: Arc<str>,
    /// The form in which the mirror holds it.
    pub dialect: Dialect,
    /// The title, as plain text.
    pub title: String,
    /// The moment that orders it and is in its address.
    #[serde(with = "ts_milliseconds_option")]
    pub date: Option<DateTime<Utc>>,
    /// When it was first published, where that is known to differ from `date`.
    #[serde(with = "ts_milliseconds_option")]
    pub published: Option<DateTime<Utc>>,
    /// When it was changed, where that is known to differ from `published`.
    #[serde(with = "ts_milliseconds_option")]
    pub updated: Option<DateTime<Utc>>,
    /// Whom the mirror mirrors: the outlet's name.
    pub outlet: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Its tags, none of them an outlet, each once.
    pub tags: Vec<String>,
    /// Jekyll's categories, for permalinks that have them.
    pub categories: Vec<String>,
    /// The original's address.
    pub original_url: Option<String>,
    /// The [canonical form](crate::address::canonical_key) of the original's address.
    pub original_key: Option<UrlKey>,
    /// The ten characters that name it in its address.
    pub id: String,
    /// A permalink of its own.
    pub permalink: Option<String>,
    /// Addresses that it had before, as written.
    pub aliases: Vec<String>,
    /// A slug of its own; see [`slug`](Self::slug).
    pub own_slug: Option<Box<str>>,
    /// A BCP 47 tag.
    pub language: Cow<'static, str>,
    /// A sentence or two.
    pub summary: String,
    /// How long it takes to read, in minutes.
    pub minutes: u16,
    /// Media: holes of the body name them by their numbers, films their posters.
    pub media: Vec<MediaRef>,
    /// Originals to which the body links.
    pub links: Vec<UrlKey>,
    /// Links of the body within the site, as written.
    pub site_links: Vec<String>,
    /// The sections of a long read.
    pub sections: Vec<Section>,
}

impl Entry {
    /// Its own slug, else what its source is called.
    pub fn slug(&self) -> &str {
        self.own_slug.as_deref().unwrap_or_else(|| slug_of(stem_of(&self.source)))
    }
}

/// A clean body, with holes for links and media (see [`html::serialise`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body(pub String);

/// One article.
#[derive(Clone, Debug)]
pub struct Article {
    /// What is known of it.
    pub entry: Entry,
    /// Its text.
    pub body: Body,
}

/// Why a source gave no article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Skipped {
    /// It is marked as a draft.
    Draft,
    /// `include` and `exclude` leave it out.
    Filtered,
    /// There is nothing in it; a diagnostic says so.
    Nothing,
}

/// What came of a source, and what there is to say about it.
pub struct Parsed {
    /// The article, or why there is none. Boxed: it is large, and most are passed on at once.
    pub article: Result<Box<Article>, Skipped>,
    /// Faults.
    pub diagnostics: Vec<Diagnostic>,
    /// At which moments a build would parse it alike.
    pub validity: Validity,
}

impl Article {
    /// The digest of all that it is.
    pub fn digest(&self) -> Digest {
        Digester::new().value(&self.entry).text(&self.body.0).finish()
    }
}

/// Parses one source; `now` is the build's moment.
pub fn parse(source: &Source, config: &Config, now: DateTime<Utc>) -> Parsed {
    parse_all(&[source], config, now).remove(0)
}

/// Parses some sources, in their order. Each step is done with all before the next: what one step needs of a processor's cache, the
/// others drive out.
pub fn parse_all<'all>(sources: &'all [&'all Source], config: &Config, now: DateTime<Utc>) -> Vec<Parsed> {
    let horizons: Vec<_> = sources.iter().map(|_| Horizon::of(now)).collect();
    let mut faults: Vec<_> = sources.iter().map(|source| Faults { source: &source.path, list: Vec::new() }).collect();
    let texts = step(sources.iter().map(Ok), &mut faults, |_, source, faults| decode(&source.bytes, faults));
    let heads =
        step(refs(&texts), &mut faults, |at, text, faults| head(text, sources[at], config, &horizons[at], faults));
    let shown = step(refs(&heads), &mut faults, |_, head, faults| Ok(shown(head, config, faults)));
    let written = step(refs(&heads).zip(refs(&shown)).map(both), &mut faults, |at, (head, shown), _| {
        Ok(written(sources[at], head, shown, config, &horizons[at]))
    });
    let trees = step(refs(&written), &mut faults, |_, written, faults| Ok(body::tree(written, config, faults)));
    let cleaned = step(refs(&written).zip(trees).map(both), &mut faults, |at, (written, tree), _| {
        let accepted = |line: &str| written.said.accepts(line, &horizons[at]);
        Ok(body::clean(written, config, tree, accepted))
    });
    let drafts = step(refs(&written).zip(cleaned).map(both), &mut faults, |_, (written, cleaned), faults| {
        body::draft(written, config, cleaned, faults)
    });
    let articles = step(written.into_iter().zip(drafts).map(both), &mut faults, |at, (written, draft), faults| {
        article(written, draft, config, &horizons[at], faults)
    });
    let parsed = articles.into_iter().zip(faults).zip(horizons);
    parsed
        .map(|((article, faults), horizon)| Parsed { article, diagnostics: faults.list, validity: horizon.validity() })
        .collect()
}

/// What has come of each source so far, or why nothing did.
type Step<T> = Vec<Result<T, Skipped>>;

fn refs<T>(step: &[Result<T, Skipped>]) -> impl Iterator<Item = Result<&T, Skipped>> {
    step.iter().map(|one| one.as_ref().map_err(|why| *why))
}

fn both<A, B>((a, b): (Result<A, Skipped>, Result<B, Skipped>)) -> Result<(A, B), Skipped> {
    Ok((a?, b?))
}

fn step<'source, A, B>(
    from: impl Iterator<Item = Result<A, Skipped>>,
    faults: &mut [Faults<'source>],
    mut act: impl FnMut(usize, A, &mut Faults<'source>) -> Result<B, Skipped>,
) -> Step<B> {
    from.zip(faults).enumerate().map(|(at, (from, faults))| act(at, from?, faults)).collect()
}

/// The faults of one source.
struct Faults<'source> {
    source: &'source str,
    list: Vec<Diagnostic>,
}

impl Faults<'_> {
    fn push(&mut self, fault: Diagnostic) {
        self.list.push(fault);
    }

    /// Marks of a template, the first of so many, that we do not know, and what comes of them.
    fn warn_of_unknown(&mut self, (first, count): (&str, usize), outcome: &str, hint: &str) {
        let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        let first = first.lines().next().unwrap_or(first);
        self.warn(Code::Liquid, format!("`{first}`{more}: not known here, {outcome}"), hint);
    }

    /// Shortens a list that no writer made.
    fn keep_first<T>(&mut self, list: &mut Vec<T>, most: usize, what: &str, hint: &str) {
        if list.len() > most {
            list.truncate(most);
            self.warn(Code::Value, format!("it has more than {most} {what}: the first {most} are kept"), hint);
        }
    }

    fn warn(&mut self, code: Code, message: impl Into<String>, hint: &str) {
        self.list.push(Diagnostic::warning(code, message).in_file(self.source).hint(hint));
    }
}

/// Front matter and what follows it; a draft has none.
fn head<'text>(
    text: &'text str,
    source: &Source,
    config: &Config,
    horizon: &Horizon,
    faults: &mut Faults<'_>,
) -> Result<Split<'text>, Skipped> {
    let mut split = front_matter::split(text, config.yaml_dates);
    for fault in split.diagnostics.drain(..) {
        faults.push(fault.in_source(&source.path));
    }
    if !config.drafts && is_draft(source, &split.front_matter) {
        return Err(Skipped::Draft);
    }
    if is_page_of_section(&source.path) {
        faults.warn(
            Code::Empty,
            "a section's page of Hugo's or Zola's is no article",
            "what is to be read in it belongs into `pages/`",
        );
        return Err(Skipped::Nothing);
    }
    warn_of_what_is_shown(&split.front_matter, config, horizon, faults);
    Ok(split)
}

/// What templates of other tools would have shown.
fn shown<'text>(head: &Split<'text>, config: &Config, faults: &mut Faults<'_>) -> Cow<'text, str> {
    let expanded = shortcodes::expanded(head.body);
    if let Some((first, count)) = &expanded.unknown {
        faults.warn_of_unknown((first, *count), "shown as text", "write what it stands for");
    }
    if let Some((first, count)) = &expanded.unwrapped {
        faults.warn_of_unknown((first, *count), "only the text in it is shown", "write what it stands for");
    }
    match expanded.text {
        Cow::Borrowed(text) => without_liquid(head.fence, text, config, faults),
        Cow::Owned(text) => without_liquid(head.fence, &text, config, faults).into_owned().into(),
    }
}

/// A source cut into its parts, where it comes from, and of when it says it is.
struct Written<'text> {
    parts: SourceParts<'text>,
    origin: Origin,
    said: SaidDate,
}

fn written<'text>(
    source: &'text Source,
    head: &'text Split<'_>,
    shown: &'text str,
    config: &Config,
    horizon: &Horizon,
) -> Written<'text> {
    let matter = &head.front_matter;
    let (dialect, header, body) = dialect::recognise(head.fence, matter, shown);
    let parts = SourceParts { matter, header, dialect, body, source, page: page_head::PageHead::of(body) };
    let (origin, said) = (Origin::of(&parts, config), SaidDate::of(&parts, config.timezone, horizon));
    Written { parts, origin, said }
}

fn article(
    Written { parts, origin, said }: Written<'_>,
    mut draft: body::Draft,
    config: &Config,
    horizon: &Horizon,
    faults: &mut Faults<'_>,
) -> Result<Box<Article>, Skipped> {
    let visible = draft.byline.as_ref().map(|byline| byline.date);
    let dates = Dates::of(&parts, said, visible, horizon, faults);
    let day = dates.date.map(|date| date.with_timezone(&config.timezone).date_naive());
    let fits = |filter: &Filter| filter.fits(origin.outlet.as_deref(), day);
    let is_left_out =
        (!config.include.is_empty() && !config.include.iter().any(fits)) || config.exclude.iter().any(fits);
    // They are about articles, not about the site's own pages.
    if is_left_out && !parts.source.path.strip_prefix(&config.pages).is_some_and(|rest| rest.starts_with('/')) {
        return Err(Skipped::Filtered);
    }
    let html = std::mem::take(&mut draft.html);
    let mut entry = entry::entry(&parts, origin, dates, draft, config);
    faults.keep_first(&mut entry.tags, MOST_TAGS, "tags", "take words for tags that other articles share");
    faults.keep_first(&mut entry.authors, entry::MOST_AUTHORS, "authors", "name its authors in the front matter");
    faults.keep_first(&mut entry.aliases, MOST_ALIASES, "old addresses", "keep those that somebody links to");
    Ok(Box::new(Article { entry, body: Body(html) }))
}

/// More tags are a list of words: each has pages and a feed, and in each stand all of them.
const MOST_TAGS: usize = 200;

/// More old addresses are no article's: each has a page.
const MOST_ALIASES: usize = 200;

fn is_draft(source: &Source, matter: &FrontMatter) -> bool {
    // The content folder itself may be that.
    let is_in_drafts = source.path.starts_with("_drafts/") || source.path.contains("/_drafts/");
    // What exporters of WordPress write.
    let is_status =
        |status: String| matches!(&*status.to_ascii_lowercase(), "draft" | "pending" | "private" | "future");
    is_in_drafts
        || matter.truth(&["draft"]) == Some(true)
        || matter.truth(&["published"]) == Some(false)
        || matter.truth(&["private"]) == Some(true)
        || matter.text(&["status"]).is_some_and(is_status)
}

/// Hugo and Zola say of a section what its lists begin with in `_index.md`, `_index.zh.md`.
pub(crate) fn is_page_of_section(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix("_index.").is_some_and(|ending| read::ENDINGS.iter().any(|known| ending.ends_with(known)))
}

/// What keeps an article from readers elsewhere, and does not here.
fn warn_of_what_is_shown(matter: &FrontMatter, config: &Config, horizon: &Horizon, faults: &mut Faults<'_>) {
    const NAMES: &[&str] = &["password", "expirydate", "headless", "hidden", "unlisted", "redirect_to"];
    const TIMES: &[&str] = &["publishdate", "publish_date"];
    let is_given = |name: &&&str| matter.text(&[name]).is_some_and(|value| value != "false");
    let is_ahead = |name: &&&str| {
        let date = matter.text(&[name]).and_then(|text| of_matter(&text, config.timezone));
        matter.text(&["date"]).is_some() && date.is_some_and(|date| !horizon.trusts(date.at))
    };
    let is_withheld = |name: &&&str| matter.says_never(name);
    let names = NAMES.iter().filter(is_given).chain(TIMES.iter().filter(is_ahead));
    for name in names.chain(["build", "_build"].iter().filter(is_withheld)) {
        faults.warn(
            Code::Value,
            format!("`{name}` is not heeded: the article is shown"),
            "`draft: true` holds it back",
        );
    }
}

/// Jekyll takes what has YAML for a template.
fn without_liquid<'text>(
    fence: Option<Fence>,
    body: &'text str,
    config: &Config,
    faults: &mut Faults<'_>,
) -> Cow<'text, str> {
    if fence != Some(Fence::Yaml) {
        return body.into();
    }
    let rendered = liquid::rendered(body, config.base_url.as_ref());
    if rendered.hidden > 0 {
        faults.warn(
            Code::Liquid,
            format!("`{{% comment %}}` hides {} characters", rendered.hidden),
            "in `{% raw %}` and `{% endraw %}` they are text",
        );
    }
    if let Some((first, count)) = rendered.unknown {
        let hint = "write what it stands for; in `{% raw %}` and `{% endraw %}` it is text";
        faults.warn_of_unknown((&first, count), "shown as text", hint);
    }
    rendered.text
}

/// Bytes → text with line feeds; what cannot be read is reported.
fn decode<'bytes>(bytes: &'bytes [u8], faults: &mut Faults<'_>) -> Result<Cow<'bytes, str>, Skipped> {
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        faults.warn(
            Code::LfsPointer,
            "only the pointer is here, not the article",
            "run `git lfs pull`, then build again",
        );
        return Err(Skipped::Nothing);
    }
    let decoded = encoding::decode(bytes);
    if decoded.text.trim().is_empty() {
        faults.warn(Code::Empty, "the file is empty", "delete the file, or scrape the article again");
        return Err(Skipped::Nothing);
    }
    if decoded.is_broken || decoded.is_guess {
        faults.push(of_encoding(&decoded).in_source(faults.source));
    }
    let text = decoded.text;
    Ok(if memchr::memchr(b'\r', text.as_bytes()).is_some() { text.replace("\r\n", "\n").into() } else { text })
}

fn of_encoding(decoded: &encoding::Decoded<'_>) -> Diagnostic {
    let name = decoded.encoding;
    if decoded.is_guess {
        let lost = if decoded.is_broken { "; bytes that are not are shown as \u{fffd}" } else { "" };
        let message = format!("not UTF-8: read as {name}, which it looks like{lost}");
        let hint = format!("look at its page; if it reads well, `iconv -f {name} -t UTF-8` makes it sure");
        return Diagnostic::warning(Code::Encoding, message).in_file("").hint(hint);
    }
    let unread = decoded.text.find(char::REPLACEMENT_CHARACTER).unwrap_or_default();
    let (line, column) = crate::config::line_and_column(&decoded.text, unread);
    let fault = Diagnostic::warning(Code::Encoding, format!("bytes that are not {name}")).in_file("").at(line, column);
    fault.hint(
        "scrape it again, or convert the file with `iconv` from the encoding that it has; they are shown as \u{fffd}",
    )
}
