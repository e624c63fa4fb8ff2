//! The stages, called in their order: [`build`] is the one way from a site's folder to its output.
//!
//! It alone knows that anything is remembered ([`Memory`]), in these places:
//!
//! 1. nothing at all has changed: the last build's counts and faults are said again;
//! 2. [`mod@recall`]: a source that has not changed is not parsed again;
//! 3. [`fingerprint`]: a page that shows nothing new is not rendered again;
//! 4. [`recent`]: within one process, what was planned is not planned again.

mod files;
mod fingerprint;
mod memory;
mod proof;
mod recall;
mod recent;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::buffers;
use crate::config::{self, Config};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::digest::{Digest, Digester};
use crate::media::{self, Gallery};
use crate::parse::{self, Entry};
use crate::plan::permalink::Pattern;
use crate::plan::withdraw::Withdrawn;
use crate::plan::{self, ArticleId, PageKind, SiteMap};
pub use crate::progress::{Progress, Silent};
use crate::read::{self, Source};
use crate::render::labels::Labels;
use crate::render::targets::Targets;
use crate::render::theme::Theme;
use crate::render::{self, Custom, Site};
pub use crate::state::last::Counts;
use crate::state::last::Last;
use crate::state::sources::Known;
use crate::write::{Durability, Manifest, Removals, Stage, Summary, put_fault};
use files::StaticFile;
use fingerprint::{Fingerprints, Shown};
use memory::Said;
pub use memory::{Memory, Use};
use recall::{Circumstances, Recalled};
use recent::{Holds, Pictures, Plan, Recent};

/// What a build did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What there is.
    pub counts: Counts,
    /// What was written.
    pub files: Summary,
    /// How long each stage took.
    pub timings: Vec<(&'static str, Duration)>,
}

/// How far a build goes.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// All that has changed since the last build of this process, from the site's folder, if that is known.
    pub changes: Option<&'a BTreeSet<PathBuf>>,
    /// Whether most of a site may be removed.
    pub removals: Removals,
    /// How long the site must last.
    pub durability: Durability,
    /// Whether pages are rendered: bodies are put aside for that alone.
    pub keeps_bodies: bool,
}

/// The build's moment: `SOURCE_DATE_EPOCH` if it is set (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub fn now() -> DateTime<Utc> {
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    epoch.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now)
}

/// The moment as files know it, in nanoseconds since 1970.
fn file_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// So many articles or pages a thread takes at most in one piece: what is left of its piece, nobody can take from it.
const AT_A_TIME: usize = 64;

/// A build that sources outran is tried again, so often.
const TRIES: usize = 3;

/// Builds a site; what it leaves for the next build stands in `memory`, to be [saved](Memory::save).
///
/// # Errors
/// What stops a build; whatever else there is to say stands in `report`, errors or not.
pub fn build(
    config: &Config,
    options: Options<'_>,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
    memory: &mut Memory,
) -> Result<Outcome, Diagnostic> {
    for _ in 0..TRIES {
        let mut said = Vec::new();
        let outcome = try_build(config, options, now, progress, &mut said, memory);
        if let Some(outcome) = outcome.transpose() {
            report.extend(said);
            return outcome;
        }
    }
    Err(recall::outrun())
}

