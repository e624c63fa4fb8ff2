//! Taxonomies: outlets and tags, their terms, and the articles of each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::slug::distinct_names;
use super::{ArticleId, SiteMap};
use crate::config::Config;
use crate::parse::Entry;

/// Which taxonomy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaxonomyKind {
    /// Whom the mirror mirrors.
    Outlets,
    /// What articles are about.
    Tags,
}

impl TaxonomyKind {
    /// The folder of its pages.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Outlets => "outlets",
            Self::Tags => "tags",
        }
    }
}

/// All terms of one kind, by name.
#[derive(Debug, Default)]
pub struct Taxonomy {
    /// The terms, sorted by title.
    pub terms: Vec<Term>,
    by_key: BTreeMap<String, usize>,
    /// By name, as listed articles spell it: most names are found here.
    by_spelling: HashMap<String, usize>,
}

/// One outlet or tag.
#[derive(Debug)]
pub struct Term {
    /// What readers see.
    pub title: String,
    /// Its folder below the taxonomy's.
    pub slug: String,
    /// Its current dated articles, newest first.
    pub articles: Vec<ArticleId>,
    /// Its current undated articles.
    pub undated: Vec<ArticleId>,
}

impl Taxonomy {
    /// The term of a name, as an entry spells it.
    pub fn term(&self, name: &str) -> Option<&Term> {
        let at = self.by_spelling.get(name).or_else(|| self.by_key.get(&key(name)))?;
        self.terms.get(*at)
    }
}

/// Spellings that differ in case alone are one term.
fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

pub(super) fn outlets(entries: &[Arc<Entry>], map: &SiteMap, config: &Config) -> Taxonomy {
    let title =
        |name: &str| config.outlets.by_name(name).map_or_else(|| name.to_owned(), |outlet| outlet.title.clone());
    taxonomy(map, |id| entries[id as usize].outlet.as_slice(), title)
}

pub(super) fn tags(entries: &[Arc<Entry>], map: &SiteMap) -> Taxonomy {
    taxonomy(map, |id| entries[id as usize].tags.as_slice(), str::to_owned)
}

fn taxonomy<'entries>(
    map: &SiteMap,
    names: impl Fn(ArticleId) -> &'entries [String],
    title: impl Fn(&str) -> String,
) -> Taxonomy {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    // Most articles spell a name as another did: then its key need not be made.
    let mut spelled: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<Term> = Vec::new();
    let dated = map.listing.iter().map(|id| (*id, true));
    let undated = map.undated.iter().map(|id| (*id, false));
    // Newest first, so that a term is titled as its newest article spells it.
    for (id, is_dated) in dated.chain(undated) {
        for name in names(id) {
            let place = *spelled.entry(name).or_insert_with(|| {
                *places.entry(key(name)).or_insert_with(|| {
                    found.push(Term {
                        title: title(name),
                        slug: String::new(),
                        articles: Vec::new(),
                        undated: Vec::new(),
                    });
                    found.len() - 1
                })
            });
            let term = &mut found[place];
            let list = if is_dated { &mut term.articles } else { &mut term.undated };
            if list.last() != Some(&id) {
                list.push(id);
            }
        }
    }
    let names: Vec<&str> = places.keys().map(String::as_str).collect();
    let slugs = distinct_names(&names);
    let mut sorted_place = vec![0; found.len()];
    let mut found: Vec<Option<Term>> = found.into_iter().map(Some).collect();
    let mut terms = Vec::with_capacity(found.len());
    for (place, slug) in places.values().zip(slugs) {
        sorted_place[*place] = terms.len();
        terms.extend(found[*place].take().map(|term| Term { slug, ..term }));
    }
    Taxonomy {
        terms,
        by_key: places.into_iter().map(|(key, place)| (key, sorted_place[place])).collect(),
        by_spelling: spelled.into_iter().map(|(name, place)| (name.to_owned(), sorted_place[place])).collect(),
    }
}
