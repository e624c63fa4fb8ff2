//! What lies in a Jekyll site's folder, and where it goes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use crate::parse::date::split_jekyll_name;
use crate::parse::front_matter::{is_zoneless, without_comment};
use crate::read::ENDINGS;

/// What was found, each as a path from the site's source folder, sorted.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Folders named `_posts`, at any depth.
    pub(super) posts: BTreeSet<String>,
    /// Folders named `_drafts`.
    pub(super) drafts: BTreeSet<String>,
    /// Pages that are no posts.
    pub(super) pages: BTreeSet<String>,
    /// Templates of lists, feeds and the like, which are made here without one.
    pub(super) templates: BTreeSet<String>,
    /// Other files that Jekyll fills in or translates.
    pub(super) made: BTreeSet<String>,
    /// Files that are published as they are, and folders in which there are no others.
    pub(super) files: BTreeSet<String>,
    /// Posts in forms that are not read here.
    pub(super) unread: BTreeSet<String>,
    /// How many posts have a day to come in their names.
    pub(super) ahead: usize,
    /// Whether a post is dated with a time and no zone.
    pub(super) is_zoneless: bool,
}

impl Survey {
    /// Looks through a Jekyll site's source folder, but for what is `excluded`; what begins with `_` is only published if it is
    /// `included`. Posts after `last` (`YYYY-MM-DD`) are ahead of their time.
    pub(super) fn of(source: &Path, excluded: &[String], included: &[String], last: &str) -> Self {
        let mut survey = Self::default();
        let below = |entry: &DirEntry| entry.path().strip_prefix(source).ok()?.to_str().map(str::to_owned);
        let (mut files, mut others) = (BTreeSet::new(), BTreeSet::new());
        let is_sought = |entry: &DirEntry| {
            let Some(path) = below(entry).filter(|_| entry.depth() > 0) else { return true };
            if names(excluded, &path) {
                others.insert(path);
                return false;
            }
            !is_jekylls_own(entry) || names(included, &path)
        };
        let entries = WalkDir::new(source).follow_links(true).sort_by_file_name().into_iter().filter_entry(is_sought);
        let mut found: Vec<DirEntry> = entries.filter_map(Result::ok).collect();
        found.retain(|entry| entry.file_type().is_file());
        for (path, entry) in found.iter().filter_map(|entry| Some((below(entry)?, entry))) {
            let is_as_it_is = survey.take(&path, entry.path(), included, last);
            if is_as_it_is { &mut files } else { &mut others }.insert(path);
        }
        survey.files = files.iter().map(|path| highest_without(&others, path).to_owned()).collect();
        survey
    }

    /// Says whether a file is published as it is.
    fn take(&mut self, path: &str, file: &Path, included: &[String], last: &str) -> bool {
        let stem = crate::parse::stem_of(path);
        if let Some(folder) = up_to(path, "_posts") {
            if !is_text(path) && begins_with_fence(file) {
                self.unread.insert(path.to_owned());
            }
            self.posts.insert(folder.to_owned());
            self.is_zoneless = self.is_zoneless || has_zoneless_date(file);
            self.ahead +=
                usize::from(split_jekyll_name(stem).is_some_and(|_| stem.get(..10).is_some_and(|day| day > last)));
        } else if let Some(folder) = up_to(path, "_drafts") {
            self.drafts.insert(folder.to_owned());
        } else if path.split('/').any(|part| part.starts_with('_')) && !names(included, path) {
            // A collection, or nothing to Jekyll.
        } else if begins_with_fence(file) {
            self.take_fenced(path, file);
        } else {
            return path.contains('/') || !is_of_the_project(path);
        }
        false
    }

    /// Files with front matter: pages, and what Jekyll makes of templates. Styles are the theme's.
    fn take_fenced(&mut self, path: &str, file: &Path) {
        let kind = match is_text(path) {
            true if is_listing(file) => &mut self.templates,
            true => &mut self.pages,
            false if is_feed(path) => &mut self.templates,
            false if path.ends_with(".scss") || path.ends_with(".sass") => return,
            false => &mut self.made,
        };
        kind.insert(path.to_owned());
    }
}

