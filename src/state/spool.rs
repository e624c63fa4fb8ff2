//! The spool: every body, on disk, between parsing and rendering, so that memory grows with entries alone.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::buffers;
use crate::disk::Durability;

/// A file without a name, to which texts are put aside, from any thread.
#[derive(Debug)]
pub struct Spool {
    file: File,
    tail: Mutex<Tail>,
    durability: Durability,
}

/// What is not written yet.
#[derive(Debug, Default)]
struct Tail {
    offset: u64,
    bytes: Vec<u8>,
    /// Buffers that were written: fresh memory costs more than what it holds.
    spare: Vec<Vec<u8>>,
}

/// The texts of a spool, read in any order, from any thread.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    /// How many bytes are still wanted of each part of [`PART`] bytes that the disk was told to take.
    wanted: Vec<AtomicU64>,
}

/// So much of the system's memory is given back at once, in bytes.
const PART: u64 = 1 << 20;

/// So much is written at once, in bytes: a call for each text would clear the rest of each one's last page.
const CHUNK: usize = 1 << 20;

/// After so many bytes, each time, the disk is told to begin. The sync that makes the output last takes the spool along,
/// for no call can leave one file out; while sources are parsed the disk has nothing else to do, and nobody waits.
const SYNC_AHEAD: u64 = 64 << 20;

/// Where a text lies in the spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    offset: u64,
    length: usize,
}

impl Spool {
    /// Makes a spool in a folder, for a build whose output must last so long; the spool itself vanishes with the
    /// process, however that ends.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn new(folder: &Path, durability: Durability) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { file: tempfile::tempfile_in(folder)?, tail: Mutex::default(), durability })
    }

    /// Puts a text aside.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn put(&self, text: &str) -> io::Result<Span> {
        let (span, full) = self.tail().append(text);
        if let Some((offset, mut bytes)) = full {
            self.write(&bytes, offset)?;
            bytes.clear();
            self.tail().spare.push(bytes);
        }
        Ok(span)
    }

    /// Writes the rest: now all can be read.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn finish(mut self) -> io::Result<Spooled> {
        let tail = std::mem::take(self.tail.get_mut().unwrap_or_else(PoisonError::into_inner));
        self.write(&tail.bytes, tail.offset)?;
        // What the disk was not told to take has its only place in memory, and may never need another.
        let told = if self.durability == Durability::PowerCut { tail.end() / SYNC_AHEAD * SYNC_AHEAD } else { 0 };
        let wanted = (0..told / PART).map(|_| AtomicU64::new(PART)).collect();
        Ok(Spooled { file: self.file, wanted })
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        write_at(&self.file, bytes, offset)?;
        let end = offset + bytes.len() as u64;
        if self.durability == Durability::PowerCut && offset / SYNC_AHEAD != end / SYNC_AHEAD {
            self.sync_ahead();
        }
        Ok(())
    }

    /// Nothing depends on it: what the disk has not begun by the end it then must.
    fn sync_ahead(&self) {
        if let Ok(file) = self.file.try_clone() {
            let _ = std::thread::Builder::new().spawn(move || file.sync_data());
        }
    }
}

impl Tail {
    /// Appends a text; what is full is given away with its offset, to be written while others go on.
    fn append(&mut self, text: &str) -> (Span, Option<(u64, Vec<u8>)>) {
        let span = Span { offset: self.end(), length: text.len() };
        self.bytes.extend_from_slice(text.as_bytes());
        if self.bytes.len() < CHUNK {
            return (span, None);
        }
        let (offset, next) = (self.offset, self.end());
        self.offset = next;
        let fresh = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK + CHUNK / 8));
        (span, Some((offset, std::mem::replace(&mut self.bytes, fresh))))
    }

    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl Spooled {
    /// Fetches a text and shows it.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn get(&self, span: Span, show: &mut dyn FnMut(&str)) -> io::Result<()> {
        let mut bytes = buffers::take();
        bytes.resize(span.length, 0);
        read_at(&self.file, &mut bytes, span.offset)?;
        show(simdutf8::basic::from_utf8(&bytes).map_err(io::Error::other)?);
        buffers::give(bytes);
        Ok(())
    }

    /// Says, once for each text, that nobody is likely to fetch it again. The system's memory of a part of which nothing is wanted is
    /// then free for the pages that are written meanwhile: memory that was just used costs less than fresh, on virtual
    /// machines several times. (A part with the body of an article that has no page is kept.)
    pub fn give_back(&self, span: Span) {
        let end = span.offset + span.length as u64;
        let first = span.offset / PART;
        for (part, wanted) in (first..end.div_ceil(PART)).zip(self.wanted.iter().skip(first as usize)) {
            let inside = end.min((part + 1) * PART) - span.offset.max(part * PART);
            if wanted.fetch_sub(inside, Ordering::Relaxed) == inside {
                forget(&self.file, part * PART, PART);
            }
        }
    }
}

/// Lets the system drop what it keeps of a part of a file in memory; what is not on the disk yet begins to be written.
#[cfg(target_os = "linux")]
fn forget(file: &File, offset: u64, length: u64) {
    use rustix::fs::{Advice, fadvise};
    // It is advice: nothing is lost where it is not taken.
    let _ = fadvise(file, offset, std::num::NonZeroU64::new(length), Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &File, _: u64, _: u64) {}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_can_still_be_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path(), Durability::PowerCut).unwrap();
        let texts: Vec<String> =
            (0..60).map(|number| format!("第{number}篇").repeat(150_000)).chain([String::new()]).collect();
        let spans: Vec<Span> = texts.iter().map(|text| spool.put(text).unwrap()).collect();
        let spooled = spool.finish().unwrap();
        assert_eq!(spooled.wanted.len() as u64, SYNC_AHEAD / PART);
        for span in &spans {
            spooled.give_back(*span);
        }
        assert!(spooled.wanted.iter().all(|wanted| wanted.load(Ordering::Relaxed) == 0));
        for (text, span) in texts.iter().zip(&spans) {
            let mut is_same = false;
            spooled.get(*span, &mut |fetched| is_same = fetched == text).unwrap();
            assert!(is_same);
        }
        assert!(std::fs::read_dir(&folder).unwrap().next().is_none(), "it has no name");
    }
}
