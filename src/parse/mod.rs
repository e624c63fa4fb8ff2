//! `Source` → [`Article`]: what one file says, in one pass over one tree.
//!
//! [`parse`] is the entry point. It reads no other file and asks nobody:
//!
//! 1. [`front_matter`]: fence and values;
//! 2. [`dialect`]: the scraper's header;
//! 3. [`markdown`]: to markup, where it is not markup already;
//! 4. [`html`]: the tree, cleaned and improved, with holes where media and links are;
//! 5. [`date`], outlet, tags, [`text`]: the [`Entry`].

mod body;
pub mod date;
pub mod dialect;
mod emphasis;
mod encoding;
mod footnotes;
mod foreign_markdown;
pub mod front_matter;
pub mod html;
mod liquid;
mod loose_markdown;
pub mod markdown;
mod origin;
mod page_head;
mod prose;
mod shortcodes;
pub mod text;
pub mod url;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::buffers;
use crate::config::{Config, Filter};
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::read::{self, Source};
use date::{Horizon, Validity};
use dialect::{Dialect, Header};
use front_matter::{Fence, FrontMatter};
use html::improve::Byline;
pub use html::media::{MediaKind, MediaRef};
pub use html::serialise::Section;
use html::serialise::is_language;
pub use url::UrlKey;

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
    /// The [canonical form](url::canonical_key) of the original's address.
    pub original_key: Option<UrlKey>,
    /// The ten characters that name it in its address.
    pub id: String,
    /// A permalink of its own.
    pub permalink: Option<String>,
    /// Addresses that it had before, as written.
    pub aliases: Vec<String>,
    /// A slug of its own, else what its file is called.
    pub slug: String,
    /// A BCP 47 tag.
    pub language: String,
    /// A sentence or two.
    pub summary: String,
    /// How long it takes to read, in minutes.
    pub minutes: u16,
    /// Media, in the order of the body's holes.
    pub media: Vec<MediaRef>,
    /// Originals to which the body links.
    pub links: Vec<UrlKey>,
    /// Links of the body within the site, as written.
    pub site_links: Vec<String>,
    /// The sections of a long read.
    pub sections: Vec<Section>,
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
    let mut faults = Faults { source: &source.path, list: Vec::new() };
    let horizon = Horizon::of(now);
    let article = parse_source(source, config, &horizon, &mut faults);
    Parsed { article, diagnostics: faults.list, validity: horizon.validity() }
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

    fn warn(&mut self, code: Code, message: impl Into<String>, hint: &str) {
        self.list.push(Diagnostic::warning(code, message).in_file(self.source).hint(hint));
    }
}

