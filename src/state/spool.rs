//! The spool: every body, between parsing and rendering, in files, so that memory grows with entries alone.
//!
//! What was shown is forgotten, and need not be written; what is left of it when the output is first synced is written, too.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::buffers;

/// Files without names, to which texts are put aside, from any thread.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    tail: Mutex<Tail>,
}

/// What is not written yet, and where it goes.
#[derive(Debug)]
struct Tail {
    /// Every file, and how much is in it; the last one grows.
    parts: Vec<(Arc<File>, u64)>,
    bytes: Vec<u8>,
    /// Buffers that were written: fresh memory costs more than what it holds.
    spare: Vec<Vec<u8>>,
}

/// The texts of a spool, read in any order, from any thread.
#[derive(Debug)]
pub struct Spooled {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    file: Arc<File>,
    /// How many bytes of it are still wanted.
    wanted: AtomicU64,
}

/// A file is not continued beyond so many bytes, for it can only be forgotten whole.
const PART: u64 = 16 << 20;

/// After so many files each holds twice as much, and so on: a process may have a few hundred open, and 256 of these hold 15 GB.
const ALIKE: usize = 64;

/// So much is written at once, in bytes: a call for each text would clear the rest of each one's last page.
const CHUNK: usize = 1 << 20;

/// Where a text lies in the spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    part: usize,
    offset: u64,
    length: usize,
}

impl Spool {
    /// Makes a spool in a folder; it vanishes with the process, however that ends.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let first = (Arc::new(tempfile::tempfile_in(folder)?), 0);
        let tail = Tail { parts: vec![first], bytes: Vec::new(), spare: Vec::new() };
        Ok(Self { folder: folder.to_owned(), tail: Mutex::new(tail) })
    }

    /// Puts a text aside.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn put(&self, text: &str) -> io::Result<Span> {
        let (span, full) = self.tail().append(text, &self.folder)?;
        if let Some(Full { file, offset, mut bytes }) = full {
            write_at(&file, &bytes, offset)?;
            bytes.clear();
            self.tail().spare.push(bytes);
        }
        Ok(span)
    }

    /// Writes the rest: now all can be read.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn finish(self) -> io::Result<Spooled> {
        let mut tail = self.tail.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some((file, length)) = tail.parts.last_mut() {
            write_at(file, &tail.bytes, *length)?;
            *length += tail.bytes.len() as u64;
        }
        let part = |(file, length)| Part { file, wanted: AtomicU64::new(length) };
        Ok(Spooled { parts: tail.parts.into_iter().map(part).collect() })
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A chunk that is to be written while others go on.
struct Full {
    file: Arc<File>,
    offset: u64,
    bytes: Vec<u8>,
}

impl Tail {
    /// Appends a text, and gives a full chunk away.
    fn append(&mut self, text: &str, folder: &Path) -> io::Result<(Span, Option<Full>)> {
        let part = self.parts.len() - 1;
        let (file, written) = &mut self.parts[part];
        let (offset, length) = (*written + self.bytes.len() as u64, text.len());
        let span = Span { part, offset, length };
        self.bytes.extend_from_slice(text.as_bytes());
        if self.bytes.len() < CHUNK {
            return Ok((span, None));
        }
        let fresh = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK + CHUNK / 8));
        let full = Full { file: Arc::clone(file), offset: *written, bytes: std::mem::replace(&mut self.bytes, fresh) };
        *written = offset + length as u64;
        if *written >= PART << (part / ALIKE) {
            self.parts.push((Arc::new(tempfile::tempfile_in(folder)?), 0));
        }
        Ok((span, Some(full)))
    }
}

impl Spooled {
    /// Fetches a text and shows it, unless it is forgotten. Says whether it was shown.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn get(&self, span: Span, show: &mut dyn FnMut(&str)) -> io::Result<bool> {
        let part = &self.parts[span.part];
        if part.wanted.load(Ordering::Acquire) == 0 && span.length > 0 {
            return Ok(false);
        }
        let mut bytes = buffers::take();
        bytes.resize(span.length, 0);
        read_at(&part.file, &mut bytes, span.offset)?;
        show(simdutf8::basic::from_utf8(&bytes).map_err(io::Error::other)?);
        buffers::give(bytes);
        Ok(true)
    }

    /// Says, once for each text and after the last look at it, that it can be forgotten. A file of which nothing is wanted is
    /// emptied: the system need not write it, and its memory is free for the pages that are written meanwhile. Memory that was just used
    /// costs less than fresh, on virtual machines several times. (A file with the body of an article that has no page is kept.)
    pub fn forget(&self, span: Span) {
        let part = &self.parts[span.part];
        let length = span.length as u64;
        if part.wanted.fetch_sub(length, Ordering::AcqRel) == length {
            // What cannot be emptied is kept until the end.
            let _ = part.file.set_len(0);
        }
    }
}

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
    fn what_is_forgotten_takes_no_room_and_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path()).unwrap();
        let texts: Vec<String> =
            (0..60).map(|number| format!("第{number}篇").repeat(90_000)).chain([String::new()]).collect();
        let spans: Vec<Span> = texts.iter().map(|text| spool.put(text).unwrap()).collect();
        let spooled = spool.finish().unwrap();
        let shown = |at: usize| {
            let mut shown = None;
            spooled.get(spans[at], &mut |text| shown = Some(text.to_owned())).unwrap().then(|| shown.unwrap())
        };
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(shown(at).as_ref(), Some(text));
        }
        let middle = spans[30].part;
        assert!(0 < middle && middle < spans[59].part);
        let (forgotten, kept): (Vec<usize>, _) = (0..texts.len()).partition(|at| spans[*at].part == middle);
        for at in &forgotten {
            spooled.forget(spans[*at]);
        }
        assert!(forgotten.iter().all(|at| shown(*at).is_none()));
        assert!(kept.iter().all(|at| shown(*at).as_ref() == Some(&texts[*at])));
        assert_eq!(spooled.parts[middle].file.metadata().unwrap().len(), 0);
        assert!(std::fs::read_dir(&folder).unwrap().next().is_none(), "they have no names");
    }
}
