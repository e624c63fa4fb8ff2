//! Addresses: which articles are versions of one, where each is, and what happens where several meet.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::permalink::path_of_alias;
use super::taken::{Taken, folded, folders_of};
use super::{ArticleId, Own, SiteMap, id_of};
use crate::address::short_id;
use crate::config::Config;
use crate::config::permalink::Pattern;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::Digest;
use crate::parse::{Entry, UrlKey};

/// An address on which different articles meet, or that one had before: a small page that links to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The output file.
    pub path: String,
    /// The articles; a single one has moved.
    pub articles: Vec<ArticleId>,
}

/// Several sources of one original are versions of one article; the newest is the article.
pub(super) fn find_versions(entries: &[Arc<Entry>], map: &mut SiteMap) {
    let keys = entries.par_iter().zip(&map.articles).enumerate().filter_map(|(index, (entry, planned))| {
        entry.original_key.filter(|_| planned.withdrawn.is_none()).map(|key| (key, id_of(index)))
    });
    let mut keys: Vec<(UrlKey, ArticleId)> = keys.collect();
    keys.par_sort_unstable();
    map.by_original.reserve(keys.len());
    for (planned, entry) in map.articles.iter_mut().zip(entries) {
        planned.is_current = entry.original_key.is_none() && planned.withdrawn.is_none();
    }
    for same in keys.chunk_by(|(a, _), (b, _)| a == b) {
        if let [(key, only)] = *same {
            map.by_original.insert(key, only);
            map.articles[only as usize].is_current = true;
            continue;
        }
        let mut group: Vec<ArticleId> = same.iter().map(|(_, id)| *id).collect();
        group.sort_by(|a, b| newest_first(entries, a, b));
        map.by_original.insert(same[0].0, group[0]);
        map.articles[group[0] as usize].is_current = true;
        let group: Arc<[ArticleId]> = group.into();
        for (place, id) in (0..).zip(group.iter()) {
            map.articles[*id as usize].version = place;
            map.articles[*id as usize].versions = Arc::clone(&group);
        }
    }
}

fn newest_first(entries: &[Arc<Entry>], a: &ArticleId, b: &ArticleId) -> std::cmp::Ordering {
    let [a, b] = [a, b].map(|id| &entries[*id as usize]);
    b.date.cmp(&a.date).then_with(|| b.source.cmp(&a.source))
}

/// Gives every article its address, none of which is taken.
pub(super) fn assign(
    entries: &[Arc<Entry>],
    map: &mut SiteMap,
    mut taken: Taken,
    own: &Own<'_>,
    config: &Config,
) -> Vec<Diagnostic> {
    let (mut paths, faults): (Vec<String>, Vec<Option<Diagnostic>>) =
        entries.par_iter().map(|entry| path_of(entry, config)).unzip();
    let mut diagnostics: Vec<Diagnostic> = faults.into_iter().flatten().collect();
    let wanted = Wanted::of(&paths);
    let crowded = wanted.crowded(&paths, &taken);
    let is_crowded: HashSet<ArticleId> = crowded.iter().flat_map(|(_, group)| group).copied().collect();
    for (at, (planned, path)) in map.articles.iter_mut().zip(&mut paths).enumerate() {
        if !is_crowded.contains(&id_of(at)) {
            planned.path = std::mem::take(path);
        }
    }
    for (plain, group) in crowded {
        // Withdrawn ones, too: what is withdrawn moves no other's address.
        let all = articles_of(&group, entries);
        let first = (plain == Plain::Free && all.len() == 1).then(|| all[0]);
        for id in &group {
            let (path, entry) = (&paths[*id as usize], &entries[*id as usize]);
            let path = match first {
                Some(first) if first == *id => path.clone(),
                Some(_) => free_path(path, &[short_id(&entry.source), long_id(entry)], &taken, &wanted),
                None => free_path(path, &[entry.id.clone(), long_id(entry)], &taken, &wanted),
            };
            taken.take(&folded(&path));
            map.articles[*id as usize].path = path;
        }
        let standing: Vec<ArticleId> = group.iter().copied().filter(|id| !map.article(*id).is_withdrawn()).collect();
        let current = articles_of(&standing, entries);
        let path = &paths[group[0] as usize];
        if current.len() > 1 || (plain == Plain::Taken && !current.is_empty()) {
            diagnostics.push(collision(entries, &current, path, plain));
        }
        if first.is_none() && plain == Plain::Free && !current.is_empty() {
            taken.take(&folded(path));
            map.choices.push(Choice { path: path.clone(), articles: current });
        }
    }
    diagnostics.extend(keep_aliases(entries, map, &mut taken, own, &wanted));
    diagnostics
}

