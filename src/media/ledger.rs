//! The ledger: every URL that was ever asked for, what came of it, and when to ask again.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::store::{read_lines, write_lines};
use crate::digest::Digest;

/// The ledger's file in the store.
pub const FILE_NAME: &str = "ledger.jsonl";

/// A dead URL rests a day after its first failure, twice as long after each further one, at most so many days.
const LONGEST_REST_DAYS: i64 = 64;

/// What is known of every URL.
#[derive(Debug, Default)]
pub struct Ledger {
    lines: BTreeMap<String, Line>,
}

/// What is known of one URL.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    url: String,
    first_asked: DateTime<Utc>,
    last_asked: DateTime<Utc>,
    /// What came; it is never asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
    /// Why nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(default)]
    failures: u32,
}

impl Ledger {
    /// Reads the ledger of a store; a store without one has an empty one.
    ///
    /// # Errors
    /// If it cannot be read, or a line of it: it may be all that tells which original came from where.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let mut lines = BTreeMap::new();
        for text in read_lines(&folder.join(FILE_NAME))? {
            let line: Line = serde_json::from_str(&text)?;
            lines.insert(line.url.clone(), line);
        }
        Ok(Self { lines })
    }

    /// Writes the ledger, whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written; the one before is then still whole.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        write_lines(&folder.join(FILE_NAME), self.lines.values().map(serde_json::to_string))
    }

    /// What came from a URL.
    pub fn digest(&self, url: &str) -> Option<Digest> {
        self.lines.get(url)?.digest
    }

    /// Why nothing came from a URL the last time.
    pub fn fault(&self, url: &str) -> Option<&str> {
        self.lines.get(url)?.fault.as_deref()
    }

    /// Whether a URL is to be asked now: never if it came, after a rest if it failed.
    pub fn is_due(&self, url: &str, now: DateTime<Utc>) -> bool {
        self.due(url).is_some_and(|due| now >= due)
    }

    /// When a URL is to be asked: never if it came.
    pub fn due(&self, url: &str) -> Option<DateTime<Utc>> {
        match self.lines.get(url) {
            None => Some(DateTime::UNIX_EPOCH),
            Some(line) if line.digest.is_some() => None,
            Some(line) => Some(line.last_asked + rest(line.failures)),
        }
    }

    /// Remembers what came, or why nothing did.
    pub fn record(&mut self, url: &str, result: Result<Digest, String>, now: DateTime<Utc>) {
        let line = self.lines.entry(url.to_owned()).or_insert_with(|| Line {
            url: url.to_owned(),
            first_asked: now,
            last_asked: now,
            digest: None,
            fault: None,
            failures: 0,
        });
        line.last_asked = now;
        match result {
            Ok(digest) => {
                line.digest = Some(digest);
                line.fault = None;
            }
            Err(fault) => {
                line.fault = Some(fault);
                line.failures += 1;
            }
        }
    }
}

fn rest(failures: u32) -> TimeDelta {
    TimeDelta::days(
        1_i64.checked_shl(failures.saturating_sub(1)).unwrap_or(LONGEST_REST_DAYS).clamp(1, LONGEST_REST_DAYS),
    )
}
