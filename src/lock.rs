//! The lock: one process at a time in a folder, be it a build of a site or a change of a store's books.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

const NAME: &str = "lock";

/// Let go when dropped, however the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder, which is made. If another process holds it, `waiting` is told which, and we wait.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn take(state: &Path, waiting: impl FnOnce(&str)) -> io::Result<Self> {
        fs::create_dir_all(state)?;
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(state.join(NAME))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder)?;
                waiting(holder.trim());
                file.lock()?;
            }
            Err(TryLockError::Error(fault)) => return Err(fault),
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { _file: file })
    }
}
