//! The manifest: every file of the output folder, as the last build left it; and the journal of a build that is
//! changing it.
//!
//! ```text
//! .heliostat/manifest-ID   a header, the digest of all inputs, then a line a file: digest, fingerprint or `-`, size, modified, path
//! .heliostat/journal-ID    the paths that are being changed, a line each
//! ```
//!
//! `ID` stands for the output folder, for a site may be built into several. The journal is written before the output
//! folder is touched and removed after the manifest is: what a killed build's journal names is not believed.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::{Difference, absolute, is_page};
use crate::digest::Digest;
use crate::disk::{write_whole, write_whole_with};

/// What the last build left in the output folder.
#[derive(Debug, Default)]
pub struct Manifest {
    /// The digest of all that the site was made of.
    pub inputs: Digest,
    files: HashMap<String, Slot>,
    /// Whether there was one: without it nobody can tell whose the files of an output folder are.
    pub(super) is_known: bool,
    /// Whether there is a file that cannot be read as one.
    pub is_damaged: bool,
    /// Whether this process has looked at every file, or made it.
    pub(super) is_seen: bool,
}

/// One file of the output folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// In bytes.
    pub(super) size: u64,
    pub(super) digest: Digest,
    /// Nanoseconds since 1970, as the file system says.
    pub(super) modified: i64,
    /// The digest of all that the file was made of, where that is known.
    pub(super) fingerprint: Option<Digest>,
}

#[derive(Debug)]
pub(super) struct Slot {
    written: Record,
    /// False if a build was stopped while it changed the file.
    is_trusted: bool,
    /// Whether the build that is under way has the file, too.
    is_current: AtomicBool,
}

impl Manifest {
    /// Reads the manifest of an output folder.
    pub fn load(places: &Places) -> Self {
        let text = match fs::read(&places.manifest) {
            Ok(bytes) => Some(String::from_utf8(bytes).unwrap_or_default()),
            Err(fault) => (fault.kind() != io::ErrorKind::NotFound).then(String::new),
        };
        let journal = fs::read_to_string(&places.journal).ok();
        let last = text.as_deref().and_then(parse);
        // A journal alone names what a first build was about to write, and nothing of what was there before.
        let is_known = last.is_some();
        let is_damaged = text.is_some() && last.is_none();
        let (inputs, files) = last.unwrap_or_default();
        let mut manifest = Self { inputs, files, is_known, is_damaged, is_seen: false };
        for path in journal.iter().flat_map(|journal| journal.lines()) {
            manifest.files.insert(path.to_owned(), Slot { is_trusted: false, ..Slot::of(Record::unknown()) });
        }
        manifest
    }

    /// Believes nothing of what it says of bytes: all files are written anew.
    pub fn distrust(&mut self) {
        self.files.par_iter_mut().for_each(|(_, slot)| slot.is_trusted = false);
    }

    pub(super) fn pages(&self) -> usize {
        self.files.keys().filter(|path| is_page(path)).count()
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// What it says of a file, if that can be believed.
    pub(super) fn trusted(&self, path: &str) -> Option<Record> {
        self.files.get(path).filter(|slot| slot.is_trusted).map(|slot| slot.written)
    }

    /// The build that is under way has this file.
    pub(super) fn mark_current(&self, path: &str) {
        if let Some(slot) = self.files.get(path) {
            slot.is_current.store(true, Ordering::Relaxed);
        }
    }

    /// The files that the build that is under way has, too.
    pub(super) fn kept(&self) -> Vec<String> {
        self.paths(|slot| slot.is_current.load(Ordering::Relaxed))
    }

    /// Those that it has not.
    pub(super) fn stale(&self) -> Vec<String> {
        self.paths(|slot| !slot.is_current.load(Ordering::Relaxed))
    }

    fn paths(&self, fits: impl Fn(&Slot) -> bool + Sync) -> Vec<String> {
        let mut paths: Vec<String> =
            self.files.par_iter().filter(|(_, slot)| fits(slot)).map(|(path, _)| path.clone()).collect();
        paths.par_sort_unstable();
        paths
    }

    /// Every file, to be looked at.
    pub(super) fn par_iter(&self) -> impl ParallelIterator<Item = (&str, Record, bool)> {
        self.files.par_iter().map(|(path, slot)| (path.as_str(), slot.written, slot.is_trusted))
    }

    /// Somebody else has changed a file: all are to be looked at.
    pub fn look_again(&mut self) {
        self.is_seen = false;
    }

    /// A build begins that has no file yet.
    pub fn begin(&mut self) {
        self.files.par_iter_mut().for_each(|(_, slot)| *slot.is_current.get_mut() = false);
    }

    /// Learns what a build has changed.
    pub fn learn(&mut self, Difference { written, stale }: Difference) {
        for path in stale {
            self.files.remove(&path);
        }
        if self.files.is_empty() {
            self.files = written;
        } else {
            self.files.extend(written);
        }
        (self.is_known, self.is_damaged, self.is_seen) = (true, false, true);
    }

    /// How many files there are, the marker left out, and how many bytes they have.
    pub fn totals(&self) -> (usize, u64) {
        (self.files.len().saturating_sub(1), self.files.values().map(|slot| slot.written.size).sum())
    }

    /// Writes it, and removes the journal.
    ///
    /// # Errors
    /// If the disk is full: the journal then still stands.
    pub fn save(&self, places: &Places) -> io::Result<()> {
        let mut files: Vec<(&String, &Slot)> = self.files.iter().collect();
        files.par_sort_unstable_by_key(|(path, _)| *path);
        write_whole_with(&places.manifest, |file| print(self.inputs, &files, file))?;
        places.remove_journal()
    }
}

/// Files that were just written, as the manifest keeps them.
pub(super) fn slots<'a>(files: impl Iterator<Item = &'a (String, Record)>) -> HashMap<String, Slot> {
    files.map(|(path, file)| (path.clone(), Slot::of(*file))).collect()
}

