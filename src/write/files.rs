//! What is done with single files and folders: written, removed, synced, exchanged.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::retry_on_intr;

use crate::digest::Digest;

/// A folder that is open: what is written into it is looked up from there, and not from the root of all folders.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    handle: fs::File,
}

impl Folder {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self { handle: fs::File::open(&path)?, path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Says when the file system thinks that it was modified.
    pub(super) fn write_new(&self, path: &str, bytes: &[u8]) -> io::Result<i64> {
        let mut file = self.create(path)?;
        file.write_all(bytes)?;
        Ok(modified(&file.metadata()?))
    }

    /// The same for a file as another one is; its digest and size, too.
    pub(super) fn copy_new(&self, path: &str, original: &mut fs::File) -> io::Result<(i64, (Digest, u64))> {
        let mut file = self.create(path)?;
        let copied = Digest::quick_of(original, |bytes| file.write_all(bytes))?;
        Ok((modified(&file.metadata()?), copied))
    }

    fn create(&self, path: &str) -> io::Result<fs::File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
        let open = || -> io::Result<_> {
            Ok(retry_on_intr(|| openat(&self.handle, path, flags, Mode::from_raw_mode(0o666)))?)
        };
        let file = match open() {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
                make_folder_of(&self.path.join(path))?;
                open()?
            }
            opened => opened?,
        };
        Ok(fs::File::from(file))
    }
}

/// The lock of an output folder, which two sites may name: a file beside it, there while a build writes. Let go when dropped.
#[derive(Debug)]
pub struct OutputLock {
    file: Option<fs::File>,
    path: PathBuf,
}

impl OutputLock {
    /// None if another process has it. Where there can be no lock, nobody is kept out: a build then fails with its first file.
    pub(super) fn take(path: PathBuf) -> Option<Self> {
        loop {
            let Ok(file) = fs::File::options().create(true).write(true).truncate(false).open(&path) else {
                return Some(Self { file: None, path });
            };
            if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
                return None;
            }
            // Who had it may have removed it between the two.
            if is_same(&file, &path) {
                return Some(Self { file: Some(file), path });
            }
        }
    }
}

impl Drop for OutputLock {
    /// While it is held: who opens the file from now on has another.
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether an open file is still that of a path.
#[cfg(unix)]
fn is_same(file: &fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let number = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().is_ok_and(|open| path.metadata().is_ok_and(|there| number(open) == number(there)))
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_same(_: &fs::File, _: &Path) -> bool {
    true
}

/// Does something with a path whose folder may be missing: most are there, so it is made only when that fails.
pub(super) fn with_folder<T>(path: &Path, act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match act() {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
            make_folder_of(path)?;
            act()
        }
        result => result,
    }
}

fn make_folder_of(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))
}

pub(super) fn remove_tree(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

pub(super) fn remove_file_and_empty_folders(root: &Path, path: &str) -> io::Result<()> {
    let file = root.join(path);
    match fs::remove_file(&file) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut folder = file.parent();
    while let Some(empty) = folder.filter(|folder| *folder != root && fs::remove_dir(folder).is_ok()) {
        folder = empty.parent();
    }
    Ok(())
}

/// Without this a power cut after the exchange leaves empty files behind.
#[cfg(target_os = "linux")]
pub(super) fn sync_file_system(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn sync_file_system(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

/// Says whether the file system could exchange the two.
#[cfg(target_os = "linux")]
pub(super) fn exchange_folders(a: &Path, b: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(
            rustix::io::Errno::INVAL
            | rustix::io::Errno::NOSYS
            | rustix::io::Errno::OPNOTSUPP
            | rustix::io::Errno::XDEV,
        ) => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn exchange_folders(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Where other file systems are mounted. (`proc_pid_mountinfo(5)`: the fifth field, with blanks and the like as `\040`.)
#[cfg(target_os = "linux")]
pub(super) fn mounts() -> Vec<PathBuf> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let points = table.lines().filter_map(|line| line.split(' ').nth(4));
    let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    points
        .map(|point| escapes.iter().fold(point.to_owned(), |path, (from, to)| path.replace(from, to)).into())
        .collect()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn mounts() -> Vec<PathBuf> {
    Vec::new()
}

/// Nanoseconds since 1970.
pub(super) fn modified(metadata: &fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_folder_is_one_builds_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let first = OutputLock::take(path("a"));
        assert!(first.is_some() && OutputLock::take(path("a")).is_none());
        assert!(OutputLock::take(path("b")).is_some() && !path("b").exists());
        drop(first);
        assert!(!path("a").exists() && OutputLock::take(path("a")).is_some());
    }
}
