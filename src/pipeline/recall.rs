//! Sources, compared with what is remembered of them: what has changed is parsed, the rest is recalled.

use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Utc};
use rayon::prelude::*;

use super::bodies::Bodies;
use super::{AT_A_TIME, LARGE, Progress, together};
use crate::buffers;
use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::parse::{self, Entry, Parsed, Skipped, date};
use crate::read::{self, Found, Source, Stamp};
use crate::state::last::Counts;
use crate::state::sources::{Dirty, Known, Table};
use crate::state::spool::{Span, Spool, Spooled};
use crate::write::put_fault;

/// What is remembered of sources, their entries read when they are asked for.
#[derive(Debug)]
pub(super) enum Sources {
    /// Nobody has looked yet.
    Unread,
    /// As an earlier process left them.
    OnDisk(Table),
    /// As an earlier build of this process left them.
    InMemory {
        /// Every source, sorted by path.
        known: Vec<Arc<Known>>,
        /// The entries of those that gave an article, in their order.
        entries: Vec<Arc<Entry>>,
    },
}

impl Sources {
    pub(super) fn known(&self) -> &[Arc<Known>] {
        match self {
            Self::Unread => &[],
            Self::OnDisk(table) => &table.known,
            Self::InMemory { known, .. } => known,
        }
    }

    /// The sources that gave an article, the last time they were read.
    pub(super) fn of_articles(&self) -> impl Iterator<Item = &str> {
        let outdated = if let Self::OnDisk(table) = self { table.outdated.as_slice() } else { &[] };
        let known = self.known().iter().filter(|known| known.article.is_ok()).map(|known| &known.path);
        known.chain(outdated).map(|path| &**path)
    }

    /// The entry of each source, and why some are missing that should be there.
    fn entries(&self) -> (Vec<Option<Arc<Entry>>>, Option<String>) {
        match self {
            Self::Unread => (Vec::new(), None),
            Self::OnDisk(table) => table.load_entries(),
            Self::InMemory { known, entries } => {
                let mut next = entries.iter();
                let of = |known: &Arc<Known>| known.article.ok().and_then(|_| next.next().cloned());
                (known.iter().map(of).collect(), None)
            }
        }
    }

    /// What could not be used of it, and why.
    pub(super) fn unusable(&self) -> Option<&str> {
        match self {
            Self::OnDisk(table) => table.unusable.as_deref(),
            Self::Unread | Self::InMemory { .. } => None,
        }
    }
}

/// What a file is to what is remembered; the number is a place among the known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It has not been touched.
    Same(usize),
    /// It has been touched.
    Touched(usize),
    /// Nothing is remembered of it.
    New,
}

impl Match {
    /// Its place among the known.
    fn known(self) -> Option<usize> {
        match self {
            Self::Same(place) | Self::Touched(place) => Some(place),
            Self::New => None,
        }
    }
}

/// Compares files with what is remembered; both are sorted by path.
pub(super) fn compare(found: &[Found], known: &[Arc<Known>], root: &Path, now: DateTime<Utc>) -> Vec<Match> {
    let mut at = 0;
    let places: Vec<Option<usize>> = found
        .iter()
        .map(|file| {
            while known.get(at).is_some_and(|known| known.path < file.path) {
                at += 1;
            }
            known.get(at).filter(|known| known.path == file.path).map(|_| at)
        })
        .collect();
    let compare = |(file, place): (&Found, Option<usize>)| {
        let Some(place) = place else { return Match::New };
        let Known { stamp, read_at, validity, .. } = &*known[place];
        let is_same = validity.holds(now) && stamp.rests(*read_at) && file.stamp(root).is_ok_and(|now| now == *stamp);
        if is_same { Match::Same(place) } else { Match::Touched(place) }
    };
    found.par_iter().zip(places).map(compare).collect()
}