/// Builds a site; nothing comes of it if sources changed after they were recalled.
fn try_build(
    config: &Config,
    options: Options<'_>,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    said: &mut Vec<Diagnostic>,
    memory: &mut Memory,
) -> Result<Option<Outcome>, Diagnostic> {
    let mut clock = Clock::default();
    let mut recent = memory.recent.take().filter(|recent| recent.config == config.keys.all);
    let mut given = Given::look(config, now, options, (memory, recent.as_mut()), said, &mut clock)?;
    if let Some(outcome) = memory.repeat(&given, said, &mut clock) {
        memory.recent = recent.map(|recent| Recent { found: std::mem::take(&mut given.found), ..recent });
        return Ok(Some(outcome));
    }
    let recalled = recall(&given, memory, progress, said, &mut clock)?;
    let customs = given.customs_digest;
    let holds = recent.as_ref().map(|recent| recent.holds(&recalled.entries, customs)).unwrap_or_default();
    let (plan, pictures) =
        clock.time("plan, media", || plan_and_rescue(&given, &recalled, (recent.as_ref(), &holds), progress))?;
    said.extend(plan.faults.iter().chain(&pictures.rescued.diagnostics).cloned());
    said.extend(files::dead_ends(config, &plan.map, &given.theme, &given.statics));
    let targets = given.targets(&recalled.entries, &plan.map);
    said.extend(given.dead_links(&recalled.entries, &plan.map, &targets));
    if memory.manifest.is_damaged {
        progress.note("the manifest cannot be used (it is damaged): every page is written anew");
    }
    memory.forget_missing_output(&config.output)?;
    memory.manifest.begin();
    let stage = Stage::begin(&config.output, &memory.places, &memory.manifest, options.durability)?;
    let before = recent.filter(|recent| {
        Arc::ptr_eq(&recent.plan, &plan) && Arc::ptr_eq(&recent.pictures, &pictures) && recent.customs == customs
    });
    let before = before.map(|recent| (recent.shown, holds.changed.as_slice()));
    let (map, gallery) = (&plan.map, &pictures.rescued.gallery);
    let rendered =
        clock.time("render", || render_all(&given, (&recalled, map, gallery, &targets), before, &stage, progress));
    if recalled.bodies.moved() {
        return Ok(None);
    }
    let shown = rendered?;
    let copy = || files::copy(config, &given.theme, map, gallery, (&given.statics, given.circumstances.began), &stage);
    said.extend(clock.time("copy", copy)?);
    if given.theme.has_own_templates {
        said.extend(proof::faults(config, &given.theme).into_iter().map(Diagnostic::as_warning));
    }
    let counts = Counts { pictures: gallery.len(), ..counts(&recalled, map) };
    let Recalled { known, entries, dirty, bodies, .. } = recalled;
    let inputs = given.inputs(pictures.rescued.books, pictures.local);
    let while_the_disk_is_waited_for = || {
        drop(bodies);
        if options.durability == Durability::Process {
            return (false, None);
        }
        let is_saved = memory.save_sources(&known, &entries, &dirty).is_ok();
        (is_saved, inputs.map(|inputs| recall::with_sources(inputs, &known)))
    };
    let commit = || clock.time("write", || stage.commit(options.removals));
    let (committed, (is_saved, summed)) = rayon::join(commit, while_the_disk_is_waited_for);
    memory.remember(known, entries.clone(), (!is_saved).then_some(dirty));
    let (files, difference) = committed.inspect_err(|_| memory.manifest = Manifest::load(&memory.places))?;
    memory.manifest.learn(difference);
    let due = pictures.rescued.due.map(|due| due.timestamp());
    let (pictured, diagnostics) = (pictures.files.clone(), said.clone());
    let last = |inputs: Digest| Last { inputs, pictures: pictured, due, counts, diagnostics };
    memory.manifest.inputs = summed.unwrap_or_default();
    memory.said = match (summed, inputs) {
        (Some(inputs), _) => Said::Summed(last(inputs)),
        (None, Some(inputs)) => Said::Unsummed(last(inputs)),
        (None, None) => Said::Nothing,
    };
    let Given { theme, found, .. } = given;
    memory.recent = Some(Recent { config: config.keys.all, theme, found, customs, entries, plan, pictures, shown });
    Ok(Some(Outcome { counts, files, timings: clock.timings }))
}

/// Plans the site and rescues its pictures, beside each other; what of it holds from the last build is used again.
fn plan_and_rescue(
    given: &Given<'_>,
    recalled: &Recalled,
    (recent, holds): (Option<&Recent>, &Holds),
    progress: &dyn Progress,
) -> Result<(Arc<Plan>, Arc<Pictures>), Diagnostic> {
    let Circumstances { config, now, began, .. } = given.circumstances;
    let is_due = |recent: &Recent| !config.media.offline && recent.pictures.rescued.due.is_some_and(|due| due <= now);
    let known_plan = recent.filter(|_| holds.plan).map(|recent| Arc::clone(&recent.plan));
    let are_books_alike = |recent: &Recent| recent.pictures.rescued.books == media::books_digest(config);
    let are_files_alike = |Pictures { files, local, .. }: &Pictures| {
        local.is_some() && *local == media::local_digest(config, files, began)
    };
    let known_pictures = recent.filter(|recent| {
        holds.pictures && !is_due(recent) && are_books_alike(recent) && are_files_alike(&recent.pictures)
    });
    let withdrawn = plan::withdraw::find(&recalled.entries, &config.withdrawals);
    let (plan, pictures) = rayon::join(
        || {
            known_plan.unwrap_or_else(|| {
                let (map, faults) = plan(&recalled.entries, &withdrawn, (&given.customs, &given.statics), config);
                Arc::new(Plan { map, faults })
            })
        },
        || {
            known_pictures.map_or_else(
                || rescue(given, recalled, &withdrawn.rules, progress).map(Arc::new),
                |recent| Ok(Arc::clone(&recent.pictures)),
            )
        },
    );
    Ok((plan, pictures?))
}

