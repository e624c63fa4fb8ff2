//! Where an article comes from: the original's address, the outlet, and the tags that name no outlet.

use std::collections::HashSet;

use super::dialect::Dialect;
use super::front_matter::FrontMatter;
use super::parts::SourceParts;
use super::title::plain_title;
use crate::address::{WebUrl, canonical_key, parse_web, unwrap_archive};
use crate::config::{Config, Outlet};
use crate::read::Source;

/// Where an article comes from.
#[derive(Debug)]
pub(super) struct Origin {
    /// The original's address.
    pub(super) url: Option<WebUrl>,
    /// The same, in its canonical form.
    pub(super) canonical: Option<String>,
    /// The outlet's name.
    pub(super) outlet: Option<String>,
    /// Categories as Jekyll reads them, for addresses.
    pub(super) categories: Vec<String>,
    /// Tags and categories that name no outlet.
    labels: Vec<String>,
}

/// What front matter calls the original's address.
pub(super) const ADDRESSES: &[&str] =
    &["from", "link", "original_url", "source_url", "external_url", "original", "canonical_url", "url"];

impl Origin {
    pub(super) fn of(written: &SourceParts<'_>, config: &Config) -> Self {
        let matter = written.matter;
        let url = written.header.link.into_iter().chain(matter.addresses(ADDRESSES)).find_map(web_address);
        let url = url.or_else(|| source_of(matter)).or_else(|| written.page.url.clone());
        let url = url.or_else(|| linked_title(written));
        // What may be a section's is shown, and is nobody's own.
        let is_own = url.is_some();
        let url = url.or_else(|| clipped(matter));
        // What the Wayback Machine keeps is somebody else's.
        let url = url.map(|url| unwrap_archive(&url).unwrap_or(url));
        let names = ["categories", "category"];
        let folders: Vec<String> = folders_above_posts(written.source).collect();
        let with_folders = |named: Vec<String>| folders.iter().cloned().chain(named).collect::<Vec<_>>();
        let in_words = with_folders(words(matter));
        let categories = if is_jekylls(written) { in_words.clone() } else { with_folders(matter.list(&names)) };
        let tags = tags_of(written);
        let given = matter.text(&["outlet"]);
        let outlet = given
            .or_else(|| outlet_by_rule(written, url.as_ref(), &categories, &tags, config))
            .or_else(|| outlet_by_form(written, url.as_ref(), &categories, &tags));
        let labels = labels(&categories, &tags, outlet.as_deref(), config);
        // A front page is no article's address: scrapers and feeds give it for want of a better one.
        let own = url.as_ref().filter(|_| is_own);
        let canonical = own.map(canonical_key).filter(|key| key.contains(['/', '?', '#']));
        Self { canonical, url, outlet, categories: in_words, labels }
    }

    /// The article's tags: its labels, then those that `[[tag]]` rules find in title and text.
    pub(super) fn tags(&self, title: &str, text: &str, config: &Config) -> Vec<String> {
        let mut tags = self.labels.clone();
        for tag in config.tags.tags_of(&[title, text]) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}

/// Scrapers copy addresses out of markup, references, brackets, Markdown and all.
fn web_address(text: &str) -> Option<WebUrl> {
    let text = text.trim();
    let of_link = || Some(text.strip_prefix('[')?.strip_suffix(')')?.rsplit_once("](")?.1);
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).or_else(of_link).unwrap_or(text);
    if bare.starts_with("www.") {
        return parse_web(&format!("https://{bare}"));
    }
    if !bare.contains('&') {
        return parse_web(bare);
    }
    parse_web(
        &["&amp;", "&#38;", "&#038;"].iter().fold(bare.to_owned(), |text, reference| text.replace(reference, "&")),
    )
}

/// What clippers call `source` is a page's address; others name an outlet by its front page, or by that of a section.
fn source_of(matter: &FrontMatter) -> Option<WebUrl> {
    source(matter).filter(is_of_article)
}

fn source(matter: &FrontMatter) -> Option<WebUrl> {
    matter.addresses(&["source"]).find_map(web_address)
}

/// Whether an address is an article's: a front page's and a section's have neither a date in their path nor a number in their name.
fn is_of_article(url: &WebUrl) -> bool {
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    url.query().is_some()
        || last.bytes().any(|byte| byte.is_ascii_digit())
        || is_dated(url.path())
        || last.contains('.')
        || last.matches('-').count() > 1
}

/// The `source` of a clipper, which says when the page was published: an article's, if its address is no front page's.
fn clipped(matter: &FrontMatter) -> Option<WebUrl> {
    let is_day = |text: String| text.starts_with(|c: char| c.is_ascii_digit());
    let is_clipped = || matter.texts(&["date_published", "published", "created", "created_at"]).into_iter().any(is_day);
    let is_page = |url: &WebUrl| !url.path().ends_with('/') && is_clipped();
    source(matter).filter(is_page)
}

/// Where the heading leads that is the title, if front matter has no other.
fn linked_title(written: &SourceParts<'_>) -> Option<WebUrl> {
    let (heading, link) = written.header.linked_title?;
    let is_title = written.matter.text(&["title"]).is_none_or(|title| plain_title(&title) == plain_title(heading));
    web_address(link).filter(|url| is_title && is_of_article(url))
}

