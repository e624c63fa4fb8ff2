//! Attachments: documents that lie with an article, and to which it links. They are published as they are.

use std::collections::BTreeSet;
use std::path::Path;

use crate::address::short_id;
use crate::config::{self, Config};
use crate::parse::Entry;
use crate::read::local::{candidates, is_in_hidden, locate};
use crate::read::statics::StaticFile;

/// A document to which an article links.
#[derive(Debug)]
pub struct Attachment {
    /// The file, from the site's folder.
    pub source: String,
    /// What is published.
    pub file: StaticFile,
}

/// Endings of what is published so, in lower case: nothing that a browser would run or show as a page of the site's own, nor what
/// scrapers keep their own notes in. Sounds and films are played where a link leads to them.
const DOCUMENTS: &[&str] = &[
    "m4a", "mp3", "mp4", "oga", "ogg", "opus", "wav", "webm", "7z", "azw3", "bib", "csv", "doc", "docx", "epub",
    "geojson", "ics", "mobi", "odp", "ods", "odt", "pdf", "ppt", "pptx", "rar", "rtf", "srt", "tex", "tsv", "vtt",
    "xls", "xlsx", "zip",
];

/// Where documents may lie to which entries link, from the site's folder, there or not: in the article's own folder or below it, for
/// a scraped article is not to name what it likes.
pub fn named(entries: &[&Entry]) -> BTreeSet<String> {
    let links = entries.iter().flat_map(|entry| entry.site_links.iter().map(|link| (&*entry.source, link)));
    links.flat_map(|(source, link)| files_of(source, link)).collect()
}

/// The files that a link of a source may mean.
pub fn files_of(source: &str, link: &str) -> impl Iterator<Item = String> {
    let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let is_fit = move |file: &String| {
        let below = file.strip_prefix(folder.as_str()).filter(|below| folder.is_empty() || below.starts_with('/'));
        below.is_some() && is_document(file) && !file.starts_with('/') && !file.contains(char::is_control)
    };
    candidates(source, link).into_iter().filter(is_fit)
}

/// The documents of these that are there, sorted by their files, each at an address of its own that `is_free`.
pub fn find(files: BTreeSet<String>, config: &Config, mut is_free: impl FnMut(&str) -> bool) -> Vec<Attachment> {
    let mut others = config::not_content(config);
    let pages = config::absolute(&config.root.join(&config.pages));
    others.retain(|folder| *folder != pages);
    let root = config.root.canonicalize().unwrap_or_default();
    let attachment = |source: String| {
        let place = locate(&config.root, &config.static_folder, &source)?;
        // Not by way of links, and not hidden: so are articles read, too.
        let is_itself = place == root.join(&source);
        let written = config::absolute(&config.root.join(&source));
        if !is_itself || is_in_hidden(&source) || others.iter().any(|other| written.starts_with(other)) {
            return None;
        }
        let plain = path_of(&source, config);
        let path = if is_free(&plain) { plain } else { path_of_its_own(&source) };
        Some(Attachment { file: StaticFile::new(path, &place).ok()?, source })
    };
    files.into_iter().filter_map(attachment).collect()
}

fn is_document(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| DOCUMENTS.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Its output file: where it lies below the content folder, if there is one such folder. Hosts leave out what begins with a low line.
fn path_of(source: &str, config: &Config) -> String {
    let below = |folder: &str| source.strip_prefix(folder)?.strip_prefix('/');
    let below = if let [content] = &*config.content { below(content) } else { None };
    let parts: Vec<&str> = below.unwrap_or(source).split('/').map(|part| part.trim_start_matches('_')).collect();
    format!("files/{}", parts.join("/"))
}

/// Where another has that address.
fn path_of_its_own(source: &str) -> String {
    let name = source.rsplit_once('/').map_or(source, |(_, name)| name);
    format!("files/{}/{}", short_id(source), name.trim_start_matches('_'))
}