fn rescue(
    given: &Given<'_>,
    recalled: &Recalled,
    withdrawn: &[Option<u32>],
    progress: &dyn Progress,
) -> Result<Pictures, Diagnostic> {
    let Circumstances { config, now, began, .. } = given.circumstances;
    let shown = recalled.entries.iter().zip(withdrawn).filter(|(_, rule)| rule.is_none());
    let entries: Vec<&Entry> =
        shown.map(|(entry, _)| entry.as_ref()).chain(given.customs.iter().map(|custom| &custom.entry)).collect();
    let files = media::local_files(&entries);
    // Before they are read: what changes meanwhile is a reason to build again.
    let local = media::local_digest(config, &files, began);
    Ok(Pictures { rescued: media::rescue(&entries, config, now, progress)?, files, local })
}

/// What can be known of a site before its articles are read.
struct Given<'build> {
    circumstances: Circumstances<'build>,
    theme: Arc<Theme>,
    customs: Vec<Custom>,
    /// The digest of these, and of what there was to say about them.
    customs_digest: Digest,
    statics: Vec<StaticFile>,
    found: Vec<read::Found>,
    matches: Vec<recall::Match>,
    /// Whether every folder could be read.
    is_all: bool,
}

impl<'build> Given<'build> {
    fn look(
        config: &'build Config,
        now: DateTime<Utc>,
        options: Options<'_>,
        (memory, recent): (&mut Memory, Option<&mut Recent>),
        said: &mut Vec<Diagnostic>,
        clock: &mut Clock,
    ) -> Result<Self, Diagnostic> {
        let circumstances = Circumstances {
            config,
            now,
            began: file_clock(),
            durability: options.durability,
            keeps_bodies: options.keeps_bodies,
        };
        said.extend(config.base_url.is_none().then(no_base_url));
        let narrowed = recent.zip(options.changes).and_then(|(recent, changes)| {
            let narrow = recent.narrow(changes, config, memory.known(), now)?;
            Some((recent, narrow))
        });
        let (theme, found, matches, mut is_all);
        if let Some((recent, narrow)) = narrowed {
            theme = if narrow.has_theme { Arc::new(load_theme(config)?) } else { Arc::clone(&recent.theme) };
            (found, matches, is_all) = (std::mem::take(&mut recent.found), narrow.matches, true);
        } else {
            theme = Arc::new(load_theme(config)?);
            let discover = || read::discover(&config.root, &config.content, &config::not_content(config));
            let (discovered, ()) = clock.time("discover", || rayon::join(discover, || memory.wake()));
            if options.removals == Removals::Few {
                keep_articles(&discovered, memory.known())?;
            }
            found = discovered.found;
            is_all = discovered.faults.is_empty();
            said.extend(discovered.faults);
            matches = clock.time("compare", || recall::compare(&found, memory.known(), &config.root, now));
        }
        said.extend(theme.faults.iter().cloned());
        said.extend((found.is_empty() && is_all).then(|| no_articles(config)));
        let (customs, custom_faults) = custom_pages(config, now);
        let (statics, faults) = files::find(config);
        is_all &= faults.is_empty();
        said.extend(faults);
        // Articles may link to static files.
        let names: Vec<&str> = statics.iter().map(|file| file.path.as_str()).collect();
        let customs_digest = Digester::new().digest(recent::digest_of(&customs, &custom_faults)).value(&names).finish();
        said.extend(custom_faults);
        Ok(Self { circumstances, theme, customs, customs_digest, statics, found, matches, is_all })
    }

    fn targets<'site>(&'site self, entries: &'site [Arc<Entry>], map: &'site SiteMap) -> Targets<'site> {
        let statics = self.statics.iter().map(|file| file.path.as_str());
        let files = statics.chain(self.theme.assets.iter().map(|(path, _)| path.as_str()));
        Targets::of((entries, &self.customs), map, files, self.circumstances.config)
    }

    /// The links within the site that lead nowhere.
    fn dead_links(&self, entries: &[Arc<Entry>], map: &SiteMap, targets: &Targets<'_>) -> Vec<Diagnostic> {
        if targets.is_empty() {
            return Vec::new();
        }
        let articles = entries.iter().map(Arc::as_ref).zip(map.articles.iter().map(|planned| planned.path.as_str()));
        let customs = self.customs.iter().map(|custom| &custom.entry).zip(map.customs.iter().map(String::as_str));
        let linking = articles.chain(customs).filter(|(entry, _)| !entry.site_links.is_empty());
        linking.flat_map(|(entry, page)| targets.faults(map, entry, page)).collect()
    }

    /// The digest of all that the site is made of but the sources, if that can be told: `books` are the store's and
    /// `pictures` the site's own files, as they were when they were looked at.
    fn inputs(&self, books: Digest, pictures: Option<Digest>) -> Option<Digest> {
        let Circumstances { config, began, .. } = self.circumstances;
        let mut digester = Digester::new();
        digester.text(env!("HELIOSTAT_BUILD")).digest(config.keys.all).digest(self.theme.digest());
        digester.digest(self.customs_digest);
        digester.digest(files::digest(&self.statics, began)?).digest(books);
        digester.digest(pictures?);
        self.is_all.then(|| digester.finish())
    }
}

