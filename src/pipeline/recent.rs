//! What the last build of this process made and the next one may use again: a preview builds after every edit, and most
//! edits change the words of one article.
//!
//! All of it could be made anew from the sources; nothing here is ever saved.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::fingerprint::Shown;
use super::recall::Match;
use crate::config::Config;
use crate::diagnostics::Diagnostic;
use crate::digest::{Digest, Digester};
use crate::media::Rescued;
use crate::media::attachments::{self, Attachment};
use crate::parse::Entry;
use crate::plan::{ArticleId, SiteMap};
use crate::read::Discovered;
use crate::render::CustomPage;
use crate::render::theme::Theme;
use crate::state::sources::Known;

/// What a build made, beside its output.
#[derive(Debug)]
pub(super) struct Recent {
    /// The configuration under which it was made.
    pub(super) config: Digest,
    pub(super) theme: Arc<Theme>,
    pub(super) discovered: Discovered,
    pub(super) customs: Digest,
    pub(super) entries: Vec<Arc<Entry>>,
    pub(super) made: Made,
    pub(super) shown: Vec<Shown>,
}

/// Where everything is, and what is shown of media.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) plan: Arc<Plan>,
    pub(super) pictures: Arc<Pictures>,
}

impl Made {
    /// Whether it is the very same, not made anew.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plan, &other.plan) && Arc::ptr_eq(&self.pictures, &other.pictures)
    }
}

/// A site map, and what there was to say.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) map: SiteMap,
    pub(super) faults: Vec<Diagnostic>,
}

/// Pictures and documents, and the site's own files that could be some.
#[derive(Debug)]
pub(super) struct Pictures {
    pub(super) rescued: Rescued,
    pub(super) attachments: Vec<Attachment>,
    pub(super) files: Vec<String>,
    /// The digest of these as they were when they were looked at, if that can be told.
    pub(super) local: Option<Digest>,
}

/// Which of the files may have changed, as far as that is known from outside.
#[derive(Debug)]
pub(super) struct Narrow {
    pub(super) matches: Vec<Match>,
    /// Whether the theme may have.
    pub(super) has_theme: bool,
}

/// The digest of the pages that are no articles, and of what there is to say about them.
pub(super) fn digest_of(customs: &[CustomPage], faults: &[Diagnostic]) -> Digest {
    let mut digester = Digester::new();
    digester.value(&faults);
    for custom in customs {
        digester.text(&custom.name).digest(custom.digest);
    }
    digester.finish()
}

impl Recent {
    /// What changes of these paths mean, if each is an article's that is known and still there, or lies in the folders
    /// of theme, pages or static files; nothing, if only a look at every folder can tell.
    pub(super) fn narrow(
        &self,
        paths: &BTreeSet<PathBuf>,
        config: &Config,
        known: &[Arc<Known>],
        now: DateTime<Utc>,
    ) -> Option<Narrow> {
        // What is said of folders may have become false: only a look at all of them can tell.
        (known.len() == self.discovered.found.len() && self.discovered.faults.is_empty()).then_some(())?;
        let same = |(place, known): (usize, &Arc<Known>)| {
            if known.validity.holds(now) { Match::Same(place) } else { Match::Touched(place) }
        };
        let mut narrow = Narrow { matches: known.iter().enumerate().map(same).collect(), has_theme: false };
        for path in paths {
            if path.starts_with(&config.theme) || path.starts_with(&config.overrides) {
                narrow.has_theme = true;
            } else if !path.starts_with(&config.static_folder) && !path.starts_with(&config.pages) {
                self.narrow_article(path, &config.root, known, &mut narrow)?;
            }
        }
        Some(narrow)
    }

    fn narrow_article(&self, path: &Path, root: &Path, known: &[Arc<Known>], narrow: &mut Narrow) -> Option<()> {
        let file = root.join(path);
        let name = path.to_str()?;
        match known.binary_search_by(|known| (*known.path).cmp(name)) {
            Ok(place) if file.is_file() => narrow.matches[place] = Match::Touched(place),
            // Editors write beside their file; what has gone and was no article is none of ours, nor a folder of any.
            Err(_) if !file.exists() && !is_above(name, known) => {}
            _ => return None,
        }
        Some(())
    }

    /// What of the last build holds for these entries.
    pub(super) fn holds(&self, entries: &[Arc<Entry>], customs: Digest) -> Holds {
        if entries.len() != self.entries.len() || customs != self.customs {
            return Holds::default();
        }
        let pairs = self.entries.iter().zip(entries).enumerate();
        let changed: Vec<usize> =
            pairs.filter(|(_, (before, now))| !Arc::ptr_eq(before, now)).map(|(place, _)| place).collect();
        let all = |is_alike: fn(&Entry, &Entry) -> bool| {
            changed.iter().all(|place| is_alike(&self.entries[*place], &entries[*place]))
        };
        Holds {
            plan: all(are_placed_alike).then(|| Arc::clone(&self.made.plan)),
            pictures: all(are_pictured_alike).then(|| Arc::clone(&self.made.pictures)),
            changed: changed.into_iter().map(|place| u32::try_from(place).unwrap_or(u32::MAX)).collect(),
        }
    }
}

/// Whether any of these sources, sorted by path, lies below a folder.
fn is_above(folder: &str, known: &[Arc<Known>]) -> bool {
    let prefix = format!("{folder}/");
    let place = known.partition_point(|known| *known.path < *prefix);
    known.get(place).is_some_and(|first| first.path.starts_with(&prefix))
}

/// What of a build holds for another.
#[derive(Debug, Default)]
pub(super) struct Holds {
    pub(super) plan: Option<Arc<Plan>>,
    /// If the books and files that they were made of are as they were.
    pub(super) pictures: Option<Arc<Pictures>>,
    /// The articles that have changed.
    pub(super) changed: Vec<ArticleId>,
}

/// Whether two states of an article have one place in every plan: all that `plan` reads of an entry.
fn are_placed_alike(a: &Entry, b: &Entry) -> bool {
    let place = |entry: &Entry| (entry.date, entry.original_key);
    a.source == b.source
        && place(a) == place(b)
        && (a.date.is_some() || a.title == b.title)
        && a.outlet == b.outlet
        && a.tags == b.tags
        && a.categories == b.categories
        && a.id == b.id
        && a.permalink == b.permalink
        && a.aliases == b.aliases
        && a.own_slug == b.own_slug
}

/// Whether two states of an article name the same pictures and documents, and the same rules withdraw it: all that `media` reads of
/// an entry, and `plan::withdraw`.
fn are_pictured_alike(a: &Entry, b: &Entry) -> bool {
    a.source == b.source
        && a.date == b.date
        && a.media == b.media
        && attachments::named(&[a]) == attachments::named(&[b])
        && a.outlet == b.outlet
        && a.original_key == b.original_key
}