/// Whether no file was touched, none is new and none is gone.
pub(super) fn is_untouched(matches: &[Match], known: &[Arc<Known>]) -> bool {
    matches.len() == known.len() && matches.iter().all(|one| matches!(one, Match::Same(_)))
}

/// The digest of other inputs and of all sources.
pub(super) fn with_sources(inputs: Digest, known: &[Arc<Known>]) -> Digest {
    // What came of it too: at another moment the same bytes may be another article.
    let of = |one: &Arc<Known>| {
        Digester::new().text(&one.path).digest(one.digest).value(&one.article).value(&one.diagnostics).finish()
    };
    let digests: Vec<Digest> = known.par_iter().map(of).collect();
    Digester::new().digest(inputs).value(&digests).finish()
}

/// Every source as it is now.
pub(super) struct Recalled {
    pub(super) known: Vec<Arc<Known>>,
    pub(super) entries: Vec<Arc<Entry>>,
    pub(super) bodies: Bodies,
    pub(super) dirty: Dirty,
    pub(super) counts: Counts,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Sources that gave an article the last time, and now are empty or cannot be read.
    pub(super) lost: Vec<Arc<str>>,
    /// What could not be used of the memory, and why.
    pub(super) unusable: Option<String>,
}

/// What parsing is told besides the source.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'build> {
    pub(super) config: &'build Config,
    /// The build's moment, as articles see it.
    pub(super) now: DateTime<Utc>,
    /// When the build began, in nanoseconds since 1970, as files see it.
    pub(super) began: i64,
    /// Whether bodies will be asked for.
    pub(super) keeps_bodies: bool,
}

/// Recalls every source, and parses those of which nothing true is remembered.
pub(super) fn recall(
    found: &[Found],
    matches: &[Match],
    sources: &Sources,
    circumstances: Circumstances<'_>,
    progress: &dyn Progress,
) -> Result<Recalled, Diagnostic> {
    let state = &circumstances.config.state;
    let unwritable = |fault: io::Error| put_fault(&state.display().to_string(), &fault);
    let spool = circumstances.keeps_bodies.then(|| Spool::new(state));
    let spool = spool.transpose().map_err(unwritable)?;
    let (entries, missing) = sources.entries();
    let reader = Reader { found, matches, known: sources.known(), entries, circumstances, spool };
    progress.begin("articles", found.len());
    let read = |places: &[usize]| {
        let read = reader.read(places);
        progress.advance(places.len());
        read
    };
    let order = by_date(found);
    let parts = order.par_chunks(together(order.len())).with_max_len(AT_A_TIME);
    let read = parts.flat_map_iter(read).collect::<Result<Vec<Read>, Diagnostic>>()?;
    let mut read: Vec<(usize, Read)> = order.into_iter().zip(read).collect();
    read.par_sort_unstable_by_key(|(place, _)| *place);
    let spooled = reader.spool.map(Spool::finish).transpose().map_err(unwritable)?;
    let mut recalled = Recalled::new(found.len(), reader.known.len(), spooled);
    recalled.unusable = sources.unusable().map(str::to_owned).or(missing);
    if recalled.unusable.is_some() {
        recalled.dirty = Dirty::all(found.len());
    }
    recalled.mark_gone(matches, reader.known);
    for (place, read) in read {
        if read.gives_nothing() && matches[place].known().is_some_and(|at| reader.known[at].article.is_ok()) {
            recalled.lost.push(Arc::clone(&found[place].path));
        }
        recalled.take(place, read);
    }
    Ok(recalled)
}

/// Files, and what is remembered of them.
struct Reader<'build> {
    found: &'build [Found],
    matches: &'build [Match],
    known: &'build [Arc<Known>],
    /// The entries of these, as far as they have one.
    entries: Vec<Option<Arc<Entry>>>,
    circumstances: Circumstances<'build>,
    spool: Option<Spool>,
}

