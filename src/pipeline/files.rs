//! Files that are no pages: published media, the theme's assets, and what is copied as it is.

use rayon::prelude::*;

use super::given::Given;
use super::recall::Circumstances;
use super::recent::Pictures;
use crate::config::{Config, FILE_NAME};
use crate::diagnostics::{Code, Diagnostic};
use crate::media::store::Store;
use crate::plan::SiteMap;
use crate::plan::taken::{Taken, folded};
use crate::read::statics::StaticFile;
use crate::render::theme::Theme;
use crate::write::{Stage, put_fault};

/// What `[[nav]]` names and nobody makes.
pub(super) fn dead_ends(config: &Config, map: &SiteMap, theme: &Theme, statics: &[StaticFile]) -> Vec<Diagnostic> {
    let is_made = |path: &str| {
        map.pages.iter().any(|page| page.path == path)
            || statics.iter().any(|file| file.path == path)
            || theme.assets.iter().any(|(file, _)| file == path)
    };
    let paths = config.nav.iter().filter_map(|nav| nav.path.as_deref()).filter(|path| !is_made(path));
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
    let Given { circumstances: Circumstances { config, began, .. }, theme, statics, .. } = given;
    let store = Store::open(&config.media.store).map_err(|fault| put_fault("media", &fault))?;
    let media = pictures.rescued.gallery.files();
    media.par_iter().try_for_each(|(path, variant)| {
        stage.put_medium(path, &store.variant_path(variant), variant.bytes).map_err(|fault| put_fault(path, &fault))
    })?;
    for (path, bytes) in &theme.assets {
        stage.put(path, None, bytes).map_err(|fault| put_fault(path, &fault))?;
    }
    let attached = pictures.attachments.iter().map(|attachment| &attachment.file);
    let files: Vec<&StaticFile> = statics.iter().chain(attached).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let pages = map.pages.iter().map(|page| page.path.as_str());
    // Static files are few: so the pages are looked up among them, and few are remembered.
    let ours = Taken::of(files.iter().map(|file| file.path.as_str()));
    let made = theme.assets.iter().map(|(path, _)| path).chain(media.keys()).map(String::as_str);
    let others = pages.chain(made);
    let taken = Taken::of(others.filter(|path| !ours.is_free(&folded(path))));
    let is_free = |file: &StaticFile| taken.is_free(&folded(&file.path));
    let copied: Result<Vec<Option<Diagnostic>>, Diagnostic> = files
        .par_iter()
        .map(|file| if is_free(file) { put(file, *began, stage) } else { Ok(Some(file.is_taken())) })
        .collect();
    Ok(copied?.into_iter().flatten().collect())
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
