//! Files that are published as they are: those of the static folder.

use std::fs::File;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Stamp;
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};

/// A file that is published as it is.
#[derive(Debug)]
pub struct StaticFile {
    /// Its output file.
    pub path: String,
    file: PathBuf,
    stamp: Stamp,
}

impl StaticFile {
    /// A file, to be published at a path.
    ///
    /// # Errors
    /// The diagnostic of a file that cannot be read.
    pub fn new(path: String, file: &Path) -> Result<Self, Diagnostic> {
        let stamp = Stamp::of(file).map_err(|fault| unreadable(file, &fault.to_string()))?;
        Ok(Self { path, file: file.to_owned(), stamp })
    }

    /// The digest of its stamp, if its bytes cannot have changed since a build `began`, in nanoseconds since 1970, without changing that.
    pub fn fingerprint(&self, began: i64) -> Option<Digest> {
        self.stamp.rests(began).then(|| self.stamp.digest())
    }

    /// Opens it for reading.
    ///
    /// # Errors
    /// The diagnostic of a file that cannot be read.
    pub fn open(&self) -> Result<File, Diagnostic> {
        File::open(&self.file).map_err(|fault| unreadable(&self.file, &fault.to_string()))
    }

    /// That another file of the site has its address.
    pub fn is_taken(&self) -> Diagnostic {
        Diagnostic::warning(Code::Collision, "a page or asset of the site has this address; the file is left out")
            .in_file(self.file.display().to_string())
            .hint("rename the file")
    }
}

/// The digest of all static files, as far as their stamps tell; none if one of them was touched just now.
pub fn digest(files: &[StaticFile], began: i64) -> Option<Digest> {
    let mut digester = Digester::new();
    for file in files {
        digester.text(&file.path).digest(file.fingerprint(began)?);
    }
    Some(digester.finish())
}

/// Lists the files below a folder, sorted; it need not be there.
pub fn find(folder: &Path) -> (Vec<StaticFile>, Vec<Diagnostic>) {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    if !folder.is_dir() {
        return (files, faults);
    }
    for entry in WalkDir::new(folder).follow_links(false).sort_by_file_name() {
        match entry.map_err(|fault| unreadable(fault.path().unwrap_or(folder), &why(&fault))) {
            Ok(entry) if entry.file_type().is_file() => match of_file(folder, entry.path()) {
                Ok(file) => files.push(file),
                Err(fault) => faults.push(fault),
            },
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => faults.push(
                Diagnostic::warning(Code::Unreadable, "a link, or no file at all; it is left out")
                    .in_file(entry.path().display().to_string())
                    .hint("copy what it leads to into the folder"),
            ),
            Err(fault) => faults.push(fault),
        }
    }
    (files, faults)
}

fn of_file(folder: &Path, file: &Path) -> Result<StaticFile, Diagnostic> {
    let below = file.strip_prefix(folder).ok().and_then(Path::to_str);
    let Some(path) = below.filter(|path| !path.contains(char::is_control)) else {
        return Err(Diagnostic::warning(Code::Name, "the name cannot be used in an address; the file is left out")
            .in_file(file.display().to_string())
            .hint("rename the file"));
    };
    StaticFile::new(path.to_owned(), file)
}

fn why(fault: &walkdir::Error) -> String {
    fault.io_error().map_or_else(|| fault.to_string(), ToString::to_string)
}

fn unreadable(file: &Path, why: &str) -> Diagnostic {
    Diagnostic::warning(Code::Unreadable, why).in_file(file.display().to_string()).hint("look at its permissions")
}
