//! Pictures, sounds and films that lie beside articles: their bytes are read only where nothing else tells what they are.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::read::Stamp;

/// A file of the site as it was when its bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalFile {
    stamp: Stamp,
    digest: Digest,
}

/// What is known of the site's own files, by their paths, and what a build finds out.
#[derive(Debug, Default)]
pub struct LocalFiles {
    known: BTreeMap<String, LocalFile>,
    /// When the build began, in nanoseconds since 1970.
    began: i64,
    seen: Mutex<BTreeMap<String, LocalFile>>,
}

impl LocalFiles {
    /// What an earlier build found out, for one that begins now.
    pub fn new(known: BTreeMap<String, LocalFile>, began: i64) -> Self {
        Self { known, began, seen: Mutex::default() }
    }

    /// The digest of a file that has this stamp, if it was read when it had it.
    pub(super) fn digest(&self, path: &str, stamp: Stamp) -> Option<Digest> {
        let known = self.known.get(path).filter(|known| known.stamp == stamp)?;
        self.remember(path, stamp, known.digest);
        Some(known.digest)
    }

    /// Remembers what was read of a file that had this stamp before; not of one that may have changed since, unseen.
    pub(super) fn remember(&self, path: &str, stamp: Stamp, digest: Digest) {
        if stamp.rests(self.began) {
            // Each change is one insertion.
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(path.to_owned(), LocalFile { stamp, digest });
        }
    }

    /// What the next build may use.
    pub fn into_seen(self) -> BTreeMap<String, LocalFile> {
        self.seen.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
