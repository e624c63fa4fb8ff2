//! The ledger: every original that was ever asked for, what came of it, and when to ask again.
//!
//! A line of JSON an original, the last one of each counts: an answer is appended as it comes, so that a build that is
//! stopped loses none, and at its end the file is written anew, sorted, each original once.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};

use super::store::{append, lines, read_book};
use crate::digest::Digest;
use crate::disk::write_whole;
use crate::lock::Lock;
use crate::read::Stamp;

/// The ledger's file in the store.
pub const FILE_NAME: &str = "ledger.jsonl";

/// An original that failed rests a day after its first failure, twice as long after each further one, at most so many
/// days.
pub(super) const LONGEST_REST_DAYS: i64 = 64;

/// What a host says is not there rests so much longer.
const GONE_FACTOR: i64 = 8;

/// What is known of every original.
#[derive(Debug, Default)]
pub struct Ledger {
    lines: BTreeMap<String, Line>,
    /// What this process has recorded.
    recorded: BTreeSet<String>,
    /// Its file's, as it was read or written.
    stamp: Option<Stamp>,
    folder: PathBuf,
}

/// What is known of one original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its canonical key: one for all spellings of its address.
    pub key: String,
    /// Its address, as it was first met.
    pub url: String,
    /// When it was first asked for.
    pub first_asked: DateTime<Utc>,
    /// When it was last asked for.
    pub last_asked: DateTime<Utc>,
    /// The status of the last answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What came; it is not asked for again unless `media retry --all` says so.
    #[serde(flatten, deserialize_with = "original")]
    pub original: Option<Original>,
    /// Why nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// How often in a row nothing came.
    #[serde(default)]
    pub failures: u32,
    /// When to ask again: if it has not come, or did not when it was asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<DateTime<Utc>>,
}

/// An original that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The digest of its bytes.
    pub digest: Digest,
    /// How many they are.
    pub bytes: u64,
}

/// Reads what came: a digest that is none spoils its line, a number that is missing does not.
fn original<'de, D: Deserializer<'de>>(line: D) -> Result<Option<Original>, D::Error> {
    #[derive(Deserialize)]
    struct Parts {
        digest: Option<Digest>,
        bytes: Option<u64>,
    }
    let Parts { digest, bytes } = Parts::deserialize(line)?;
    Ok(digest.map(|digest| Original { digest, bytes: bytes.unwrap_or_default() }))
}

/// What came of asking for an original.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: Option<u16>,
    /// What came, or why nothing did.
    pub(super) came: Result<Original, String>,
    /// How long the host wants to be left alone.
    pub(super) retry_after: Option<TimeDelta>,
}

