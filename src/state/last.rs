//! What the last build of an output folder was made of, and what it said: a build of the same says it again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostics::Diagnostic;
use crate::digest::{Digest, Digester};
use crate::disk::write_checked;
use crate::media::local::LocalFiles;

/// What is remembered of a build that finished.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Last {
    /// The digest of all that it was made of.
    pub inputs: Digest,
    /// The site's own files that articles name as pictures, there or not.
    pub pictures: Vec<String>,
    /// What is known of those that are there.
    pub local: LocalFiles,
    /// When the first picture is to be asked for again, in Unix seconds.
    pub due: Option<i64>,
    /// What it counted.
    pub counts: Counts,
    /// What it said.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a build counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Articles built, older versions included.
    pub articles: usize,
    /// Pages of the site.
    pub pages: usize,
    /// Pictures, sounds and films shown.
    pub pictures: usize,
    /// Sources marked as drafts.
    pub drafts: usize,
    /// Sources that `include` and `exclude` left out.
    pub filtered: usize,
    /// Articles that `[[withdraw]]` takes out, among none of the others.
    pub withdrawn: usize,
    /// Sources with nothing in them, or unreadable.
    pub faulty: usize,
}

impl Counts {
    /// Sources that gave no article.
    pub fn skipped(&self) -> usize {
        self.drafts + self.filtered + self.faulty
    }
}

/// Another Heliostat may have written other things.
fn digest_of(bytes: &[u8]) -> Digest {
    Digester::new().text(env!("HELIOSTAT_BUILD")).digest(Digest::quick(bytes)).finish()
}

fn file(state: &Path, output: &str) -> PathBuf {
    state.join(format!("last-{output}"))
}

impl Last {
    /// What is remembered of the last build of an output folder; nothing, if that is damaged.
    pub fn load(state: &Path, output: &str) -> Option<Self> {
        let bytes = fs::read(file(state, output)).ok()?;
        let (digest, bytes) = bytes.split_first_chunk()?;
        (digest_of(bytes) == Digest::from(*digest)).then(|| postcard::from_bytes(bytes).ok())?
    }

    /// Remembers it.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn save(&self, state: &Path, output: &str) -> io::Result<()> {
        let text = postcard::to_stdvec(self).map_err(io::Error::other)?;
        let mut bytes = digest_of(&text).as_bytes().to_vec();
        bytes.extend_from_slice(&text);
        write_checked(&file(state, output), &bytes)
    }
}
