//! The lock: one process at a time in a folder, be it a build of a site or a change of a store's books.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;

const NAME: &str = "lock";

/// Let go when dropped, however the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    is_handed_over: bool,
}

impl Lock {
    /// Takes the lock of a folder, which is made. If another process holds it, `waiting` is told which, and we wait.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn take(state: &Path, waiting: impl FnOnce(&str)) -> io::Result<Self> {
        fs::create_dir_all(state)?;
        let mut holder = String::new();
        let file = File::options().read(true).write(true).create(true).truncate(false).open(state.join(NAME));
        let mut file = file.map_err(|fault| io::Error::new(fault.kind(), format!("its file `{NAME}`: {fault}")))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                file.read_to_string(&mut holder)?;
                waiting(holder.split_whitespace().next().unwrap_or_default());
                file.lock()?;
                file.rewind()?;
            }
            Err(TryLockError::Error(fault)) => return Err(fault),
        }
        holder.clear();
        file.read_to_string(&mut holder)?;
        let ours = name()?;
        let is_handed_over = !holder.trim().is_empty() && holder.trim() != ours;
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{ours}")?;
        Ok(Self { _file: file, is_handed_over })
    }

    /// Whether another process had it last, and may have changed what it guards.
    pub fn is_handed_over(&self) -> bool {
        self.is_handed_over
    }
}

/// This process: its number, and what tells it from another of that number, for every container has a process 1.
fn name() -> io::Result<&'static str> {
    static NAME: OnceLock<String> = OnceLock::new();
    if NAME.get().is_none() {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let _ = NAME.set(format!("{} {}", std::process::id(), data_encoding::HEXLOWER.encode(&random)));
    }
    Ok(NAME.get().map_or("", String::as_str))
}