fn parse_source(
    source: &Source,
    config: &Config,
    horizon: &Horizon,
    faults: &mut Faults<'_>,
) -> Result<Box<Article>, Skipped> {
    let text = decode(&source.bytes, faults)?;
    let split = front_matter::split(&text, config.yaml_dates);
    for fault in split.diagnostics {
        faults.push(fault.in_source(&source.path));
    }
    let matter = &split.front_matter;
    if !config.drafts && is_draft(source, matter) {
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
    warn_of_what_is_shown(matter, faults);
    let expanded = shortcodes::expanded(split.body);
    if let Some((first, count)) = &expanded.unknown {
        faults.warn_of_unknown((first, *count), "shown as text", "write what it stands for");
    }
    if let Some((first, count)) = &expanded.unwrapped {
        faults.warn_of_unknown((first, *count), "only the text in it is shown", "write what it stands for");
    }
    let liquid = without_liquid(split.fence, &expanded.text, config, faults);
    let (dialect, header, body) = dialect::recognise(split.fence, matter, &liquid);
    let written = Written { matter, header, dialect, body, source, page: page_head::PageHead::of(body) };
    let origin = origin::Origin::of(&written, config);
    let mut draft =
        body::clean(&written, &origin, config, |date| Dates::accepts(&written, date, config, horizon), faults);
    if draft.title.is_empty() && draft.is_empty() {
        faults.warn(Code::Empty, "there is neither title nor text", "delete the file, or scrape the article again");
        return Err(Skipped::Nothing);
    }
    let dates = Dates::of(&written, draft.byline.as_ref(), config, horizon, faults);
    let day = dates.date.map(|date| date.with_timezone(&config.timezone).date_naive());
    let fits = |filter: &Filter| filter.fits(origin.outlet.as_deref(), day);
    if (!config.include.is_empty() && !config.include.iter().any(fits)) || config.exclude.iter().any(fits) {
        return Err(Skipped::Filtered);
    }
    let html = std::mem::take(&mut draft.html);
    Ok(Box::new(Article { entry: entry(&written, origin, dates, draft, config), body: Body(html) }))
}

fn is_draft(source: &Source, matter: &FrontMatter) -> bool {
    let is_in_drafts = source.below_content.split('/').any(|folder| folder == "_drafts");
    is_in_drafts || matter.truth(&["draft"]) == Some(true) || matter.truth(&["published"]) == Some(false)
}

/// Hugo and Zola say of a section what its lists begin with in `_index.md`, `_index.zh.md`.
fn is_page_of_section(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix("_index.").is_some_and(|ending| read::ENDINGS.iter().any(|known| ending.ends_with(known)))
}

/// What keeps an article from readers elsewhere, and does not here.
fn warn_of_what_is_shown(matter: &FrontMatter, faults: &mut Faults<'_>) {
    const NAMES: &[&str] = &["password", "expirydate", "headless", "hidden", "unlisted"];
    for name in NAMES.iter().filter(|name| matter.text(&[name]).is_some_and(|value| value != "false")) {
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

/// A source cut into its parts.
struct Written<'text> {
    matter: &'text FrontMatter,
    header: Header<'text>,
    dialect: Dialect,
    body: &'text str,
    source: &'text Source,
    page: page_head::PageHead,
}

impl Written<'_> {
    fn stem(&self) -> &str {
        stem_of(&self.source.path)
    }

    /// The title that front matter or header gives, as plain text.
    fn title(&self) -> Option<String> {
        // `title: [News]` is a list to YAML.
        let list = || Some(self.matter.list(&["title"])).filter(|list| !list.is_empty());
        let in_matter = self.matter.text(&["title"]).or_else(|| Some(format!("[{}]", list()?.join(", "))));
        let written = in_matter.or_else(|| self.header.title.map(str::to_owned))?;
        Some(plain_title(&written)).filter(|title| !title.is_empty())
    }

    /// The title that a saved page's head gives, as plain text.
    fn page_title(&self) -> Option<String> {
        self.page.title.as_deref().map(plain_title).filter(|title| !title.is_empty())
    }
}

/// What a source is called: its file's name without its ending, or its folder's where the file is only called `index`.
pub fn stem_of(path: &str) -> &str {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match folders.rsplit_once('/') {
        // The topmost folder holds them all.
        Some((_, folder)) if stem == "index" || stem.starts_with("index.") => folder,
        _ => stem,
    }
}

/// A title is text; scrapers leave references, tags and line breaks in it.
fn plain_title(written: &str) -> String {
    let written = written.trim();
    if written.chars().all(|c| text::is_han(c) || (c.is_ascii_graphic() && !matches!(c, '&' | '<'))) {
        return written.to_owned();
    }
    // Twice: some scrapers escape twice.
    shown(&shown(written))
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A title without references and without tags that are closed and of those that stand in titles: an article may be about `<title>`
/// or `<b>`.
fn shown(title: &str) -> Cow<'_, str> {
    const TAGS: &[&str] =
        &["a", "b", "big", "br", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"];
    if !title.contains(['&', '<']) {
        return title.into();
    }
    let folded = title.to_ascii_lowercase();
    let is_closed = |name: &str| folded.contains(&format!("<{name}")) && folded.contains(&format!("</{name}>"));
    let mut markup = String::with_capacity(title.len());
    for (at, part) in title.split('<').enumerate() {
        if at > 0 {
            let name = part.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
            let name = name.unwrap_or_default().to_ascii_lowercase();
            let is_tag = part.contains('>') && TAGS.contains(&name.as_str()) && (name == "br" || is_closed(&name));
            markup.push_str(if is_tag { "<" } else { "&lt;" });
        }
        markup.push_str(part);
    }
    html::tree::text_of(&html::build::build(&markup, &[])).into()
}

/// A description may be markup.
fn plain_text(written: &str) -> String {
    if !written.contains(['<', '&']) {
        return plain_title(written);
    }
    let text = html::tree::text_of(&html::build::build(written, &[]));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The authors that front matter names. Chinese names in one text are parted; what is in a note of Obsidian's is a name, too.
fn authors_of(matter: &FrontMatter) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut authors: Vec<String> = Vec::new();
    for written in matter.list(&["author", "authors", "by"]) {
        let bare = written.strip_prefix("[[").and_then(|name| name.strip_suffix("]]")).unwrap_or(&written);
        // What is in brackets belongs to a name.
        let is_parted = bare.chars().any(text::is_han) && !bare.contains(['(', '（', '[', '【']);
        let names = bare.split(|c: char| is_parted && matches!(c, '、' | '，' | '；' | ','));
        let names = names.map(plain_title).filter(|name| !name.is_empty());
        authors.extend(names.filter(|name| seen.insert(name.clone())));
    }
    authors
}

/// A byline may say a known name with more words; no word of it is lost.
fn add_author(name: String, known: &mut Vec<String>) {
    let says = |whole: &str, part: &str| whole == part || whole.split([' ', '、', ',', '，']).any(|word| word == part);
    if known.iter().any(|known| says(known, &name)) {
        return;
    }
    let place = known.iter().position(|known| says(&name, known)).unwrap_or(known.len());
    known.retain(|known| !says(&name, known));
    known.insert(place, name);
}

/// Longer titles are cut in pages' heads and lists by the theme; this only bounds what one entry may cost.
const MAX_TITLE: usize = 500;

fn entry(written: &Written<'_>, origin: origin::Origin, dates: Dates, draft: body::Draft, config: &Config) -> Entry {
    let Written { matter, source, .. } = written;
    let title: String = draft.title.chars().take(MAX_TITLE).collect();
    let tags = origin.tags(&title, &draft.text, config);
    let name = origin.canonical.as_deref().unwrap_or(&source.path);
    let mut authors = authors_of(matter);
    authors.extend(written.header.author.map(str::to_owned).filter(|author| !authors.contains(author)));
    for name in draft.byline.map(|byline| byline.authors).unwrap_or_default() {
        add_author(name, &mut authors);
    }
    if authors.is_empty() {
        authors.extend(written.page.author.as_deref().map(plain_title).filter(|name| !name.is_empty()));
    }
    let outlet_language = origin.outlet.as_deref().and_then(|name| config.outlets.by_name(name)?.language.clone());
    let mut written_languages = matter.texts(&["lang", "language"]).into_iter().map(|tag| tag.replace('_', "-"));
    let language = written_languages.find(|tag| is_language(tag)).or(outlet_language);
    let language = language.or_else(|| language_of_page(written, draft.language));
    buffers::give(draft.text);
    Entry {
        source: source.path.clone(),
        dialect: written.dialect,
        date: dates.date,
        published: dates.published,
        updated: dates.updated,
        tags: exact(tags),
        authors: exact(authors),
        categories: exact(origin.categories),
        original_key: origin.canonical.as_deref().map(UrlKey::of),
        original_url: origin.url.map(|url| url.as_str().to_owned()),
        outlet: origin.outlet,
        id: url::short_id(name),
        permalink: permalink_of(written),
        aliases: exact(aliases_of(matter)),
        slug: matter.text(&["slug"]).unwrap_or_else(|| slug_of(written.stem())),
        language: language.unwrap_or_else(|| draft.language.unwrap_or(&config.language).to_owned()),
        summary: matter
            .text(&["description", "summary", "excerpt"])
            .map_or(draft.summary, |text| beginning(plain_text(&text))),
        minutes: draft.minutes,
        media: exact(draft.media),
        links: exact(draft.links),
        site_links: exact(draft.site_links),
        sections: exact(draft.sections),
        title,
    }
}

/// An address of the article's own: Hugo's `url` and Zola's `path` are one, too, and those of folders.
fn permalink_of(written: &Written<'_>) -> Option<String> {
    let matter = written.matter;
    let url = || matter.text(&["url"]).filter(|url| url.starts_with('/') && !url.starts_with("//"));
    let path = || matter.text(&["path"]).filter(|_| written.dialect == Dialect::Toml);
    let is_moved = !written.dialect.is_scraped();
    let foreign = || url().or_else(path).filter(|_| is_moved).map(|address| of_folder(&address));
    matter.text(&["permalink", "url_path"]).or_else(foreign)
}

/// Addresses that it had before: Jekyll's `/a` is `a.html`, Hugo's is a folder.
fn aliases_of(matter: &FrontMatter) -> Vec<String> {
    let jekylls =
        matter.list(&["redirect_from"]).into_iter().map(|address| format!("/{}", address.trim_start_matches('/')));
    matter.list(&["aliases"]).iter().map(|address| of_folder(address)).chain(jekylls).collect()
}

/// An address with the slash of a folder at its end, unless it is a file's.
fn of_folder(address: &str) -> String {
    let is_whole = address.ends_with('/') || address.ends_with(".html") || address.ends_with(".htm");
    if is_whole { address.to_owned() } else { format!("{address}/") }
}

/// What a saved page says its language is, where its script does not tell: frames of sites say English around all languages.
fn language_of_page(written: &Written<'_>, of_script: Option<&str>) -> Option<String> {
    const TOLD_BY_SCRIPT: &[&str] = &["zh", "ja", "ko"];
    let said = written.page.language.as_deref().map(str::trim).filter(|tag| is_language(tag))?;
    let primary = said.split('-').next().unwrap_or(said).to_ascii_lowercase();
    let is_open = match of_script {
        Some("en") => primary != "en",
        Some(tag) => !TOLD_BY_SCRIPT.contains(&tag.split('-').next().unwrap_or(tag)) && primary != "en",
        None => false,
    };
    (is_open && !TOLD_BY_SCRIPT.contains(&primary.as_str())).then(|| said.to_owned())
}

/// A longer description is none, in characters; what is shown of one is a sentence or two.
const MAX_DESCRIPTION: usize = 1000;

fn beginning(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_DESCRIPTION) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A list in no more memory than it needs: every entry of a site is held at once, and a list that grew has room for up to twice as
/// much. (Shrunk in its place it would keep that: our allocator makes nothing smaller by less than half.)
fn exact<T>(list: Vec<T>) -> Vec<T> {
    let mut out = Vec::with_capacity(list.len());
    out.extend(list);
    out
}

/// Jekyll's slug of a file name: what follows the date.
fn slug_of(stem: &str) -> String {
    let slug = date::split_jekyll_name(stem).map_or(stem, |(_, slug)| slug);
    without_number_of_notion(slug).trim_end_matches('.').to_owned()
}

/// Notion exports a page as its title and 32 hexadecimal digits.
fn without_number_of_notion(name: &str) -> &str {
    let parts = name
        .rsplit_once(' ')
        .filter(|(_, number)| number.len() == 32 && number.bytes().all(|byte| byte.is_ascii_hexdigit()));
    parts.map_or(name, |(title, _)| title)
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
        "scrape it again, or convert the file, such as with `iconv -f GB18030 -t UTF-8`; they are shown as \u{fffd}",
    )
}

/// The dates of an article.
#[derive(Debug, Clone, Copy)]
struct Dates {
    date: Option<DateTime<Utc>>,
    published: Option<DateTime<Utc>>,
    updated: Option<DateTime<Utc>>,
}

/// A visible date may be so much older than the date and still be the same article's.
const WEEK: TimeDelta = TimeDelta::days(7);
const DAY: TimeDelta = TimeDelta::days(1);

impl Dates {
    /// The order of trust: front matter, header stamp, a saved page's head, visible line, file name, when it was changed. What lies in the future is not trusted.
    fn of(
        written: &Written<'_>,
        byline: Option<&Byline>,
        config: &Config,
        horizon: &Horizon,
        faults: &mut Faults<'_>,
    ) -> Self {
        let visible = byline.and_then(|byline| date::read(&byline.date, config.timezone));
        let mut remedy = HINT;
        let trusted = trusted(written, config, horizon, |message, hint| {
            remedy = hint;
            faults.warn(Code::Date, message, hint);
        });
        let changed = written
            .matter
            .text(front_matter::CHANGES)
            .or_else(|| written.page.modified.clone())
            .and_then(|text| date::of_matter(&text, config.timezone))
            .filter(|changed| horizon.trusts(changed.at));
        let of_name =
            || date::of_file_name(written.stem(), config.timezone).filter(|written| horizon.trusts(written.at));
        let date = trusted.or(visible).or_else(of_name).or(changed);
        if date.is_none() {
            faults.warn(Code::Date, "no date is known: it goes to `undated/`", remedy);
        }
        let Some(date) = date.map(|written| written.at) else {
            return Self { date: None, published: None, updated: None };
        };
        let earlier = visible
            .filter(|visible| visible.has_time && visible.at < date && date - visible.at <= WEEK)
            .map(|visible| visible.at);
        let updated = changed.map(|changed| changed.at).filter(|changed| *changed > date);
        Self { date: Some(date), published: earlier, updated: updated.or_else(|| earlier.map(|_| date)) }
    }

    /// Whether a visible line is a date that the header can say instead.
    fn accepts(written: &Written<'_>, line: &str, config: &Config, horizon: &Horizon) -> bool {
        let Some(visible) = date::read(line, config.timezone) else { return false };
        match trusted(written, config, horizon, |_, _| ()) {
            None => horizon.trusts(visible.at),
            Some(date) if visible.has_time => visible.at <= date.at && date.at - visible.at <= WEEK,
            Some(date) => visible.at <= date.at && date.at - visible.at < DAY,
        }
    }
}

const HINT: &str = "give the front matter a `date`, such as 2024-05-02 06:04:02 +08:00";

const HINT_AHEAD: &str = "mend the date; what is to wait until then is held back by `draft: true`";

fn trusted(
    written: &Written<'_>,
    config: &Config,
    horizon: &Horizon,
    mut warn: impl FnMut(String, &'static str),
) -> Option<date::Written> {
    let mut in_matter = written.matter.texts(front_matter::DATES);
    // To Jekyll, `published` is no date, and to others it may be an imprint.
    if let Some(other) =
        written.matter.text(&["published"]).filter(|text| date::of_matter(text, config.timezone).is_none())
    {
        in_matter.retain(|text| *text != other);
    }
    let mut read = in_matter.iter().map(|text| (text, date::of_matter(text, config.timezone)));
    let read = read.clone().find(|(_, date)| date.is_some()).or_else(|| read.next());
    if let Some((text, None)) = read {
        warn(format!("`{text}` is no date that we can read"), HINT);
    }
    let stamp = written.header.stamp.map(|at| date::Written { at, has_time: true });
    let day = written.header.day.and_then(|text| date::read(text, config.timezone));
    let page = written.page.published.as_deref().and_then(|text| date::of_matter(text, config.timezone));
    let mut candidates = read.and_then(|(_, date)| date).into_iter().chain(stamp).chain(day).chain(page);
    candidates.find(|date| {
        let trusted = horizon.trusts(date.at);
        if !trusted {
            warn(format!("{} lies in the future and is not trusted", date.at.format("%Y-%m-%d")), HINT_AHEAD);
        }
        trusted
    })
}