/// Everything that is known before a page is rendered.
pub struct Planned {
    /// Every article.
    pub entries: Vec<Arc<Entry>>,
    /// Every page that is no article.
    pub customs: Vec<Custom>,
    /// Every page.
    pub map: SiteMap,
}

/// Reads, parses and plans a site, and tries the theme's templates: all of a build that needs neither network nor output.
/// What is remembered is used, and nothing is remembered.
///
/// # Errors
/// If bodies cannot be put aside.
pub fn check(
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<(Planned, Outcome), Diagnostic> {
    let (mut clock, mut said) = (Clock::default(), Vec::new());
    let mut memory = Memory::look(config);
    let options =
        Options { changes: None, removals: Removals::Few, durability: Durability::Process, keeps_bodies: false };
    let given = Given::look(config, now, options, (&mut memory, None), &mut said, &mut clock)?;
    let recalled = recall(&given, &memory, progress, &mut said, &mut clock)?;
    let withdrawn = plan::withdraw::find(&recalled.entries, &config.withdrawals);
    let (map, faults) =
        clock.time("plan", || plan(&recalled.entries, &withdrawn, (&given.customs, &given.statics), config));
    said.extend(proof::faults(config, &given.theme));
    let targets = given.targets(&recalled.entries, &map);
    said.extend(given.dead_links(&recalled.entries, &map, &targets));
    report.extend(said.into_iter().chain(faults).chain(files::dead_ends(config, &map, &given.theme, &given.statics)));
    let outcome = Outcome { counts: counts(&recalled, &map), files: Summary::default(), timings: clock.timings };
    Ok((Planned { entries: recalled.entries, customs: given.customs, map }, outcome))
}

fn load_theme(config: &Config) -> Result<Theme, Diagnostic> {
    render::theme::load(config, Labels::of(&config.language))
}

fn no_base_url() -> Diagnostic {
    Diagnostic::warning(Code::BaseUrl, "feeds, sitemaps and canonical addresses are left out, for they need one")
        .in_file(crate::config::FILE_NAME)
        .hint("set base_url to where the site will be reached, or use --base-url")
}

/// A folder that cannot be read, on a disk that is not there, has not lost its articles.
fn keep_articles(discovered: &read::Discovered, known: &[Arc<Known>]) -> Result<(), Diagnostic> {
    for folder in &discovered.unread {
        let is_below = |one: &&Arc<Known>| one.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let lost = known.iter().filter(is_below).count();
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

fn no_articles(config: &Config) -> Diagnostic {
    let message = format!("holds no file that ends in {}: the site has no articles", read::ENDINGS.join(", "));
    Diagnostic::warning(Code::Empty, message)
        .in_file(config.content.join(", "))
        .hint("put articles there, or name the folders that hold them in `content` of site.toml")
}

/// Stages and how long each took.
#[derive(Default)]
struct Clock {
    timings: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn time<T>(&mut self, stage: &'static str, act: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = act();
        self.timings.push((stage, start.elapsed()));
        result
    }
}

fn recall(
    given: &Given<'_>,
    memory: &Memory,
    progress: &dyn Progress,
    said: &mut Vec<Diagnostic>,
    clock: &mut Clock,
) -> Result<Recalled, Diagnostic> {
    let Given { circumstances, found, matches, .. } = given;
    let mut recalled =
        clock.time("parse", || recall::recall(found, matches, &memory.sources, *circumstances, progress))?;
    if let Some(why) = &recalled.unusable {
        progress.note(&format!("not all that was remembered can be used ({why}): more is read than has changed"));
    }
    said.append(&mut recalled.diagnostics);
    Ok(recalled)
}

fn counts(recalled: &Recalled, map: &SiteMap) -> Counts {
    let withdrawn = map.articles.iter().filter(|planned| planned.withdrawn.is_some()).count();
    let Counts { articles, .. } = recalled.counts;
    Counts { pages: map.pages.len(), withdrawn, articles: articles - withdrawn, ..recalled.counts }
}

fn plan(
    entries: &[Arc<Entry>],
    withdrawn: &Withdrawn,
    (customs, statics): (&[Custom], &[StaticFile]),
    config: &Config,
) -> (SiteMap, Vec<Diagnostic>) {
    let customs = customs.iter().map(|custom| plan::Custom { name: custom.name.clone(), source: &custom.entry.source });
    let (mut map, mut faults) = plan::plan(entries, &withdrawn.rules, &customs.collect::<Vec<_>>(), config);
    // What the site itself says to crawlers, or has at an article's old address, stands for what we would.
    let statics: HashSet<&str> = statics.iter().map(|file| file.path.as_str()).collect();
    let SiteMap { pages, choices, .. } = &mut map;
    pages.retain(|page| {
        let gives_way = match page.kind {
            PageKind::Robots => true,
            PageKind::Choice(at) => choices[at].articles.len() == 1,
            _ => false,
        };
        !(gives_way && statics.contains(page.path.as_str()))
    });
    faults.extend_from_slice(&withdrawn.idle);
    (map, faults)
}

/// Pages that are no articles: they have a name for an address and are in no list.
fn custom_pages(config: &Config, now: DateTime<Utc>) -> (Vec<Custom>, Vec<Diagnostic>) {
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
            let name = custom_name(&source, &article.entry, config, &mut said);
            customs.push(Custom { name, digest: article.digest(), entry: article.entry, body: article.body.0 });
        }
    }
    (customs, said)
}

/// The output file without `.html` of a page of the site's own: what its `permalink` says, else as its source is called; in a folder of
/// its own where articles are, as Jekyll has it.
fn custom_name(source: &Source, entry: &Entry, config: &Config, said: &mut Vec<Diagnostic>) -> String {
    let mut warn = |message: String| said.push(Diagnostic::warning(Code::Value, message).in_file(&*entry.source));
    if !entry.aliases.is_empty() {
        warn("only articles have `aliases` and `redirect_from`: nothing leads to this page from there".to_owned());
    }
    match entry.permalink.as_deref().map(Pattern::parse_own) {
        Some(Ok(own)) => {
            let path = own.path(entry, entry.date.map(|date| date.with_timezone(&config.timezone)));
            return path.strip_suffix(".html").unwrap_or(&path).to_owned();
        }
        Some(Err(why)) => warn(format!("permalink: {why}; the page is called as its file is")),
        None => {}
    }
    let name = source.below_content.rsplit_once('.').map_or(source.below_content.as_str(), |(stem, _)| stem);
    let (folder, name) = name.rsplit_once('/').map_or(("", name), |(folder, name)| (folder, name));
    let folders = folder.split('/').filter(|name| !name.is_empty()).map(plan::slug::page_name);
    let in_folder = (config.permalink.makes_folders() && name != "index").then(|| "index".to_owned());
    folders.chain([plan::slug::page_name(name)]).chain(in_folder).collect::<Vec<_>>().join("/")
}

fn render_all(
    given: &Given<'_>,
    (recalled, map, gallery, targets): (&Recalled, &SiteMap, &Gallery, &Targets<'_>),
    before: Option<(Vec<Shown>, &[ArticleId])>,
    stage: &Stage<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Shown>, Diagnostic> {
    let Given { circumstances, theme, customs, found, .. } = given;
    let config = circumstances.config;
    let body = |id: ArticleId, show: &mut dyn FnMut(&str)| {
        recalled.bodies.get(id, (found, recalled.digests[id as usize]), *circumstances, show)
    };
    let site = Site {
        config,
        theme,
        entries: &recalled.entries,
        map,
        gallery,
        customs,
        targets,
        labels: Labels::of(&config.language),
        shared: render::shared(config, theme, map, customs),
        body: &body,
    };
    let fingerprints = Fingerprints::new(&site, &recalled.digests, before);
    progress.begin("pages", map.pages.len());
    map.pages.par_iter().with_max_len(AT_A_TIME).try_for_each(|page| {
        progress.advance(1);
        let fingerprint = fingerprints.of(page);
        if stage.keeps(&page.path, fingerprint) {
            return Ok(());
        }
        let bytes = render::render(&site, page)?;
        if let PageKind::Article(id) = page.kind {
            recalled.bodies.give_back(id);
        }
        let put = stage.put(&page.path, Some(fingerprint), &bytes);
        buffers::give(bytes);
        put.map_err(|fault| put_fault(&page.path, &fault))
    })?;
    Ok(fingerprints.into_shown())
}
