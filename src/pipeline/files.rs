//! Files that are no pages: published media, the theme's assets, and what is copied as it is.

use rayon::prelude::*;

use super::given::Given;
use super::recall::Circumstances;
use super::recent::Pictures;
use crate::config::FILE_NAME;
use crate::diagnostics::{Code, Diagnostic};
use crate::media::attachments::Attachment;
use crate::media::store::Store;
use crate::plan::SiteMap;
use crate::plan::taken::{Taken, folded};
use crate::read::statics::StaticFile;
use crate::write::{Stage, put_fault};

/// What `[[nav]]` names and nobody makes.
pub(super) fn dead_ends(given: &Given<'_>, map: &SiteMap, attachments: &[Attachment]) -> Vec<Diagnostic> {
    let is_made = |path: &str| {
        map.pages.iter().any(|page| page.path == path)
            || given.statics.iter().any(|file| file.path == path)
            || attachments.iter().any(|attachment| attachment.file.path == path)
            || given.theme.assets.iter().any(|(file, _)| file == path)
    };
    let paths =
        given.circumstances.config.nav.iter().filter_map(|nav| nav.path.as_deref()).filter(|path| !is_made(path));
    let fault = |path: &str| {
        Diagnostic::warning(Code::Config, format!("nav: the site has no page `{path}`"))
            .in_file(FILE_NAME)
            .hint("`heliostat list` says where articles are; those of `pages/` are named as their files")
    };
    paths.map(fault).collect()
}

/// Puts media, assets, static files and attachments into the stage; says what was left out.
pub(super) fn copy(
    given: &Given<'_>,
    map: &SiteMap,
    pictures: &Pictures,
    stage: &Stage<'_>,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let Given { circumstances: Circumstances { config, began, .. }, theme, .. } = given;
    let store = Store::open(&config.media.store).map_err(|fault| put_fault("media", &fault))?;
    let media = pictures.rescued.gallery.files();
    media.par_iter().try_for_each(|(path, variant)| {
        stage.put_medium(path, &store.variant_path(variant), variant.bytes).map_err(|fault| put_fault(path, &fault))
    })?;
    for (path, bytes) in &theme.assets {
        stage.put(path, None, bytes).map_err(|fault| put_fault(path, &fault))?;
    }
    let media = media.keys().map(String::as_str);
    let (free, mut faults) = free_files(given, map, &pictures.attachments, media);
    let copied: Result<Vec<Option<Diagnostic>>, Diagnostic> =
        free.par_iter().map(|file| put(file, *began, stage)).collect();
    faults.extend(copied?.into_iter().flatten());
    Ok(faults)
}

/// Static files and attachments that a build would leave out, for a page or an asset has their address.
pub(super) fn clashes(given: &Given<'_>, map: &SiteMap, attachments: &[Attachment]) -> Vec<Diagnostic> {
    free_files(given, map, attachments, std::iter::empty()).1
}

/// Static files and attachments whose address is theirs alone; what there is to say about the others.
fn free_files<'a>(
    given: &'a Given<'_>,
    map: &'a SiteMap,
    attachments: &'a [Attachment],
    media: impl Iterator<Item = &'a str>,
) -> (Vec<&'a StaticFile>, Vec<Diagnostic>) {
    let attached = attachments.iter().map(|attachment| &attachment.file);
    let files: Vec<&StaticFile> = given.statics.iter().chain(attached).collect();
    if files.is_empty() {
        return (files, Vec::new());
    }
    let pages = map.pages.iter().map(|page| page.path.as_str());
    let assets = given.theme.assets.iter().map(|(path, _)| path.as_str());
    // Static files are few: so the pages are looked up among them, and few are remembered.
    let ours = Taken::of(files.iter().map(|file| file.path.as_str()));
    let taken = Taken::of(pages.chain(assets).chain(media).filter(|path| !ours.is_free(&folded(path))));
    let (free, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| taken.is_free(&folded(&file.path)));
    (free, others.into_iter().map(StaticFile::is_taken).collect())
}

fn put(file: &StaticFile, began: i64, stage: &Stage<'_>) -> Result<Option<Diagnostic>, Diagnostic> {
    let fingerprint = file.fingerprint(began);
    if fingerprint.is_some_and(|fingerprint| stage.keeps(&file.path, fingerprint)) {
        return Ok(None);
    }
    match file.open() {
        Ok(mut original) => {
            let put = stage.put_copy(&file.path, fingerprint, &mut original);
            put.map_err(|fault| put_fault(&file.path, &fault)).map(|()| None)
        }
        Err(fault) => Ok(Some(fault)),
    }
}
