//! Files written whole or not at all.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// How long what is written must last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// After a power cut the old site stands there, or the new one.
    PowerCut,
    /// It may be lost with the machine's memory: a preview.
    Process,
}

/// How names begin of files that are still coming.
pub const UNFINISHED: &str = ".new-";

/// Removes what a process that was killed had begun to write in a folder. Nobody else may be writing there.
pub fn remove_unfinished(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Writes a file, and its folder: after a crash or a power cut the old file stands there, or the new one.
///
/// # Errors
/// If it cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// The same for a file that is written piece by piece.
///
/// # Errors
/// If it cannot be written.
pub fn write_whole_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let file = beside(path, write)?;
    file.as_file().sync_data()?;
    file.persist(path)?;
    Ok(())
}

/// Writes a file whose bytes carry their own digest: a power cut may damage it, which its reader will notice.
///
/// # Errors
/// If it cannot be written.
pub fn write_checked(path: &Path, bytes: &[u8]) -> io::Result<()> {
    beside(path, |file| file.write_all(bytes))?.persist(path)?;
    Ok(())
}

fn beside(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    write(file.as_file_mut())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    Ok(file)
}