impl Ledger {
    /// Reads the ledger of a store; a store without one has an empty one.
    ///
    /// # Errors
    /// If it cannot be read, or a line of it but the last: it may be all that tells which original came from where.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let file = folder.join(FILE_NAME);
        // Before it is read: what is appended meanwhile may not have been.
        let stamp = Stamp::of(&file).ok();
        Ok(Self { stamp, ..Self::parse(&read_book(&file)?, folder)? })
    }

    /// Reads the text of a ledger, which will be the one of a folder.
    ///
    /// # Errors
    /// If a line of it but the last cannot be read.
    pub(super) fn parse(text: &str, folder: &Path) -> io::Result<Self> {
        let mut lines = BTreeMap::<String, Line>::new();
        let texts: Vec<&str> = text.lines().collect();
        let last = texts.len().saturating_sub(1);
        let parsed: Vec<_> = texts.par_iter().map(|text| serde_json::from_str::<Line>(text)).collect();
        for (at, line) in parsed.into_iter().enumerate() {
            match line {
                Ok(mut line) => {
                    // Another process may not have known what had come: what came once stays.
                    line.original = line.original.or_else(|| lines.get(&line.key)?.original);
                    lines.insert(line.key.clone(), line);
                }
                // A build was stopped while it wrote the line.
                Err(_) if at == last => {}
                Err(fault) => return Err(io::Error::other(format!("line {}: {fault}", at + 1))),
            }
        }
        if lines.is_empty() && text.contains('\0') {
            return Err(io::Error::other("it holds nothing but zeros, as a power cut leaves them"));
        }
        Ok(Self { lines, folder: folder.to_owned(), ..Self::default() })
    }

    /// Writes the ledger, whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written; the one before is then still whole.
    pub fn save(&mut self) -> io::Result<()> {
        let file = self.folder.join(FILE_NAME);
        write_whole(&file, self.text()?.as_bytes())?;
        self.stamp = Stamp::of(&file).ok();
        Ok(())
    }

    /// Writes what was recorded into the ledger as other processes have left it meanwhile (a preview, `media retry`).
    ///
    /// # Errors
    /// If it cannot be read or written; the one before is then still whole.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        let _lock = Lock::take(&self.folder, |_| {})?;
        let mut ours = std::mem::replace(self, Self::load(&self.folder)?);
        ours.lines.retain(|key, _| ours.recorded.contains(key));
        self.merge(ours);
        self.save()
    }

    /// The ledger, as it stands in its file.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub(super) fn text(&self) -> io::Result<String> {
        lines(self.lines.values())
    }

    /// The stamp of the file that says the same; none if there was none.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// Every line, by key.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values()
    }

    /// What came for a key.
    pub fn digest(&self, key: &str) -> Option<Digest> {
        Some(self.lines.get(key)?.original?.digest)
    }

    /// Why nothing came for a key the last time.
    pub fn fault(&self, key: &str) -> Option<&str> {
        self.lines.get(key)?.fault.as_deref()
    }

    /// Whether a key is to be asked for now: if it came, only when it was told to be asked for again; if it failed, after
    /// a rest.
    pub fn is_due(&self, key: &str, now: DateTime<Utc>) -> bool {
        self.due(key).is_some_and(|due| now >= due)
    }

    /// When a key is to be asked for; none if it came, unless it was told to be [asked for again](Self::retry).
    pub fn due(&self, key: &str) -> Option<DateTime<Utc>> {
        match self.lines.get(key) {
            None => Some(DateTime::UNIX_EPOCH),
            Some(line) if line.original.is_some() => line.again,
            Some(line) => Some(line.again.unwrap_or(DateTime::UNIX_EPOCH)),
        }
    }

    /// Remembers an answer, on disk too. What came once stays, though it does not come again.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn record(&mut self, key: &str, url: &str, answer: Answer, now: DateTime<Utc>) -> io::Result<()> {
        let before = self.lines.get(key);
        let failures = if answer.came.is_ok() { 0 } else { before.map_or(0, |line| line.failures) + 1 };
        let rest = rest(failures, answer.status).max(answer.retry_after.unwrap_or_default());
        let (came, fault) = answer.came.map_or_else(|fault| (None, Some(fault)), |came| (Some(came), None));
        let line = Line {
            key: key.to_owned(),
            url: url.to_owned(),
            first_asked: before.map_or(now, |line| line.first_asked),
            last_asked: now,
            status: answer.status,
            original: came.or_else(|| before?.original),
            again: fault.is_some().then(|| now + rest),
            fault,
            failures,
        };
        append(&self.folder, FILE_NAME, &line)?;
        self.recorded.insert(line.key.clone());
        self.lines.insert(line.key.clone(), line);
        Ok(())
    }

    /// Lets every line that fits be asked for at the next build, those that came too if `all`; says how many. What came
    /// is shown until another answer takes its place: it may be the last copy.
    pub fn retry(&mut self, all: Retry, fits: impl Fn(&Line) -> bool) -> usize {
        let chosen =
            self.lines.values_mut().filter(|line| fits(line) && (all == Retry::All || line.original.is_none()));
        let mut count = 0;
        for line in chosen {
            (line.again, line.failures) = (Some(DateTime::UNIX_EPOCH), 0);
            count += 1;
        }
        count
    }

    /// Forgets the lines that fit, as if they had never been asked for; says how many.
    pub fn forget(&mut self, fits: impl Fn(&Line) -> bool) -> usize {
        let before = self.lines.len();
        self.lines.retain(|_, line| !fits(line));
        before - self.lines.len()
    }

    /// Takes the lines of another ledger: what came wins over what did not, the later answer over the earlier.
    pub fn merge(&mut self, other: Ledger) {
        for (key, line) in other.lines {
            let rank =
                |line: &Line| (line.original.is_some(), line.last_asked, line.original.map(|original| original.digest));
            match self.lines.get(&key) {
                Some(known) if rank(known) >= rank(&line) => {}
                _ => {
                    self.lines.insert(key, line);
                }
            }
        }
    }
}

