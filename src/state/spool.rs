//! The spool: every body, on disk, between parsing and rendering, so that memory grows with entries alone.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file without a name, written once and read in any order, from any thread.
#[derive(Debug)]
pub struct Spool {
    file: File,
    end: AtomicU64,
}

/// Where a text lies in the spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    offset: u64,
    length: usize,
}

impl Span {
    /// Its length in bytes.
    pub fn len(self) -> usize {
        self.length
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.length == 0
    }
}

impl Spool {
    /// Makes a spool in a folder; it vanishes with the process, however that ends.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { file: tempfile::tempfile_in(folder)?, end: AtomicU64::new(0) })
    }

    /// Puts a text aside.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn put(&self, text: &str) -> io::Result<Span> {
        let offset = self.end.fetch_add(text.len() as u64, Ordering::Relaxed);
        write_at(&self.file, text.as_bytes(), offset)?;
        Ok(Span { offset, length: text.len() })
    }

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