/// An outlet by its name, where `source` is no address.
fn named_source(matter: &FrontMatter) -> Option<String> {
    let written = matter.list(&["source"]).into_iter().next()?;
    let bare = written.strip_prefix("[[").and_then(|name| name.strip_suffix("]]")).unwrap_or(&written);
    let is_host = !bare.contains(char::is_whitespace) && bare.is_ascii() && bare.contains('.');
    let is_name = !is_host
        && !bare.contains(['/', ':', '@'])
        && !matches!(bare, "true" | "false")
        && bare.chars().count() <= LONGEST_OUTLET;
    Some(plain_title(bare)).filter(|name| is_name && !name.is_empty())
}

/// An outlet's name has so many characters at most.
const LONGEST_OUTLET: usize = 40;

/// Whether a year and a month, by number or name, stand in a path.
fn is_dated(path: &str) -> bool {
    let is_year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = |part: &str| match part.len() {
        1 | 2 => is_number(part),
        3 => part.bytes().all(|byte| byte.is_ascii_lowercase()),
        _ => false,
    };
    path.split('/')
        .zip(path.split('/').skip(1))
        .any(|(year, month)| is_year(year) && is_number(year) && is_month(month))
}

/// To Jekyll, the folders above `_posts` are the first categories of what is in it. A content folder that is itself within
/// `_posts` is named from the site's folder, another is not.
fn folders_above_posts(source: &Source) -> impl Iterator<Item = String> {
    let content = source.path.strip_suffix(&source.below_content).unwrap_or_default();
    let is_posts = |name: &str| name == "_posts";
    let path = if content.split('/').any(is_posts) { &*source.path } else { &source.below_content };
    let above = path.split('/').position(is_posts).unwrap_or_default();
    path.split('/').take(above).map(str::to_owned)
}

/// A text of several words is several `categories` to Jekyll; an item of a list is one, and so is a `category`, which is added.
fn words(matter: &FrontMatter) -> Vec<String> {
    let mut all = match matter.text(&["categories"]) {
        Some(text) => text.split_whitespace().map(str::to_owned).collect(),
        None => matter.list(&["categories"]),
    };
    for one in matter.list(&["category"]) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn is_jekylls(written: &SourceParts<'_>) -> bool {
    written.dialect == Dialect::Yaml
}

/// Tags that are one text are parted by commas, or, as Jekyll has it, by blanks.
fn tags_of(written: &SourceParts<'_>) -> Vec<String> {
    const COMMAS: &[char] = &[',', '，', '、', ';', '；'];
    let (matter, names) = (written.matter, ["tags", "tag", "keywords"]);
    let part = |parts: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        parts.map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    };
    match matter.text(&names) {
        Some(text) if text.contains(COMMAS) => part(&mut text.split(COMMAS)),
        Some(text) if is_jekylls(written) && matter.text(&["tags"]).is_some() => part(&mut text.split_whitespace()),
        _ => matter.list(&names),
    }
}

fn outlet_by_rule(
    written: &SourceParts<'_>,
    url: Option<&WebUrl>,
    categories: &[String],
    tags: &[String],
    config: &Config,
) -> Option<String> {
    let rules = &config.outlets;
    let host = url.and_then(|url| rules.by_host(url.host()));
    let label = || categories.iter().chain(tags).find_map(|label| rules.by_tag(label));
    let folder = || rules.by_folder(&written.source.below_content);
    host.or_else(label).or_else(folder).map(|outlet: &Outlet| outlet.name.clone())
}

/// The folder (b), the single category or tag (a, c, e), the name of the source, the original's host.
fn outlet_by_form(
    written: &SourceParts<'_>,
    url: Option<&WebUrl>,
    categories: &[String],
    tags: &[String],
) -> Option<String> {
    let folder =
        || written.source.below_content.rsplit_once('/').map(|(folder, _)| folder.rsplit('/').next().unwrap_or(folder));
    let single = || match (categories, tags) {
        ([only], _) | ([], [only]) => Some(only.as_str()),
        _ => None,
    };
    let by_form = match written.dialect {
        Dialect::B => folder(),
        Dialect::A | Dialect::C | Dialect::E => single(),
        _ => None,
    };
    let host = || url.map(WebUrl::host).map(|host| host.strip_prefix("www.").unwrap_or(host));
    by_form.map(str::to_owned).or_else(|| named_source(written.matter)).or_else(|| host().map(str::to_owned))
}

fn labels(categories: &[String], tags: &[String], outlet: Option<&str>, config: &Config) -> Vec<String> {
    let mut seen = HashSet::new();
    let names_outlet = |label: &&String| outlet == Some(label.as_str()) || config.outlets.by_tag(label).is_some();
    let labels = tags.iter().chain(categories).filter(|label| !names_outlet(label)).map(|label| shown_label(label));
    labels.filter(|label| !label.is_empty() && seen.insert(label.to_lowercase())).collect()
}

/// WordPress exports references, Obsidian the hash of a tag.
fn shown_label(label: &str) -> String {
    let bare = label.strip_prefix('#').unwrap_or(label);
    if bare.contains('&') { plain_title(bare) } else { bare.trim().to_owned() }
}