/// What was an article's address leads to it, unless another page is there.
fn keep_aliases(
    entries: &[Arc<Entry>],
    map: &mut SiteMap,
    taken: &mut Taken,
    own: &Own<'_>,
    wanted: &Wanted,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    if entries.iter().all(|entry| entry.aliases.is_empty()) {
        return faults;
    }
    keep_folders_like_pages(map, taken);
    for (entry, id) in entries.iter().zip(0..).filter(|(entry, _)| !entry.aliases.is_empty()) {
        let planned = map.article(id);
        let current = planned.versions.first().copied().unwrap_or(id);
        if planned.withdrawn.is_some() {
            continue;
        }
        for alias in &entry.aliases {
            let path = path_of_alias(alias, &map.article(current).path, &entry.id);
            let folded = folded(&path);
            // What the site itself has at an article's old address stands for what we would.
            if own.has_static(&path) {
                if taken.is_free(&folded) {
                    taken.take(&folded);
                }
                continue;
            }
            if taken.is_free(&folded) && !wanted.has(&folded) && !wanted.has_above(&folded) {
                taken.take(&folded);
                map.choices.push(Choice { path, articles: vec![current] });
            } else if path != map.article(current).path {
                let message = format!(
                    "its old address {path} is that of another page or folder, or another's old address, and does not lead here"
                );
                faults.push(Diagnostic::warning(Code::Collision, message).in_file(&*entry.source));
            }
        }
    }
    faults
}

/// The folders of articles that are called like a page, as Jekyll's `permalink: /a.html/` makes them.
fn keep_folders_like_pages(map: &SiteMap, taken: &mut Taken) {
    for planned in &map.articles {
        let path = folded(&planned.path);
        for folder in folders_of(&path).filter(|folder| folder.ends_with(".html") || folder.ends_with(".htm")) {
            taken.keep_folder(folder);
        }
    }
}

/// Whether nothing else stands at an address on which articles meet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Free,
    Taken,
}

/// The digests of the folded addresses that articles would have if no others were there, sorted, then by article.
struct Wanted(Vec<(Digest, ArticleId)>);

impl Wanted {
    fn of(paths: &[String]) -> Self {
        let digest = |path: &String| Digest::quick(folded(path).as_bytes());
        let mut wanted: Vec<_> = paths.par_iter().enumerate().map(|(at, path)| (digest(path), id_of(at))).collect();
        wanted.par_sort_unstable();
        Self(wanted)
    }

    /// The articles that cannot simply have their address, those together that meet on one, sorted by that; and whether
    /// it is free of all else.
    fn crowded(&self, paths: &[String], taken: &Taken) -> Vec<(Plain, Vec<ArticleId>)> {
        let look_at = |same: &[(Digest, ArticleId)]| {
            let folded = folded(&paths[same[0].1 as usize]);
            let is_free = taken.is_free(&folded) && !self.has_above(&folded);
            let plain = if is_free { Plain::Free } else { Plain::Taken };
            (same.len() > 1 || !is_free).then(|| (plain, same.iter().map(|(_, id)| *id).collect()))
        };
        let mut crowded: Vec<(Plain, Vec<ArticleId>)> =
            self.0.par_chunk_by(|(a, _), (b, _)| a == b).filter_map(look_at).collect();
        crowded.sort_by_cached_key(|(_, group)| folded(&paths[group[0] as usize]).into_owned());
        crowded
    }

    fn has(&self, folded: &str) -> bool {
        let digest = Digest::quick(folded.as_bytes());
        self.0.binary_search_by_key(&digest, |(wanted, _)| *wanted).is_ok()
    }

