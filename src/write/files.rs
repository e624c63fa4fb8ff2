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

/// The lock of an output folder, which two sites may name. It lies among the system's temporary files, so that it is in nobody's way, and is
/// let go when dropped.
#[derive(Debug)]
pub(super) struct OutputLock {
    _file: Option<fs::File>,
}

impl OutputLock {
    /// None if another process has it. Where there can be no lock, nobody is kept out.
    pub(super) fn take(output: &Path) -> Option<Self> {
        let digest = Digest::of(output.as_os_str().as_encoded_bytes());
        let path = std::env::temp_dir().join(format!("heliostat-{digest}.lock"));
        let file = fs::File::options().create(true).write(true).truncate(false).open(path).ok();
        match file.as_ref().map(fs::File::try_lock) {
            Some(Err(fs::TryLockError::WouldBlock)) => None,
            _ => Some(Self { _file: file }),
        }
    }
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
        let first = OutputLock::take(folder.path());
        assert!(first.is_some() && OutputLock::take(folder.path()).is_none());
        assert!(OutputLock::take(&folder.path().join("other")).is_some());
        drop(first);
        assert!(OutputLock::take(folder.path()).is_some());
    }
}
