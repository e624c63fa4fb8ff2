//! Which addresses are taken: as files, and as the folders that hold them.

use std::borrow::Cow;
use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

/// Files that a site has, and their folders, so that no page stands where another's folder must be.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    files: HashSet<String>,
    folders: HashSet<String>,
    /// Files that are no pages, above which no page may stand.
    others: HashSet<String>,
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
            && !is_below_medium(path)
            && !folders_of(path).any(|folder| self.files.contains(folder) || self.others.contains(folder))
    }

    /// Says that a file is there that is no page.
    pub(crate) fn keep_clear(&mut self, path: &str) {
        self.others.insert(path.to_owned());
    }

    /// Says that a folder is there.
    pub(crate) fn keep_folder(&mut self, folder: &str) {
        self.folders.insert(folder.to_owned());
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

/// Whether a page would stand below a file of media: these have their digests for names, `media/3f/3f…e1.webp`.
fn is_below_medium(path: &str) -> bool {
    let Some(below) = path.strip_prefix("media/") else { return false };
    let mut parts = below.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(fan), Some(name), Some(_)) => fan.len() == 2 && name.starts_with(fan) && name.contains('.'),
        _ => false,
    }
}

/// The folders that hold a file, outermost first.
pub(crate) fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'/', path.as_bytes()).map(|at| &path[..at])
}

/// File systems that fold case or normalise names must not lose a page. By way of the capitals, for `ς` and `σ` have one, and `ß` is `SS`.
pub(crate) fn folded(path: &str) -> Cow<'_, str> {
    if path.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(path.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn names_that_a_file_system_may_take_for_one_are_one() {
        for (one, other) in
            [("A.html", "a.html"), ("é", "e\u{301}"), ("οδός", "ΟΔΌΣ"), ("ſee", "SEE"), ("straße", "STRASSE")]
        {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("港/a"), folded("港口/a"));
    }
}