fn names(patterns: &[String], path: &str) -> bool {
    patterns.iter().any(|pattern| is_match(pattern, path))
}

/// The highest folder above a file in which none of the others lies; the file itself if there is none.
fn highest_without<'path>(others: &BTreeSet<String>, file: &'path str) -> &'path str {
    let holds_other = |folder: &str| {
        let below = format!("{folder}/");
        others.range(below.clone()..).next().is_some_and(|other| other.starts_with(&below))
    };
    let mut folders = file.match_indices('/').map(|(at, _)| &file[..at]);
    folders.find(|folder| !holds_other(folder)).unwrap_or(file)
}

/// What Jekyll reads itself or never publishes.
fn is_jekylls_own(entry: &DirEntry) -> bool {
    const OWN: &[&str] = &["_includes", "_layouts", "_data", "_sass", "_plugins", "_site", "node_modules", "vendor"];
    let name = entry.file_name().to_string_lossy();
    let is_kept = matches!(&*name, ".well-known" | ".nojekyll");
    (name.starts_with('.') && !is_kept) || OWN.contains(&&*name)
}

/// Whether one of Jekyll's `exclude` means a path: the path itself or a folder above it; `*` stands for anything.
fn is_match(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_matches('/');
    let is_below = |above: &str| path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some((start, end)) = pattern.split_once('*') else { return !pattern.is_empty() && is_below(pattern) };
    let end = end.trim_start_matches('*');
    let name = path.rsplit('/').next().unwrap_or(path);
    [path, name]
        .iter()
        .any(|text| text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end))
}

/// Whether a page shows lists of what Jekyll knows of the site.
fn is_listing(file: &Path) -> bool {
    const LISTS: &[&str] =
        &["site.posts", "site.tags", "site.categories", "site.pages", "site.documents", "paginator."];
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let marks = text.split("{%").skip(1).map(|mark| mark.split("%}").next().unwrap_or(mark));
    marks
        .chain(text.split("{{").skip(1).map(|mark| mark.split("}}").next().unwrap_or(mark)))
        .any(|mark| LISTS.iter().any(|list| mark.contains(list)))
}

fn is_feed(path: &str) -> bool {
    [".xml", ".json", ".atom", ".rss"].iter().any(|ending| path.ends_with(ending))
}

fn is_of_the_project(name: &str) -> bool {
    const STEMS: &[&str] = &["gemfile", "license", "package", "package-lock", "rakefile", "readme"];
    let name = name.to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    STEMS.contains(&stem) || name.starts_with("_config") || name == "site.toml" || name.ends_with(".gemspec")
}

/// The path of the folder of a name in which a path lies.
fn up_to<'path>(path: &'path str, folder: &str) -> Option<&'path str> {
    let at = path.match_indices(folder).map(|(at, _)| at).find(|at| {
        let is_whole = path[at + folder.len()..].starts_with('/');
        is_whole && (*at == 0 || path[..*at].ends_with('/'))
    })?;
    Some(&path[..at + folder.len()])
}

fn is_text(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// `date: 2024-06-03 20:30:00`, which YAML takes for UTC; in quotes, or without seconds, it is no date to YAML.
fn has_zoneless_date(file: &Path) -> bool {
    let mut head = Vec::new();
    let is_read = File::open(file).and_then(|file| file.take(HEAD).read_to_end(&mut head)).is_ok();
    let head = String::from_utf8_lossy(&head);
    let date =
        head.lines().skip(1).take_while(|line| line.trim_end() != "---").find_map(|line| line.strip_prefix("date:"));
    is_read && head.starts_with("---") && date.map(without_comment).is_some_and(is_zoneless)
}

/// A front matter is within so many bytes.
const HEAD: u64 = 4096;

/// Jekyll looks at those files alone that begin with front matter; others it copies.
fn begins_with_fence(file: &Path) -> bool {
    let mut start = [0; 4];
    File::open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start.starts_with(b"---")
}