impl Reader<'_> {
    /// Recalls or parses the files at some places, in their order.
    fn read(&self, places: &[usize]) -> Vec<Result<Read, Diagnostic>> {
        let Circumstances { config, now, .. } = self.circumstances;
        let (mut read, mut looked_at, mut bytes) = (Vec::with_capacity(places.len()), Vec::new(), 0);
        for (number, place) in places.iter().enumerate() {
            let one = self.look_at(*place);
            bytes += one.fresh().map_or(0, |source| source.bytes.len());
            looked_at.push(one);
            if bytes < LARGE && number + 1 < places.len() {
                continue;
            }
            let fresh: Vec<_> = looked_at.iter().filter_map(Looked::fresh).collect();
            let mut parsed = parse::parse_all(&fresh, config, now).into_iter();
            let spool = self.spool.as_ref();
            read.extend(looked_at.drain(..).map(|one| one.read(&mut parsed, self.circumstances, spool)));
            bytes = 0;
        }
        read
    }

    fn look_at(&self, place: usize) -> Looked {
        match (self.matches[place], self.remembered(place)) {
            (Match::Same(_), Some(before)) => Looked::Known(Read::recalled(before)),
            (_, before) => look(&self.found[place], before, self.circumstances),
        }
    }

    /// What is remembered of a file, if it is all that should be.
    fn remembered(&self, place: usize) -> Option<(&Arc<Known>, Option<&Arc<Entry>>)> {
        let at = self.matches[place].known()?;
        let (known, entry) = (&self.known[at], self.entries[at].as_ref());
        (known.article.is_err() || entry.is_some()).then_some((known, entry))
    }
}

/// The places of files in the order of their dates, as far as names tell these. Where addresses begin with dates, pages are made in that
/// order: bodies and entries that are asked for one after another then lie beside each other.
fn by_date(found: &[Found]) -> Vec<usize> {
    let date = |path: &str| date::of_file_name(parse::stem_of(path), chrono_tz::UTC).map(|date| date.at);
    let mut order: Vec<_> = found.par_iter().enumerate().map(|(place, file)| (date(&file.path), place)).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, place)| place).collect()
}

impl Recalled {
    /// Nothing yet of so many files, where so many were known.
    fn new(files: usize, known: usize, spooled: Option<Spooled>) -> Self {
        let bodies = Bodies::of(spooled, files);
        Self {
            known: Vec::with_capacity(files),
            entries: Vec::with_capacity(files),
            bodies,
            dirty: Dirty::none(files, known),
            counts: Counts::default(),
            diagnostics: Vec::new(),
            lost: Vec::new(),
            unusable: None,
        }
    }

    /// Of what was known and has no file, the memory is to be written again.
    fn mark_gone(&mut self, matches: &[Match], known: &[Arc<Known>]) {
        let mut is_gone = vec![true; known.len()];
        for place in matches.iter().filter_map(|one| one.known()) {
            is_gone[place] = false;
        }
        for (gone, _) in known.iter().zip(is_gone).filter(|(_, is_gone)| *is_gone) {
            self.dirty.mark(&gone.path);
        }
    }

    fn take(&mut self, place: usize, read: Read) {
        let Read { known, entry, span, is_new } = read;
        let known = match known {
            Ok(known) => known,
            Err(fault) => {
                self.diagnostics.push(*fault);
                self.counts.faulty += 1;
                return;
            }
        };
        if is_new {
            self.dirty.mark(&known.path);
        }
        self.diagnostics.extend_from_slice(&known.diagnostics);
        match (known.article, entry) {
            (Ok(digest), Some(entry)) => {
                self.entries.push(entry);
                self.bodies.push(place, span, digest);
                self.counts.articles += 1;
            }
            (Err(Skipped::Draft), _) => self.counts.drafts += 1,
            (Err(Skipped::Filtered), _) => self.counts.filtered += 1,
            (Err(Skipped::Nothing) | Ok(_), _) => self.counts.faulty += 1,
        }
        self.known.push(known);
    }
}

