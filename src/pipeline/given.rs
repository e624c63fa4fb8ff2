//! What can be known of a site before its articles are read: configuration, theme, its own pages and files, and which articles there
//! are.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::recall::{self, Circumstances};
use super::recent::{self, Recent};
use super::{Log, Memory, Options, file_clock, files};
use crate::config::{self, Config, FILE_NAME};
use crate::diagnostics::{Code, Diagnostic};
use crate::digest::{Digest, Digester};
use crate::media::attachments::{self, Attachment};
use crate::media::local::LocalFiles;
use crate::parse::{self, Entry};
use crate::plan::taken::{Taken, folded};
use crate::plan::withdraw::Withdrawn;
use crate::plan::{self, Own, SiteMap};
use crate::read;
use crate::read::statics::{self, StaticFile};
use crate::render::labels::Labels;
use crate::render::targets::{Reachable, Targets};
use crate::render::theme::Theme;
use crate::render::{self, CustomPage};
use crate::write::Removals;

/// What can be known of a site before its articles are read.
pub(super) struct Given<'build> {
    pub(super) circumstances: Circumstances<'build>,
    pub(super) theme: Arc<Theme>,
    pub(super) customs: Vec<CustomPage>,
    /// The digest of these, and of what there was to say about them.
    pub(super) customs_digest: Digest,
    pub(super) statics: Vec<StaticFile>,
    pub(super) discovered: read::Discovered,
    pub(super) matches: Vec<recall::Match>,
    /// What is known of pictures that lie beside articles.
    pub(super) local_files: LocalFiles,
    /// What there is to say about static files.
    statics_faults: Vec<Diagnostic>,
}

impl<'build> Given<'build> {
    pub(super) fn look(
        config: &'build Config,
        options: Options<'_>,
        memory: &mut Memory,
        recent: Option<&mut Recent>,
        log: &mut Log<'_>,
    ) -> Result<Self, Diagnostic> {
        let now = options.now;
        let circumstances = Circumstances { config, now, began: file_clock(), keeps_bodies: options.keeps_bodies };
        log.said.extend(config.base_url.is_none().then(no_base_url));
        let narrowed = recent.zip(options.changes).and_then(|(recent, changes)| {
            let narrow = recent.narrow(changes, config, memory.known(), now)?;
            Some((recent, narrow))
        });
        let (theme, discovered, matches);
        if let Some((recent, narrow)) = narrowed {
            theme = if narrow.has_theme { Arc::new(load_theme(config)?) } else { Arc::clone(&recent.theme) };
            (discovered, matches) = (std::mem::take(&mut recent.discovered), narrow.matches);
        } else {
            theme = Arc::new(load_theme(config)?);
            let discover = || read::discover(&config.root, &config.content, &config::not_content(config));
            (discovered, ()) = log.time("discover", || rayon::join(discover, || memory.wake()));
            if options.removals == Removals::Few {
                keep_articles(&discovered, &memory.sources)?;
            }
            matches = log.time("compare", || recall::compare(&discovered.found, memory.known(), &config.root, now));
        }
        if options.removals == Removals::Few {
            keep_own(config)?;
        }
        log.said.extend(theme.faults.iter().cloned());
        log.said.extend(discovered.faults.iter().cloned());
        log.said.extend((discovered.found.is_empty() && discovered.faults.is_empty()).then(|| no_articles(config)));
        let (customs, mut custom_faults) = custom_pages(config, now);
        custom_faults.extend(missing_folder(config, "pages", &config.pages, config::PAGES));
        let (statics, mut statics_faults) = statics::find(&config.root.join(&config.static_folder));
        statics_faults.extend(missing_folder(config, "static", &config.static_folder, config::STATIC));
        log.said.extend(statics_faults.iter().cloned());
        // Articles may link to static files, and to the theme's.
        let assets = theme.assets.iter().map(|(path, _)| path.as_str());
        let names: Vec<&str> = statics.iter().map(|file| file.path.as_str()).chain(assets).collect();
        let customs_digest = Digester::new().digest(recent::digest_of(&customs, &custom_faults)).value(&names).finish();
        log.said.extend(custom_faults);
        let local_files = memory.local_files();
        Ok(Self {
            circumstances,
            theme,
            customs,
            customs_digest,
            statics,
            discovered,
            matches,
            local_files,
            statics_faults,
        })
    }