/// What may be asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// What has not come.
    Failed,
    /// What has come, too.
    All,
}

fn rest(failures: u32, status: Option<u16>) -> TimeDelta {
    let doubled = 2_i64.saturating_pow(failures.saturating_sub(1));
    let factor = if matches!(status, Some(404 | 410)) { GONE_FACTOR } else { 1 };
    TimeDelta::days(doubled.saturating_mul(factor).clamp(1, LONGEST_REST_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(status: u16) -> Answer {
        Answer { status: Some(status), came: Err("x".to_owned()), retry_after: None }
    }

    #[test]
    fn rests_grow_and_what_came_is_never_due_again() {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut ledger = Ledger::load(folder.path()).unwrap();
        let days = |ledger: &Ledger| (ledger.due("k").unwrap() - now).num_days();
        assert_eq!([1, 2, 7, 64, 65].map(|failures| rest(failures, None).num_days()), [1, 2, 64, 64, 64]);
        ledger.record("k", "u", failed(500), now).unwrap();
        assert_eq!(days(&ledger), 1);
        ledger.record("k", "u", failed(500), now).unwrap();
        assert_eq!(days(&ledger), 2);
        ledger.record("k", "u", failed(404), now).unwrap();
        assert_eq!(days(&ledger), 32);
        // Never saved, and the last line torn: what was appended is there.
        let file = folder.path().join(FILE_NAME);
        let text = std::fs::read_to_string(&file).unwrap() + "{\"key\":\"torn";
        std::fs::write(&file, text).unwrap();
        let mut ledger = Ledger::load(folder.path()).unwrap();
        assert_eq!(days(&ledger), 32);
        let came = Ok(Original { digest: Digest::of(b"x"), bytes: 1 });
        ledger.record("k", "u", Answer { status: None, came, retry_after: None }, now).unwrap();
        let line = std::fs::read_to_string(&file).unwrap();
        assert!(line.contains("\"digest\":") && line.contains("\"bytes\":1") && !line.contains("original"), "{line}");
        for (before, after, is_read) in [("\"bytes\":1,", "", true), ("\"digest\":\"", "\"digest\":\"zz", false)] {
            let other = tempfile::tempdir().unwrap();
            // A line that is not the last is never torn.
            let text = line.lines().last().unwrap().replace(before, after) + "\n" + &line;
            std::fs::write(other.path().join(FILE_NAME), text).unwrap();
            assert_eq!(Ledger::load(other.path()).is_ok_and(|ledger| ledger.digest("k").is_some()), is_read);
        }
        // What was torn is no line in the middle.
        assert_eq!(Ledger::load(folder.path()).unwrap().due("k"), None);
        assert_eq!(Ledger::load(folder.path()).unwrap().lines().count(), 1);
    }

    #[test]
    fn a_ledger_knows_the_file_that_it_says_the_same_as() {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let file = folder.path().join(FILE_NAME);
        let (mut ours, mut theirs) = (Ledger::load(folder.path()).unwrap(), Ledger::load(folder.path()).unwrap());
        theirs.record("a", "u", failed(500), now).unwrap();
        assert_ne!(ours.stamp(), Stamp::of(&file).ok(), "what came meanwhile was not read");
        ours.record("b", "u", failed(500), now).unwrap();
        ours.settle().unwrap();
        assert_eq!((ours.stamp(), ours.lines().count()), (Stamp::of(&file).ok(), 2));
        theirs.record("c", "u", failed(500), now).unwrap();
        assert_ne!(ours.stamp(), Stamp::of(&file).ok());
    }
}