/// One source, read or recalled.
struct Read {
    /// What is known of it now, or why it cannot be read.
    known: Result<Arc<Known>, Box<Diagnostic>>,
    entry: Option<Arc<Entry>>,
    /// Its body, if it was parsed now.
    span: Option<Span>,
    /// Whether its segment of the memory must be written again.
    is_new: bool,
}

impl Read {
    /// Whether there is no article though nobody has said that there should be none.
    fn gives_nothing(&self) -> bool {
        self.known.as_ref().map_or(true, |known| known.article == Err(Skipped::Nothing))
    }

    fn recalled((known, entry): (&Arc<Known>, Option<&Arc<Entry>>)) -> Self {
        Self { known: Ok(Arc::clone(known)), entry: entry.cloned(), span: None, is_new: false }
    }
}

/// A source, looked at.
enum Looked {
    Known(Read),
    /// Its bytes, or the moment, are not those of which something is remembered.
    Fresh(Source, Stamp, Digest),
}

fn look(
    file: &Found,
    before: Option<(&Arc<Known>, Option<&Arc<Entry>>)>,
    Circumstances { config, now, began, .. }: Circumstances<'_>,
) -> Looked {
    let (source, stamp) = match read::read(file, &config.root) {
        Ok(read) => read,
        Err(fault) => {
            return Looked::Known(Read { known: Err(Box::new(fault)), entry: None, span: None, is_new: false });
        }
    };
    let digest = Digest::quick(&source.bytes);
    match before.filter(|(known, _)| known.digest == digest && known.validity.holds(now)) {
        Some((known, entry)) => {
            let known = Known { stamp, read_at: began, ..Known::clone(known) };
            Looked::Known(Read { known: Ok(Arc::new(known)), entry: entry.cloned(), span: None, is_new: true })
        }
        None => Looked::Fresh(source, stamp, digest),
    }
}

impl Looked {
    fn fresh(&self) -> Option<&Source> {
        match self {
            Self::Fresh(source, ..) => Some(source),
            Self::Known(_) => None,
        }
    }

    /// What is known of it: the next of what was parsed, if it is fresh.
    fn read(
        self,
        parsed: &mut impl Iterator<Item = Parsed>,
        Circumstances { config, now, began, .. }: Circumstances<'_>,
        spool: Option<&Spool>,
    ) -> Result<Read, Diagnostic> {
        let (source, stamp, digest) = match self {
            Self::Known(read) => return Ok(read),
            Self::Fresh(source, stamp, digest) => (source, stamp, digest),
        };
        let parsed = parsed.next().unwrap_or_else(|| parse::parse(&source, config, now));
        let mut known = Known {
            path: source.path.clone(),
            stamp,
            read_at: began,
            digest,
            validity: parsed.validity,
            article: Err(Skipped::Nothing),
            diagnostics: parsed.diagnostics,
        };
        let (entry, span) = match parsed.article {
            Ok(article) => {
                known.article = Ok(article.digest());
                let span = spool.map(|spool| spool.put(&article.body.0, quarter_of(&article.entry)));
                let span = span.transpose().map_err(|fault| put_fault(&config.state.display().to_string(), &fault))?;
                buffers::give(article.body.0);
                (Some(Arc::new(article.entry)), span)
            }
            Err(why) => {
                known.article = Err(why);
                (None, None)
            }
        };
        Ok(Read { known: Ok(Arc::new(known)), entry, span, is_new: true })
    }
}

/// The quarter of an article, as a number: pages are made in the order of their addresses, which on most sites begin with year and month.
fn quarter_of(entry: &Entry) -> usize {
    let quarter =
        |date: DateTime<Utc>| usize::try_from(date.year()).unwrap_or_default() * 4 + date.month0() as usize / 3;
    entry.date.map_or(0, quarter)
}

/// What is said of a build that sources outran.
pub(super) fn outrun() -> Diagnostic {
    Diagnostic::error(Code::Unreadable, "articles change faster than they are read; the old site is as it was")
        .hint("build again when the job that writes them is done")
}
