//! Pictures, sounds and films that lie beside articles: their bytes are read only where nothing else tells what they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::read::Stamp;

/// A file of the site as it was when its bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalFile {
    stamp: Stamp,
    digest: Digest,
}

/// The site's own files as they were read, by their paths.
pub type LocalFiles = Arc<BTreeMap<String, LocalFile>>;

/// What is known of the site's own files when a build begins.
#[derive(Clone, Copy, Debug)]
pub struct KnownFiles<'build> {
    /// Those that an earlier build has read.
    pub files: &'build LocalFiles,
    /// When this one began, in nanoseconds since 1970.
    pub began: i64,
}

impl LocalFile {
    /// A file that had this stamp before it was read, for builds to come; none if it may have changed since, unseen, because it did
    /// shortly before `began`, in nanoseconds since 1970.
    pub(super) fn at_rest(stamp: Stamp, digest: Digest, began: i64) -> Option<Self> {
        stamp.rests(began).then_some(Self { stamp, digest })
    }

    /// The digest of the file, if it still has this stamp.
    pub(super) fn digest_at(&self, stamp: Stamp) -> Option<Digest> {
        (self.stamp == stamp).then_some(self.digest)
    }
}
