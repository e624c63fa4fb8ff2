//! Attachments: documents beside articles that articles link to. They are published as they are.

use std::collections::BTreeSet;
use std::path::Path;

use crate::config::Config;
use crate::parse::Entry;
use crate::read::local::{candidates, locate};
use crate::read::statics::StaticFile;

/// A document that an article links to.
#[derive(Debug)]
pub struct Attachment {
    /// The file, from the site's folder.
    pub source: String,
    /// What is published.
    pub file: StaticFile,
}

/// Endings of what is published so, in lower case: nothing that a browser would run or show as a page of the site's own.
const DOCUMENTS: &[&str] = &[
    "7z", "azw3", "bib", "bz2", "csv", "doc", "docx", "epub", "geojson", "gz", "ics", "json", "mobi", "odp", "ods",
    "odt", "pdf", "ppt", "pptx", "rar", "rtf", "srt", "tar", "tex", "tgz", "tsv", "txt", "vtt", "xls", "xlsx", "xz",
    "zip",
];

/// Where documents may lie that entries link to, from the site's folder, there or not.
pub fn named(entries: &[&Entry], config: &Config) -> BTreeSet<String> {
    let links = entries.iter().flat_map(|entry| entry.site_links.iter().map(|link| (&entry.source, link)));
    let documents = links.filter(|(_, link)| is_document(link));
    let files = documents.flat_map(|(source, link)| candidates(source, link));
    files.filter(|file| is_document(file) && is_in_the_open(file) && is_beside_sources(file, config)).collect()
}

/// The documents of these that are there, sorted by their files.
pub fn find(files: BTreeSet<String>, config: &Config) -> Vec<Attachment> {
    let attachment = |source: String| {
        let place = locate(&config.root, &config.static_folder, &source)?;
        let file = StaticFile::new(path_of(&source, config), &place).ok()?;
        Some(Attachment { source, file })
    };
    files.into_iter().filter_map(attachment).collect()
}

fn is_document(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| DOCUMENTS.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Whether a path is fit for an address: no part of it is hidden, nor has signs that no address has.
fn is_in_the_open(path: &str) -> bool {
    !path.split('/').any(|part| part.starts_with('.')) && !path.contains(char::is_control)
}

/// Static files, which begin with a slash, are published where they are.
fn is_beside_sources(path: &str, config: &Config) -> bool {
    let mut folders = config.content.iter().chain([&config.pages]);
    !path.starts_with('/') && folders.any(|folder| folder.is_empty() || below(path, folder).is_some())
}

fn below<'path>(path: &'path str, folder: &str) -> Option<&'path str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// Its output file: the path below the content folder, if there is one such folder. Hosts leave out what begins with a low line.
fn path_of(source: &str, config: &Config) -> String {
    let below = if let [content] = &*config.content { below(source, content) } else { None };
    format!("files/{}", below.unwrap_or(source).trim_start_matches('_'))
}
