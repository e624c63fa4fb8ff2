//! Which addresses are taken: as files, and as the folders that hold them.

use std::borrow::Cow;
use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

/// Files that a site has, and their folders, so that no page stands where another's folder must be.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    files: HashSet<String>,
    folders: HashSet<String>,
}

impl Taken {
    /// The addresses of these files.
    pub(crate) fn of<'path>(paths: impl Iterator<Item = &'path str>) -> Self {
        let mut taken = Self::default();
        paths.for_each(|path| taken.take(&folded(path)));
        taken
    }

    /// Whether a file may stand at a folded path: nothing is there, and nothing above it is a file.
    pub(crate) fn is_free(&self, path: &str) -> bool {
        !self.files.contains(path)
            && !self.folders.contains(path)
            && !folders_of(path).any(|folder| self.files.contains(folder))
    }

    /// Takes a folded path.
    pub(crate) fn take(&mut self, path: &str) {
        for folder in folders_of(path).filter(|folder| !folder.is_empty()) {
            if !self.folders.contains(folder) {
                self.folders.insert(folder.to_owned());
            }
        }
        self.files.insert(path.to_owned());
    }
}

/// The folders that hold a file, outermost first.
pub(crate) fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// File systems that fold case or normalise names must not lose a page.
pub(crate) fn folded(path: &str) -> Cow<'_, str> {
    if path.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(path.nfc().flat_map(char::to_lowercase).collect())
    }
}
