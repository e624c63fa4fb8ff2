//! Files of the site that articles name by relative references: where one may lie, and which it is.

use std::path::{Path, PathBuf};

use super::is_hidden;
use crate::address::{beside, decoded};

/// Where a relative reference of a source may lie: beside it, in the folder that is called as the source is, as Hexo's users have it,
/// or, with a slash before it, among the static files or at the top of the content. Paths from the site's folder; the static folder
/// is written `/`.
pub fn candidates(source: &str, reference: &str) -> Vec<String> {
    let path = decoded(reference.split(['?', '#']).next().unwrap_or(reference));
    let top = source.split('/').next().unwrap_or_default();
    if path.starts_with('/') {
        let in_content = beside(&format!("{top}/"), &path);
        return vec![path.into_owned(), in_content];
    }
    let folder = source.rsplit_once('.').map_or(source, |(stem, _)| stem);
    let in_folder = beside(&format!("{folder}/"), &path);
    vec![beside(source, &path), format!("/{}", path.trim_start_matches("./")), in_folder]
}

/// Where else the relative reference of a note may lie, as Obsidian has it: in one of the folders above.
pub fn candidates_above(source: &str, reference: &str) -> impl Iterator<Item = String> {
    let path = decoded(reference.split(['?', '#']).next().unwrap_or(reference)).into_owned();
    let folder = source.rsplit_once('/').map(|(folder, _)| folder);
    let above = std::iter::successors(folder, |folder| folder.rsplit_once('/').map(|(above, _)| above)).skip(1);
    above.filter(|_| !reference.starts_with('/')).map(move |folder| beside(&format!("{folder}/"), &path))
}

/// The file of a candidate, if it is one and lies inside the site, in no folder that is hidden: a scraped article is not to show what
/// it likes.
pub fn locate(root: &Path, static_folder: &str, candidate: &str) -> Option<PathBuf> {
    let path = match candidate.strip_prefix('/') {
        // No way leads out of the static folder.
        Some(below) => root.join(static_folder).join(beside("", below)),
        None => root.join(candidate),
    };
    if !path.is_file() || is_in_hidden(candidate) {
        return None;
    }
    let (real, root) = (path.canonicalize().ok()?, root.canonicalize().ok()?);
    real.starts_with(root).then_some(real)
}

/// Whether a path, as it is written, leads through what is hidden. Links that the site's owner has laid lead where they lead.
pub fn is_in_hidden(path: &str) -> bool {
    path.split('/').any(|part| is_hidden(part.as_ref()))
}