    /// Plans the site.
    pub(super) fn plan(&self, entries: &[Arc<Entry>], withdrawn: &Withdrawn) -> (SiteMap, Vec<Diagnostic>) {
        let own = Own {
            customs: self.customs.iter().map(CustomPage::named).collect(),
            statics: self.statics.iter().map(|file| file.path.as_str()).collect(),
            assets: self.theme.assets.iter().map(|(path, _)| path.as_str()).collect(),
        };
        plan::plan(entries, withdrawn, &own, self.circumstances.config)
    }

    /// The documents of these that are there; what the static folder has stands for what they would be.
    pub(super) fn attachments(&self, files: BTreeSet<String>) -> Vec<Attachment> {
        let mut taken = Taken::of(self.statics.iter().map(|file| file.path.as_str()));
        let take = |path: &str| {
            let is_free = taken.is_free(&folded(path));
            taken.take(&folded(path));
            is_free
        };
        attachments::find(files, self.circumstances.config, take)
    }

    pub(super) fn targets<'site>(
        &'site self,
        entries: &'site [Arc<Entry>],
        map: &'site SiteMap,
        attachments: &'site [Attachment],
    ) -> Targets<'site> {
        let statics = self.statics.iter().map(|file| file.path.as_str());
        let files = statics.chain(self.theme.assets.iter().map(|(path, _)| path.as_str())).collect();
        let reachable = Reachable { entries, customs: &self.customs, map, files, attachments };
        Targets::of(reachable, self.circumstances.config)
    }

    /// What leads nowhere within the site: links of its articles and pages, and of its navigation.
    pub(super) fn dead_ends(
        &self,
        entries: &[Arc<Entry>],
        map: &SiteMap,
        attachments: &[Attachment],
        targets: &Targets<'_>,
    ) -> Vec<Diagnostic> {
        let of_navigation = files::dead_ends(self, map, attachments);
        if targets.is_empty() {
            return of_navigation;
        }
        let standing = entries.iter().zip(&map.articles).filter(|(_, planned)| !planned.is_withdrawn());
        let articles = standing.map(|(entry, planned)| (entry.as_ref(), planned.path.as_str()));
        let customs = self.customs.iter().map(|custom| &custom.entry).zip(map.customs.iter().map(String::as_str));
        let linking = articles.chain(customs).filter(|(entry, _)| !entry.site_links.is_empty());
        linking.flat_map(|(entry, page)| targets.faults(map, entry, page)).chain(of_navigation).collect()
    }

    /// The digest of all that the site is made of but the sources, if that can be told, and of what there is to say about its folders:
    /// `books` are the store's and `pictures` the site's own files, as they were when they were looked at.
    pub(super) fn inputs(&self, books: Digest, pictures: Option<Digest>) -> Option<Digest> {
        let Circumstances { config, began, .. } = self.circumstances;
        let mut digester = Digester::new();
        digester.text(env!("HELIOSTAT_BUILD")).digest(config.keys.all).digest(self.theme.digest());
        digester.digest(self.customs_digest);
        digester.digest(statics::digest(&self.statics, began)?).digest(books);
        digester.digest(pictures?).value(&self.theme.faults);
        digester.value(&self.discovered.faults).value(&self.statics_faults);
        Some(digester.finish())
    }
}

fn load_theme(config: &Config) -> Result<Theme, Diagnostic> {
    render::theme::load(config, &Labels::of(config))
}

fn no_base_url() -> Diagnostic {
    Diagnostic::warning(Code::BaseUrl, "feeds, sitemaps and canonical addresses are left out, for they need one")
        .in_file(crate::config::FILE_NAME)
        .hint("set base_url to where the site will be reached, or use --base-url")
}

