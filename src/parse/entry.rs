//! What other pages show of an article: [`entry`] puts together what all steps have found.

use std::collections::HashSet;

use super::body::Draft;
use super::dates::Dates;
use super::dialect::Dialect;
use super::front_matter::FrontMatter;
use super::origin::Origin;
use super::parts::SourceParts;
use super::title::{plain_text, plain_title};
use super::{Entry, UrlKey, text};
use crate::address::short_id;
use crate::buffers;
use crate::config::Config;
use crate::config::is_language;

/// Longer titles are cut in pages' heads and lists by the theme; this only bounds what one entry may cost.
const MAX_TITLE: usize = 500;

/// More names are a list of something else; each new one is compared with all before.
pub(super) const MOST_AUTHORS: usize = 50;

/// What is known of an article.
pub(super) fn entry(written: &SourceParts<'_>, origin: Origin, dates: Dates, draft: Draft, config: &Config) -> Entry {
    let SourceParts { matter, source, .. } = written;
    let mut title = beginning(draft.title, MAX_TITLE);
    title.shrink_to_fit();
    let tags = origin.tags(&title, &draft.text, config);
    let name = origin.canonical.as_deref().unwrap_or(&source.path);
    let mut authors = authors_of(matter);
    authors.extend(written.header.author.map(str::to_owned).filter(|author| !authors.contains(author)));
    for name in draft.byline.map(|byline| byline.authors).unwrap_or_default() {
        add_author(name, &mut authors);
    }
    if authors.is_empty() {
        let names = written.page.author.iter().flat_map(|names| names.split('、')).map(plain_title);
        // One more than are kept says that there are more.
        names.filter(|name| !name.is_empty()).take(MOST_AUTHORS + 1).for_each(|name| add_author(name, &mut authors));
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
        id: short_id(name),
        permalink: permalink_of(written),
        aliases: exact(aliases_of(matter)),
        own_slug: matter.text(&["slug"]).map(String::into_boxed_str),
        // What the script tells is told of most, in a text that need not be kept for each.
        language: match (language, draft.language) {
            (Some(said), _) => said.into(),
            (None, Some(told)) => told.into(),
            (None, None) => config.language.clone().into(),
        },
        summary: matter
            .text(&["description", "summary", "excerpt"])
            .map_or(draft.summary, |text| beginning(plain_text(&text), MAX_DESCRIPTION)),
        minutes: draft.minutes,
        media: exact(draft.media),
        links: exact(draft.links),
        site_links: exact(draft.site_links),
        sections: exact(draft.sections),
        title,
    }
}

/// An address of the article's own: Hugo's `url` and Zola's `path` are one, too, and those of folders.
fn permalink_of(written: &SourceParts<'_>) -> Option<String> {
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
fn language_of_page(written: &SourceParts<'_>, of_script: Option<&str>) -> Option<String> {
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

fn beginning(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
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

/// The authors that front matter names. Chinese names in one text are parted; what is in a note of Obsidian's is a name, too.
fn authors_of(matter: &FrontMatter) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut authors: Vec<String> = Vec::new();
    for written in matter.list(&["author", "authors", "by"]) {
        let bare = written.strip_prefix("[[").and_then(|name| name.strip_suffix("]]")).unwrap_or(&written);
        // What is in brackets belongs to a name.
        let is_parted = bare.chars().any(text::is_han) && !bare.contains(['(', '（', '[', '【']);
        let plain = plain_title(bare);
        let names = plain.split(|c: char| is_parted && matches!(c, '、' | '，' | '；' | ',' | ';'));
        let names = names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
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
