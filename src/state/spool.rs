//! The spool: every body, between parsing and rendering, in files, so that memory grows with entries alone.
//!
//! What was shown is forgotten, and need not be written; what is left of it when the output is first synced is written, too.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::buffers;

/// Files without names, to which texts are put aside, from any thread.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    files: Vec<Mutex<Option<Growing>>>,
}

/// A file, how much is in it, and what is not written yet.
#[derive(Debug)]
struct Growing {
    file: File,
    written: u64,
    bytes: Vec<u8>,
}

/// The texts of a spool, read in any order, from any thread.
#[derive(Debug)]
pub struct Spooled {
    files: Vec<Option<Whole>>,
}

#[derive(Debug)]
struct Whole {
    file: File,
    /// How many bytes of it are still wanted.
    wanted: AtomicU64,
}

/// So many files at most: some systems let a process have 256 open.
const FILES: usize = 128;

/// So much of a file is written at once, in bytes, and at a multiple of it: Linux then keeps it in memory as a few large pieces, which are
/// read, emptied and brought to the disk at less cost than single pages.
const CHUNK: usize = 256 << 10;

/// Where a text lies in the spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    file: usize,
    offset: u64,
    length: usize,
}

impl Span {
    /// How long the text is, in bytes.
    pub fn length(&self) -> usize {
        self.length
    }
}

impl Spool {
    /// Makes a spool in a folder; it vanishes with the process, however that ends.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), files: (0..FILES).map(|_| Mutex::default()).collect() })
    }

    /// Puts a text aside, beside others of its `group`: those that will be forgotten at about the same time.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn put(&self, text: &str, group: usize) -> io::Result<Span> {
        let at = group % FILES;
        let mut file = self.files[at].lock().unwrap_or_else(PoisonError::into_inner);
        let growing = match &mut *file {
            Some(growing) => growing,
            none => none.insert(Growing {
                file: tempfile::tempfile_in(&self.folder)?,
                written: 0,
                bytes: Vec::with_capacity(CHUNK),
            }),
        };
        let span = Span { file: at, offset: growing.written + growing.bytes.len() as u64, length: text.len() };
        growing.take(text.as_bytes())?;
        Ok(span)
    }

    /// Writes the rest: now all can be read.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn finish(self) -> io::Result<Spooled> {
        let whole = |file: Mutex<Option<Growing>>| {
            let growing = file.into_inner().unwrap_or_else(PoisonError::into_inner);
            growing.map(Growing::finish).transpose()
        };
        Ok(Spooled { files: self.files.into_iter().map(whole).collect::<io::Result<_>>()? })
    }
}

impl Growing {
    fn take(&mut self, mut text: &[u8]) -> io::Result<()> {
        while let Some((fitting, rest)) = text.split_at_checked(CHUNK - self.bytes.len()) {
            self.bytes.extend_from_slice(fitting);
            self.write()?;
            text = rest;
        }
        self.bytes.extend_from_slice(text);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        write_at(&self.file, &self.bytes, self.written)?;
        self.written += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<Whole> {
        self.write()?;
        Ok(Whole { file: self.file, wanted: AtomicU64::new(self.written) })
    }
}

impl Spooled {
    /// Fetches a text and shows it, unless it is forgotten. Says whether it was shown.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn get(&self, span: Span, show: &mut dyn FnMut(&str)) -> io::Result<bool> {
        let Some(whole) = self.wanted(span) else { return Ok(false) };
        buffers::lend(span.length, |bytes| {
            read_at(&whole.file, bytes, span.offset)?;
            show(simdutf8::basic::from_utf8(bytes).map_err(io::Error::other)?);
            Ok(true)
        })
    }

    /// The file that holds a text, unless it was emptied.
    fn wanted(&self, span: Span) -> Option<&Whole> {
        self.files[span.file].as_ref().filter(|whole| span.length == 0 || whole.wanted.load(Ordering::Acquire) > 0)
    }

    /// Says, once for each text and after the last look at it, that it can be forgotten. A file of which nothing is wanted is
    /// emptied: the system need not write it, and its memory is free for the pages that are written meanwhile. Memory that was just used
    /// costs less than fresh, on virtual machines several times. (A file with the body of an article that has no page is kept.)
    pub fn forget(&self, span: Span) {
        let (Some(whole), length) = (self.wanted(span), span.length as u64) else { return };
        if whole.wanted.fetch_sub(length, Ordering::AcqRel) == length {
            // What cannot be emptied is kept until the end.
            let _ = whole.file.set_len(0);
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
            (0..60).map(|number| format!("第{number}篇").repeat(40_000)).chain([String::new()]).collect();
        let spans: Vec<Span> = texts.iter().enumerate().map(|(at, text)| spool.put(text, at % 3).unwrap()).collect();
        let spooled = spool.finish().unwrap();
        let shown = |at: usize| {
            let mut shown = None;
            spooled.get(spans[at], &mut |text| shown = Some(text.to_owned())).unwrap().then(|| shown.unwrap())
        };
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(shown(at).as_ref(), Some(text));
        }
        let (forgotten, kept): (Vec<usize>, _) = (0..texts.len()).partition(|at| at % 3 == 1);
        for at in &forgotten {
            spooled.forget(spans[*at]);
        }
        assert!(forgotten.iter().all(|at| shown(*at).is_none()));
        assert!(kept.iter().all(|at| shown(*at).as_ref() == Some(&texts[*at])));
        assert_eq!(spooled.files[1].as_ref().unwrap().file.metadata().unwrap().len(), 0);
        assert!(std::fs::read_dir(&folder).unwrap().next().is_none(), "they have no names");
    }
}