impl Slot {
    /// A file that is as it was written.
    fn of(written: Record) -> Self {
        Self { written, is_trusted: true, is_current: AtomicBool::new(false) }
    }
}

impl Record {
    fn unknown() -> Self {
        Self { size: 0, digest: Digest::default(), modified: 0, fingerprint: None }
    }
}

/// Where an output folder's manifest and journal are.
#[derive(Clone, Debug)]
pub struct Places {
    /// What stands for the output folder in the names of files.
    pub id: String,
    manifest: PathBuf,
    journal: PathBuf,
}

impl Places {
    /// In a state folder, for the output folder of a site: named by the way from one to the other where there is one,
    /// so that a site may move with its state.
    pub fn of(state: &Path, root: &Path, output: &Path) -> Self {
        let real = |path: &Path| absolute(path).unwrap_or_else(|_| path.to_owned());
        let (root, output) = (real(root), real(output));
        let name = output.strip_prefix(&root).unwrap_or(&output);
        let id = Digest::quick(name.as_os_str().as_encoded_bytes()).to_string()[..8].to_owned();
        Self { manifest: state.join(format!("manifest-{id}")), journal: state.join(format!("journal-{id}")), id }
    }

    /// Writes down which files are about to change.
    pub(super) fn write_journal<'path>(&self, paths: impl Iterator<Item = &'path str>) -> io::Result<()> {
        let text: String = paths.flat_map(|path| [path, "\n"]).collect();
        write_whole(&self.journal, text.as_bytes())
    }

    fn remove_journal(&self) -> io::Result<()> {
        match fs::remove_file(&self.journal) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
            _ => Ok(()),
        }
    }
}

/// The form of the file, and the Heliostat whose fingerprints stand in it: another's mean nothing.
fn header() -> String {
    format!("heliostat manifest 3 {}", env!("HELIOSTAT_BUILD"))
}

fn parse(text: &str) -> Option<(Digest, HashMap<String, Slot>)> {
    let (first, rest) = text.split_once('\n')?;
    let (inputs, rest) = rest.split_once('\n')?;
    first.starts_with("heliostat manifest 3 ").then_some(())?;
    let is_ours = first == header();
    // The last line ends in a newline, or the file is not whole.
    rest.is_empty().then_some("").or(rest.strip_suffix('\n'))?;
    let lines: Vec<&str> = rest.lines().collect();
    let slots: Option<Vec<(String, Slot)>> = lines.par_iter().map(|line| parse_line(line)).collect();
    let mut slots = slots?;
    if !is_ours {
        slots.iter_mut().for_each(|(_, slot)| slot.written.fingerprint = None);
    }
    Some((Digest::parse(inputs)?, slots.into_iter().collect()))
}

fn parse_line(line: &str) -> Option<(String, Slot)> {
    let mut parts = line.splitn(5, ' ');
    let digest = Digest::parse(parts.next()?)?;
    let fingerprint = Some(parts.next()?).filter(|text| *text != "-").and_then(Digest::parse);
    let (size, modified) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((parts.next()?.to_owned(), Slot::of(Record { size, digest, modified, fingerprint })))
}

fn print(inputs: Digest, files: &[(&String, &Slot)], out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "{}\n{inputs}", header())?;
    files.chunks(PART * PARTS).try_for_each(|files| {
        let parts: Vec<String> = files.par_chunks(PART).map(print_part).collect();
        parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))
    })
}

/// So many lines are printed as one piece, and so many pieces beside each other.
const PART: usize = 1024;
const PARTS: usize = 8;

fn print_part(files: &[(&String, &Slot)]) -> String {
    let mut text = String::with_capacity(files.len() * 160);
    for (path, Slot { written, .. }) in files {
        written.digest.push_to(&mut text);
        text.push(' ');
        match written.fingerprint {
            Some(fingerprint) => fingerprint.push_to(&mut text),
            None => text.push('-'),
        }
        let _ = writeln!(text, " {} {} {path}", written.size, written.modified);
    }
    text
}
