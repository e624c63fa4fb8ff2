//! What is remembered of every source: its stamp, its digest and what parsing made of it.
//!
//! The memory is cut into segments by the day that is in a source's name, else by its path, each by its digest: what one day brings
//! rewrites few of them, and entries that lie beside each other in memory are printed together. Each
//! stands for itself: it names the Heliostat and the configuration under which it was made, and carries a digest of
//! its own bytes; one that is missing, damaged or another's is a segment of nothing, and its sources are parsed again.
//!
//! ```text
//! .heliostat/sources/NNN
//!   64 bytes   magic, number of segments, digest of table, digest of entries, length of table
//!   table      postcard: key, a [`Known`] for each source
//!   entries    postcard: an `Entry` for each source that gave an article, in the table's order
//! ```

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Datelike as _;
use chrono_tz::Tz;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::buffers;
use crate::diagnostics::Diagnostic;
use crate::digest::Digest;
use crate::disk::write_checked;
use crate::parse::date::{self, Validity};
use crate::parse::{Entry, Skipped, stem_of};
use crate::read::Stamp;

/// What is remembered of one source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Known {
    /// Its path from the site's folder.
    pub path: Arc<str>,
    /// Its stamp when it was read.
    pub stamp: Stamp,
    /// When the build began that read it, in nanoseconds since 1970.
    pub read_at: i64,
    /// The digest of its bytes.
    pub digest: Digest,
    /// At which moments it would be parsed alike.
    pub validity: Validity,
    /// The digest of its article, or why there is none.
    pub article: Result<Digest, Skipped>,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// The memory of all sources, entries left on disk.
#[derive(Debug, Default)]
pub struct Table {
    /// Every source, sorted by path.
    pub known: Vec<Arc<Known>>,
    /// The paths of those that gave an article under other settings: nothing else is true of them any more.
    pub outdated: Vec<Arc<str>>,
    /// The segment of each, and its place among that segment's entries.
    at: Vec<(u32, u32)>,
    segments: Vec<Segment>,
    /// What could not be used, and why.
    pub unusable: Option<String>,
}

#[derive(Debug)]
struct Segment {
    file: PathBuf,
    start: u64,
    entries: Digest,
}

#[derive(Serialize, Deserialize)]
struct Head {
    build: String,
    key: Digest,
    known: Vec<Known>,
}

const MAGIC: &[u8; 8] = b"helios01";
const HEADER: usize = 64;

/// A segment holds about so many sources: half a megabyte.
const PER_SEGMENT: usize = 500;

/// So many segments for so many sources: a power of two, so that it seldom changes.
fn segments_for(sources: usize) -> u32 {
    u32::try_from(sources.div_ceil(PER_SEGMENT).next_power_of_two()).unwrap_or(1 << 20)
}

fn segment_of(path: &str, segments: u32) -> u32 {
    let day = date::of_file_name(stem_of(path), Tz::UTC).map(|date| date.at.num_days_from_ce().to_le_bytes());
    let digest = day.map_or_else(|| Digest::quick(path.as_bytes()), |day| Digest::quick(&day));
    digest.as_bytes().first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)) % segments
}

fn folder_of(state: &Path) -> PathBuf {
    state.join("sources")
}

impl Table {
    /// Reads the table; `key` names the configuration that parses now.
    pub fn load(state: &Path, key: Digest) -> Self {
        let mut files = files_of(&folder_of(state));
        // What was being written when a build was killed is none.
        files.retain(|file| number_of(file).is_some());
        let heads: Vec<io::Result<(Segment, u32, Head)>> = files.par_iter().map(|file| read_head(file)).collect();
        let mut table = Self::default();
        let mut rows: Vec<(Known, (u32, u32))> = Vec::new();
        let mut count = None;
        for (file, head) in files.iter().zip(heads) {
            let why = match head {
                Err(fault) => fault.to_string(),
                Ok((_, _, head)) if head.build != env!("HELIOSTAT_BUILD") => "another Heliostat made it".to_owned(),
                // A setting was changed, which is nothing to wonder at.
                Ok((_, _, head)) if head.key != key => {
                    let gave_articles = head.known.into_iter().filter(|known| known.article.is_ok());
                    table.outdated.extend(gave_articles.map(|known| known.path));
                    continue;
                }
                Ok((_, of, _)) if *count.get_or_insert(of) != of => "it is of another size".to_owned(),
                Ok((segment, _, head)) => {
                    rows.extend(numbered(head.known, table.segments.len()));
                    table.segments.push(segment);
                    continue;
                }
            };
            table.unusable.get_or_insert_with(|| problem(file, &why));
        }
        rows.par_sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        (table.known, table.at) = rows.into_iter().map(|(known, at)| (Arc::new(known), at)).unzip();
        table
    }

