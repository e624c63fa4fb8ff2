//! The spool: every body, on disk, between parsing and rendering, so that memory grows with entries alone.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::write::Durability;

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
}

/// The texts of a spool, read in any order, from any thread.
#[derive(Debug)]
pub struct Spooled {
    file: File,
}

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
        let (span, full) = self.tail.lock().unwrap_or_else(PoisonError::into_inner).append(text);
        full.map_or(Ok(()), |full| self.write(&full))?;
        Ok(span)
    }

    /// Writes the rest: now all can be read.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn finish(mut self) -> io::Result<Spooled> {
        let tail = std::mem::take(self.tail.get_mut().unwrap_or_else(PoisonError::into_inner));
        self.write(&tail)?;
        Ok(Spooled { file: self.file })
    }

    fn write(&self, tail: &Tail) -> io::Result<()> {
        write_at(&self.file, &tail.bytes, tail.offset)?;
        if self.durability == Durability::PowerCut && tail.offset / SYNC_AHEAD != tail.end() / SYNC_AHEAD {
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
    /// Appends a text; a tail that is full is given away, to be written while others go on.
    fn append(&mut self, text: &str) -> (Span, Option<Self>) {
        let span = Span { offset: self.end(), length: text.len() };
        self.bytes.extend_from_slice(text.as_bytes());
        let is_full = self.bytes.len() >= CHUNK;
        let next = Self { offset: self.end(), bytes: Vec::new() };
        (span, is_full.then(|| std::mem::replace(self, next)))
    }

    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl Spooled {
    /// Fetches a text.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn get(&self, span: Span) -> io::Result<String> {
        thread_local! {
            static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        SCRATCH.with_borrow_mut(|scratch| {
            if scratch.len() < span.length {
                scratch.resize(span.length, 0);
            }
            let bytes = &mut scratch[..span.length];
            read_at(&self.file, bytes, span.offset)?;
            simdutf8::basic::from_utf8(bytes).map(str::to_owned).map_err(io::Error::other)
        })
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