    /// Whether a folder of a path is an article's file: it then has a file's ending.
    fn has_above(&self, folded: &str) -> bool {
        let mut files = folders_of(folded).filter(|folder| folder.ends_with(".html") || folder.ends_with(".htm"));
        files.any(|file| self.has(file))
    }
}

/// An article's path by its own pattern or the site's, and the fault of its own.
fn path_of(entry: &Entry, config: &Config) -> (String, Option<Diagnostic>) {
    let at = entry.date.map(|date| date.with_timezone(&config.timezone));
    let own = entry.permalink.as_deref().map(Pattern::parse_own);
    match own {
        Some(Ok(pattern)) => (pattern.path(entry, at), None),
        Some(Err(why)) => {
            let fault = Diagnostic::warning(Code::Value, format!("permalink: {why}; the site's pattern is used"));
            (config.permalink.path(entry, at), Some(fault.in_file(&*entry.source)))
        }
        None => (config.permalink.path(entry, at), None),
    }
}

/// The articles among a group's versions, withdrawn ones too: of each the newest in the group, in the group's order.
fn articles_of(group: &[ArticleId], entries: &[Arc<Entry>]) -> Vec<ArticleId> {
    let mut current: Vec<ArticleId> = Vec::new();
    let mut of_original: HashMap<UrlKey, usize> = HashMap::new();
    for id in group {
        let Some(key) = entries[*id as usize].original_key else {
            current.push(*id);
            continue;
        };
        match of_original.entry(key) {
            Occupied(known) => {
                let newest = &mut current[*known.get()];
                if newest_first(entries, id, newest).is_lt() {
                    *newest = *id;
                }
            }
            Vacant(free) => {
                free.insert(current.len());
                current.push(*id);
            }
        }
    }
    current
}

/// What names one of an article's sources alone.
fn long_id(entry: &Entry) -> String {
    format!("{}-{}", entry.id, short_id(&entry.source))
}

/// A path with an id in it, an article's or, for an older version, its source's; the long one if even that is taken, and in the site's
/// folder where a folder of its own is another's file.
fn free_path(path: &str, ids: &[String; 2], taken: &Taken, wanted: &Wanted) -> String {
    let beside = ids.iter().map(|id| with_suffix(path, id));
    let at_the_top = ids.iter().map(|id| format!("{id}.html"));
    let numbered = (2..).map(|number| format!("{}-{number}.html", ids[1]));
    let is_free = |candidate: &String| {
        let folded = folded(candidate);
        taken.is_free(&folded) && !wanted.has(&folded) && !wanted.has_above(&folded)
    };
    beside.chain(at_the_top).chain(numbered).find(is_free).unwrap_or_default()
}

/// `a/b.html` → `a/b-suffix.html`, `a/b/index.html` → `a/b-suffix/index.html`.
fn with_suffix(path: &str, suffix: &str) -> String {
    if let Some(folder) = path.strip_suffix("/index.html") {
        return format!("{folder}-{suffix}/index.html");
    }
    let (stem, ending) = path.rsplit_once('.').unwrap_or((path, "html"));
    format!("{stem}-{suffix}.{ending}")
}

fn collision(entries: &[Arc<Entry>], articles: &[ArticleId], path: &str, plain: Plain) -> Diagnostic {
    let first = &entries[articles[0] as usize];
    let others: Vec<&str> = articles[1..].iter().map(|id| entries[*id as usize].source.as_ref()).collect();
    let message = match (plain, others.join(", ")) {
        (Plain::Free, others) => {
            format!("meets on {path} with {others}; each has its id in its address, and {path} links to all")
        }
        (Plain::Taken, others) if others.is_empty() => {
            format!("its address {path} is that of another page, or of a folder; it has its id in its address")
        }
        (Plain::Taken, others) => format!(
            "meets on {path} with {others}; it is the address of another page, or of a folder; each has its id in its address"
        ),
    };
    Diagnostic::warning(Code::Collision, message)
        .in_file(&*first.source)
        .hint("a `slug` or `permalink` in the front matter tells them apart")
}