    /// Reads the entries of the sources, in the table's order; those of a damaged segment are missing, and the second
    /// value says why.
    pub fn load_entries(&self) -> (Vec<Option<Arc<Entry>>>, Option<String>) {
        let read: Vec<io::Result<Vec<Arc<Entry>>>> = self.segments.par_iter().map(read_entries).collect();
        let mut problems =
            self.segments.iter().zip(&read).filter_map(|(segment, read)| Some((segment, read.as_ref().err()?)));
        let problem = problems.next().map(|(segment, fault)| problem(&segment.file, fault));
        let by_segment: Vec<Vec<Arc<Entry>>> = read.into_iter().map(Result::unwrap_or_default).collect();
        let entries = self.known.iter().zip(&self.at).map(|(known, (segment, place))| {
            known.article.ok().and_then(|_| by_segment[*segment as usize].get(*place as usize).cloned())
        });
        (entries.collect(), problem)
    }
}

fn problem(file: &Path, why: &impl std::fmt::Display) -> String {
    format!("sources/{}: {why}", file.file_name().unwrap_or_default().to_string_lossy())
}

/// The sources of a segment, each with its place among the entries.
fn numbered(known: Vec<Known>, segment: usize) -> impl Iterator<Item = (Known, (u32, u32))> {
    let segment = u32::try_from(segment).unwrap_or(u32::MAX);
    let mut entries = 0;
    known.into_iter().map(move |known| {
        let at = (segment, entries);
        entries += u32::from(known.article.is_ok());
        (known, at)
    })
}

/// Which segments must be written again.
#[derive(Debug, Default)]
pub struct Dirty {
    segments: Vec<bool>,
}

impl Dirty {
    /// All of them.
    pub fn all(sources: usize) -> Self {
        Self { segments: vec![true; segments_for(sources) as usize] }
    }

    /// None of them, unless the number of segments changes with that of the sources: then all.
    pub fn none(sources: usize, before: usize) -> Self {
        let count = segments_for(sources);
        Self { segments: vec![segments_for(before) != count; count as usize] }
    }

    /// A source is new, changed or gone.
    pub fn mark(&mut self, path: &str) {
        let count = u32::try_from(self.segments.len()).unwrap_or(1);
        self.segments[segment_of(path, count) as usize] = true;
    }

    /// Whether nothing need be written.
    pub fn is_clean(&self) -> bool {
        self.segments.iter().all(|segment| !segment)
    }
}

/// Writes the segments that are dirty. `entries` are those of the sources that gave an article, in their order.
///
/// # Errors
/// If the disk is full: what stands there is then still whole.
pub fn save(state: &Path, key: Digest, known: &[Arc<Known>], entries: &[Arc<Entry>], dirty: &Dirty) -> io::Result<()> {
    let folder = folder_of(state);
    fs::create_dir_all(&folder)?;
    let count = u32::try_from(dirty.segments.len()).unwrap_or(1);
    let mut members: Vec<Vec<Member<'_>>> = vec![Vec::new(); dirty.segments.len()];
    let mut next_entry = entries.iter();
    let homes: Vec<u32> = known.par_iter().map(|one| segment_of(&one.path, count)).collect();
    for (one, home) in known.iter().zip(homes) {
        let entry = one.article.ok().and_then(|_| next_entry.next());
        if dirty.segments[home as usize] {
            members[home as usize].push((one, entry.map(Arc::as_ref)));
        }
    }
    let written = dirty.segments.par_iter().zip(members).enumerate().filter(|(_, (is_dirty, _))| **is_dirty);
    written.try_for_each(|(number, (_, members))| -> io::Result<()> {
        let bytes = print(key, count, &members)?;
        write_checked(&folder.join(name_of(number)), &bytes)?;
        buffers::give(bytes);
        Ok(())
    })?;
    let surplus = files_of(&folder).into_iter().filter(|file| number_of(file).is_none_or(|number| number >= count));
    surplus.into_iter().try_for_each(fs::remove_file)
}