/// A folder that cannot be read, on a disk that is not there, has not lost its articles.
fn keep_articles(discovered: &read::Discovered, sources: &recall::Sources) -> Result<(), Diagnostic> {
    for folder in &discovered.unread {
        let is_below = |path: &&str| path.strip_prefix(&**folder).is_some_and(|rest| rest.starts_with('/'));
        let lost = sources.of_articles().filter(is_below).count();
        if lost > 0 {
            let articles = if lost == 1 { "an article".to_owned() } else { format!("{lost} articles") };
            let message = format!("cannot be read; the last build found {articles} there, so nothing was changed");
            return Err(Diagnostic::error(Code::Unreadable, message)
                .in_file(folder.clone())
                .hint("bring it back; if they are meant to go, build with --allow-removals"));
        }
    }
    Ok(())
}

/// A link to a folder on a disk that is not there has not lost what is in it.
fn keep_own(config: &Config) -> Result<(), Diagnostic> {
    let is_lost = |folder: &&String| {
        let path = config.root.join(folder);
        path.symlink_metadata().is_ok() && !path.is_dir()
    };
    let Some(folder) = [&config.pages, &config.static_folder].into_iter().find(is_lost) else { return Ok(()) };
    Err(Diagnostic::error(Code::Unreadable, "is no folder, or leads to none; nothing was changed")
        .in_file(folder.clone())
        .hint("bring it back; if what was in it is meant to go, remove it, or build with --allow-removals"))
}

/// A file that cannot be read, or is empty because somebody is writing it, has not lost its article.
pub(super) fn keep_known(lost: &[Arc<str>]) -> Result<(), Diagnostic> {
    let Some(first) = lost.first() else { return Ok(()) };
    let count = if lost.len() > 1 { format!(" (one of {})", lost.len()) } else { String::new() };
    let message = format!("gives no article any more{count}; the last build had one of it, so nothing was changed");
    Err(Diagnostic::error(Code::Unreadable, message)
        .in_file(&**first)
        .hint("bring it back, or delete the file; if it is meant to be empty, build with --allow-removals"))
}

fn no_articles(config: &Config) -> Diagnostic {
    let message = format!("holds no file that ends in {}: the site has no articles", read::ENDINGS.join(", "));
    Diagnostic::warning(Code::Empty, message)
        .in_file(config.content.join(", "))
        .hint("put articles there, or name the folders that hold them in `content` of site.toml")
}

pub(super) fn none_is_left() -> Diagnostic {
    Diagnostic::warning(Code::Empty, "[[include]] and [[exclude]] leave no article: the site has none")
        .in_file(FILE_NAME)
        .hint("`heliostat list --json` names each article's outlet as the rules must")
}

/// A folder that site.toml names, if it is not there; one that it need not name may be missing.
fn missing_folder(config: &Config, key: &str, folder: &str, usual: &str) -> Option<Diagnostic> {
    let is_missing = folder != usual && !config.root.join(folder).is_dir();
    let fault = || Diagnostic::warning(Code::Empty, "there is no such folder").in_file(folder);
    is_missing.then(|| fault().hint(format!("mend `{key}` in site.toml, or take it out")))
}

/// Pages that are no articles: they have a name for an address and are in no list.
fn custom_pages(config: &Config, now: DateTime<Utc>) -> (Vec<CustomPage>, Vec<Diagnostic>) {
    if !config.root.join(&config.pages).is_dir() {
        return (Vec::new(), Vec::new());
    }
    let read::Discovered { found, faults: mut said, .. } =
        read::discover(&config.root, std::slice::from_ref(&config.pages), &[]);
    let mut customs = Vec::new();
    for file in found {
        let source = match read::read(&file, &config.root) {
            Ok((source, _)) => source,
            Err(fault) => {
                said.push(fault);
                continue;
            }
        };
        let parsed = parse::parse(&source, config, now);
        said.extend(parsed.diagnostics.into_iter().filter(|fault| fault.code() != Code::Date));
        if let Ok(article) = parsed.article {
            let (name, faults) = plan::custom::name_of(&article.entry, &source.below_content, config);
            said.extend(faults);
            customs.push(CustomPage { name, digest: article.digest(), entry: article.entry, body: article.body.0 });
        }
    }
    (customs, said)
}