fn name_of(number: usize) -> String {
    format!("{number:03}")
}

fn number_of(file: &Path) -> Option<u32> {
    file.file_name()?.to_str()?.parse().ok()
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// A source, and its entry if it gave an article.
type Member<'a> = (&'a Known, Option<&'a Entry>);

fn print(key: Digest, count: u32, members: &[Member<'_>]) -> io::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Lent<'a> {
        build: &'a str,
        key: Digest,
        known: Vec<&'a Known>,
    }
    let known = members.iter().map(|(known, _)| *known).collect();
    let mut bytes = buffers::take();
    bytes.resize(HEADER, 0);
    let table = Lent { build: env!("HELIOSTAT_BUILD"), key, known };
    let mut bytes = postcard::to_extend(&table, bytes).map_err(io::Error::other)?;
    let start = bytes.len();
    let entries: Vec<&Entry> = members.iter().filter_map(|(_, entry)| *entry).collect();
    bytes = postcard::to_extend(&entries, bytes).map_err(io::Error::other)?;
    let (table, entries) = (&bytes[HEADER..start], &bytes[start..]);
    let header = [
        &MAGIC[..],
        &count.to_le_bytes(),
        &[0; 4],
        Digest::quick(table).as_bytes(),
        Digest::quick(entries).as_bytes(),
        &(table.len() as u64).to_le_bytes(),
        &(entries.len() as u64).to_le_bytes(),
    ]
    .concat();
    bytes[..HEADER].copy_from_slice(&header);
    Ok(bytes)
}

fn damaged() -> io::Error {
    io::Error::other("it is damaged")
}

fn read_head(path: &Path) -> io::Result<(Segment, u32, Head)> {
    let mut file = File::open(path)?;
    let mut header = [0; HEADER];
    file.read_exact(&mut header).map_err(|_| damaged())?;
    let number = |at: usize| header[at..].first_chunk().map(|bytes| u64::from_le_bytes(*bytes)).ok_or_else(damaged);
    let digest = |at: usize| header[at..].first_chunk().map(|bytes| Digest::from(*bytes)).ok_or_else(damaged);
    let (count, table_length, entries_length) = (number(8)?, number(48)?, number(56)?);
    let whole = table_length.checked_add(entries_length).and_then(|length| length.checked_add(HEADER as u64));
    if !header.starts_with(MAGIC) || whole != Some(file.metadata()?.len()) {
        return Err(damaged());
    }
    let mut table = vec![0; usize::try_from(table_length).map_err(io::Error::other)?];
    file.read_exact(&mut table)?;
    if Digest::quick(&table) != digest(16)? {
        return Err(damaged());
    }
    let head = postcard::from_bytes(&table).map_err(|_| damaged())?;
    let segment = Segment { file: path.to_owned(), start: HEADER as u64 + table_length, entries: digest(32)? };
    Ok((segment, u32::try_from(count).map_err(io::Error::other)?, head))
}

fn read_entries(segment: &Segment) -> io::Result<Vec<Arc<Entry>>> {
    let mut file = File::open(&segment.file)?;
    file.seek(io::SeekFrom::Start(segment.start))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if Digest::quick(&bytes) != segment.entries {
        return Err(damaged());
    }
    let entries: Vec<Entry> = postcard::from_bytes(&bytes).map_err(|_| damaged())?;
    Ok(entries.into_iter().map(Arc::new).collect())
}
