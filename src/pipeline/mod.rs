//! The stages, called in their order: [`build`] is the one way from a site's folder to its output.
//!
//! It alone knows that anything is remembered ([`Memory`]), in these places:
//!
//! 1. nothing at all has changed: the last build's counts and faults are said again;
//! 2. [`mod@recall`]: a source that has not changed is not parsed again;
//! 3. [`fingerprint`]: a page that shows nothing new is not rendered again;
//! 4. [`recent`]: within one process, what was planned is not planned again.

mod bodies;
mod files;
mod fingerprint;
mod given;
mod memory;
mod proof;
mod recall;
mod recent;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::buffers;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Report};
use crate::disk::Durability;
use crate::media;
use crate::media::attachments;
use crate::media::local::KnownFiles;
use crate::parse::Entry;
use crate::plan::{self, ArticleId, Page, PageKind, Planned, SiteMap};
pub use crate::progress::{Progress, Silent};
use crate::render::labels::Labels;
use crate::render::targets::Targets;
use crate::render::{self, CustomPage, Site};
pub use crate::state::last::Counts;
use crate::state::last::Last;
use crate::write::{self, Difference, Removals, Stage, Summary, put_fault};
use bodies::Bodies;
use fingerprint::{Fingerprints, Shown};
use given::Given;
use memory::Saved;
pub use memory::{Memory, Use};
use recall::{Circumstances, Recalled};
use recent::{Holds, Made, Pictures, Plan, Recent};

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

/// Of which moment a build is, and how far it goes.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The build's [moment](now).
    pub now: DateTime<Utc>,
    /// All that has changed since the last build of this process, from the site's folder, if that is known.
    pub changes: Option<&'a BTreeSet<PathBuf>>,
    /// Whether most of a site may be removed.
    pub removals: Removals,
    /// How long the site must last.
    pub durability: Durability,
    /// Whether pages are rendered: bodies are put aside for that alone.
    pub keeps_bodies: bool,
}

/// The build's moment: the [one that is set](moment_set), else this one.
pub fn now() -> DateTime<Utc> {
    moment_set().ok().flatten().unwrap_or_else(Utc::now)
}

/// The moment that `SOURCE_DATE_EPOCH` says (<https://reproducible-builds.org/specs/source-date-epoch/>), if it says anything.
///
/// # Errors
/// If it says no moment: a sentence about it.
pub fn moment_set() -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else { return Ok(None) };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    match seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
        Some(moment) => Ok(Some(moment)),
        None => Err(format!("SOURCE_DATE_EPOCH says {text:?}, which is no count of seconds since 1970")),
    }
}

/// The moment as files know it, in nanoseconds since 1970.
fn file_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// So many articles or pages at most are taken through each step together: what one step needs of a processor's cache, the next
/// drives out.
const MOST_TOGETHER: usize = 16;

/// A page with a larger body, in bytes, is made alone, and sources that are larger in all are not kept waiting for more: memory must not
/// grow with how much is taken together.
const LARGE: usize = 256 << 10;

/// How many of `count` articles or pages one step takes together, so that each thread gets several such batches.
fn together(count: usize) -> usize {
    const PIECES_A_THREAD: usize = 8;
    (count / (PIECES_A_THREAD * rayon::current_num_threads())).clamp(1, MOST_TOGETHER)
}

/// The most batches in one piece of rayon's work: from a piece that is begun, no other thread can take anything.
const AT_A_TIME: usize = 2;

/// A build that sources outran is tried again, so often.
const TRIES: usize = 3;

/// Builds a site; what it leaves for the next build stands in `memory`, to be [saved](Memory::save).
///
/// # Errors
/// What stops a build; whatever else there is to say stands in `report`, errors or not.
pub fn build(
    config: &Config,
    options: Options<'_>,
    progress: &dyn Progress,
    report: &mut Report,
    memory: &mut Memory,
) -> Result<Outcome, Diagnostic> {
    for _ in 0..TRIES {
        let mut log = Log::new(progress);
        let outcome = try_build(config, options, memory, &mut log);
        if let Some(outcome) = outcome.transpose() {
            report.extend(log.said);
            return outcome;
        }
    }
    Err(recall::outrun())
}

/// Builds a site; nothing comes of it if sources changed after they were recalled.
fn try_build(
    config: &Config,
    options: Options<'_>,
    memory: &mut Memory,
    log: &mut Log<'_>,
) -> Result<Option<Outcome>, Diagnostic> {
    let mut recent = memory.recent.take().filter(|recent| recent.config == config.keys.all);
    let mut given = Given::look(config, options, memory, recent.as_mut(), log)?;
    if let Some(outcome) = memory.repeat(&given, log) {
        memory.recent = recent.map(|recent| Recent { discovered: std::mem::take(&mut given.discovered), ..recent });
        return Ok(Some(outcome));
    }
    let recalled = recalled(&given, memory, log)?;
    if options.removals == Removals::Few {
        given::keep_known(&recalled.lost)?;
    }
    let customs = given.customs_digest;
    let holds = recent.as_ref().map(|recent| recent.holds(&recalled.entries, customs)).unwrap_or_default();
    let progress = log.progress;
    let made = log.time("plan, media", || plan_and_rescue(&given, &recalled, &holds, progress))?;
    let (map, Pictures { rescued, attachments, .. }) = (&made.plan.map, &*made.pictures);
    let targets = given.targets(&recalled.entries, map, attachments);
    log.said.extend(made.plan.faults.iter().chain(&rescued.diagnostics).cloned());
    log.said.extend(given.dead_ends(&recalled.entries, map, attachments, &targets));
    if memory.manifest.is_damaged {
        progress.note("the manifest cannot be used (it is damaged): every page is written anew");
    }
    let lock = write::lock(&config.output)?;
    memory.begin_output(&config.output)?;
    let stage = Stage::begin(&config.output, &memory.places, &memory.manifest, options.durability, lock)?;
    let before = recent.filter(|recent| recent.made.is(&made) && recent.customs == customs);
    let before = before.map(|recent| (recent.shown, holds.changed.as_slice()));
    let found = &given.discovered.found;
    let body = |id, show: &mut dyn FnMut(&str)| recalled.bodies.get(id, found, given.circumstances, show);
    let site = site(&given, &recalled.entries, &made, &targets, &body);
    let rendered = log.time("render", || render_all(&site, &recalled.bodies, before, &stage, progress));
    if recalled.bodies.moved() {
        return Ok(None);
    }
    let shown = rendered?;
    let faults = log.time("copy", || files::copy(&given, map, &made.pictures, &stage))?;
    log.said.extend(faults);
    if given.theme.has_own_templates {
        log.said.extend(proof::faults(config, &given.theme).into_iter().map(Diagnostic::as_warning));
    }
    let counts = Counts { pictures: rescued.gallery.len(), ..counts(&recalled, map) };
    let last = given.inputs(rescued.books, made.pictures.local).map(|inputs| Last {
        inputs,
        pictures: made.pictures.files.clone(),
        local: Arc::clone(&rescued.files),
        due: rescued.due.map(|due| due.timestamp()),
        counts,
        diagnostics: log.said.clone(),
    });
    let (committed, saved) = log.time("write", || commit(stage, recalled, last.as_ref(), memory, options));
    let entries = saved.entries.clone();
    let files = memory.learn(committed, saved, last)?;
    let Given { theme, discovered, .. } = given;
    memory.recent = Some(Recent { config: config.keys.all, theme, discovered, customs, entries, made, shown });
    Ok(Some(Outcome { counts, files, timings: std::mem::take(&mut log.timings) }))
}

/// What a build tells: who waits for it, and who asks afterwards.
struct Log<'build> {
    progress: &'build dyn Progress,
    said: Vec<Diagnostic>,
    timings: Vec<(&'static str, Duration)>,
}

impl<'build> Log<'build> {
    fn new(progress: &'build dyn Progress) -> Self {
        Self { progress, said: Vec::new(), timings: Vec::new() }
    }

    fn time<T>(&mut self, stage: &'static str, act: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = act();
        self.timings.push((stage, start.elapsed()));
        result
    }
}

fn recalled(given: &Given<'_>, memory: &Memory, log: &mut Log<'_>) -> Result<Recalled, Diagnostic> {
    let Given { circumstances, discovered, matches, .. } = given;
    let progress = log.progress;
    let recall = || recall::recall(&discovered.found, matches, &memory.sources, *circumstances, progress);
    let mut recalled = log.time("parse", recall)?;
    if let Some(why) = &recalled.unusable {
        progress.note(&format!("not all that was remembered can be used ({why}): more is read than has changed"));
    }
    log.said.append(&mut recalled.diagnostics);
    if recalled.counts.filtered > 0 && recalled.entries.is_empty() {
        log.said.push(given::none_is_left());
    }
    Ok(recalled)
}

/// Plans the site and rescues its pictures, beside each other; what of it holds from the last build is used again.
fn plan_and_rescue(
    given: &Given<'_>,
    recalled: &Recalled,
    holds: &Holds,
    progress: &dyn Progress,
) -> Result<Made, Diagnostic> {
    let Circumstances { config, now, began, .. } = given.circumstances;
    let are_alike = |Pictures { rescued, files, local, .. }: &Pictures| {
        let is_due = !config.media.offline && rescued.due.is_some_and(|due| due <= now);
        let is_as_it_was = || local.is_some() && *local == media::local_digest(config, files, began);
        !is_due && rescued.books == media::books_digest(config) && is_as_it_was()
    };
    let known_pictures = holds.pictures.as_ref().filter(|pictures| are_alike(pictures));
    let withdrawn = plan::withdraw::find(&recalled.entries, &config.withdrawals);
    let (plan, pictures) = rayon::join(
        || {
            holds.plan.clone().unwrap_or_else(|| {
                let (map, faults) = given.plan(&recalled.entries, &withdrawn);
                Arc::new(Plan { map, faults })
            })
        },
        || {
            known_pictures.map_or_else(
                || rescue(given, recalled, &withdrawn.rules, progress).map(Arc::new),
                |pictures| Ok(Arc::clone(pictures)),
            )
        },
    );
    Ok(Made { plan, pictures: pictures? })
}

fn rescue(
    given: &Given<'_>,
    recalled: &Recalled,
    withdrawn: &[Option<u32>],
    progress: &dyn Progress,
) -> Result<Pictures, Diagnostic> {
    let Circumstances { config, now, began, .. } = given.circumstances;
    let entries = shown(&recalled.entries, withdrawn.iter().map(Option::is_some), &given.customs);
    let documents = attachments::named(&entries);
    let files: Vec<String> = media::local_files(&entries).into_iter().chain(documents.iter().cloned()).collect();
    // Before they are read: what changes meanwhile is a reason to build again.
    let local = media::local_digest(config, &files, began);
    let known_files = KnownFiles { files: &given.local_files, began };
    let rescued = media::rescue(&entries, config, now, known_files, progress)?;
    Ok(Pictures { rescued, attachments: given.attachments(documents), files, local })
}

/// Every article that is not withdrawn, and the site's own pages.
fn shown<'site>(
    entries: &'site [Arc<Entry>],
    are_withdrawn: impl Iterator<Item = bool>,
    customs: &'site [CustomPage],
) -> Vec<&'site Entry> {
    let articles = entries.iter().zip(are_withdrawn).filter(|(_, is_withdrawn)| !is_withdrawn);
    articles.map(|(entry, _)| entry.as_ref()).chain(customs.iter().map(|custom| &custom.entry)).collect()
}

fn site<'build>(
    given: &'build Given<'_>,
    entries: &'build [Arc<Entry>],
    made: &'build Made,
    targets: &'build Targets<'build>,
    body: &'build render::ShowBody<'build>,
) -> Site<'build> {
    let Given { circumstances: Circumstances { config, .. }, theme, customs, .. } = given;
    let (map, gallery) = (&made.plan.map, &made.pictures.rescued.gallery);
    let labels = Labels::of(config);
    let shared = render::shared(config, theme, map, customs);
    Site { config, theme, entries, map, gallery, customs, targets, labels, shared, body }
}

fn render_all(
    site: &Site<'_>,
    bodies: &Bodies,
    before: Option<(Vec<Shown>, &[ArticleId])>,
    stage: &Stage<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Shown>, Diagnostic> {
    let fingerprints = Fingerprints::new(site, &bodies.digests, before);
    let map = site.map;
    let make = |pages: &[Page]| {
        let due: Vec<_> = pages
            .iter()
            .map(|page| (page, fingerprints.of(page)))
            .filter(|(page, fingerprint)| !stage.keeps(&page.path, *fingerprint))
            .collect();
        let rendered = render::render(site, &due.iter().map(|(page, _)| *page).collect::<Vec<_>>())?;
        for ((page, fingerprint), bytes) in due.into_iter().zip(rendered) {
            if let PageKind::Article(id) = page.kind {
                bodies.forget(id);
            }
            stage.put(&page.path, Some(fingerprint), &bytes).map_err(|fault| put_fault(&page.path, &fault))?;
            buffers::give(bytes);
        }
        progress.advance(pages.len());
        Ok(())
    };
    progress.begin("pages", map.pages.len());
    // Feeds show bodies, too: articles wait for them, and what their own pages have shown can be forgotten.
    let is_article = |page: &Page| matches!(page.kind, PageKind::Article(_));
    let (lists, articles) = map.pages.split_at(map.pages.iter().position(is_article).unwrap_or(map.pages.len()));
    // A feed is as large as hundreds of articles.
    lists.par_chunks(1).with_max_len(AT_A_TIME).try_for_each(make)?;
    let is_large = |page: &Page| matches!(page.kind, PageKind::Article(id) if bodies.is_large(id));
    let fit_together = |one: &Page, next: &Page| !is_large(one) && !is_large(next);
    let parts = articles.par_chunks(together(articles.len())).with_max_len(AT_A_TIME);
    parts.try_for_each(|pages| pages.chunk_by(fit_together).try_for_each(make))?;
    Ok(fingerprints.into_shown())
}

fn counts(recalled: &Recalled, map: &SiteMap) -> Counts {
    let withdrawn = map.articles.iter().filter(|planned| planned.is_withdrawn()).count();
    let Counts { articles, .. } = recalled.counts;
    Counts { pages: map.pages.len(), withdrawn, articles: articles - withdrawn, ..recalled.counts }
}

/// Makes the staged output the site's; what is known of the sources is saved while the disk is waited for.
fn commit(
    stage: Stage<'_>,
    recalled: Recalled,
    last: Option<&Last>,
    memory: &Memory,
    options: Options<'_>,
) -> (Result<(Summary, Difference), Diagnostic>, Saved) {
    let Recalled { known, entries, dirty, bodies, .. } = recalled;
    // The sync of the output would take along what is left of the spool.
    drop(bodies);
    let while_the_disk_is_waited_for = || {
        if options.durability == Durability::Process {
            return (false, None);
        }
        let is_saved = memory.save_sources(&known, &entries, &dirty).is_ok();
        (is_saved, last.map(|last| recall::with_sources(last.inputs, &known)))
    };
    let commit = || stage.commit(options.removals);
    let (committed, (is_saved, inputs)) = rayon::join(commit, while_the_disk_is_waited_for);
    (committed, Saved { known, entries, unsaved: (!is_saved).then_some(dirty), inputs })
}

/// Everything that is known before a page is rendered.
pub struct Inventory {
    /// Every article.
    pub entries: Vec<Arc<Entry>>,
    /// Every page that is no article.
    pub customs: Vec<CustomPage>,
    /// Every page.
    pub map: SiteMap,
    /// What there is, and what was left out.
    pub counts: Counts,
}

impl Inventory {
    /// Every article that is not withdrawn, and the site's own pages.
    pub fn shown(&self) -> Vec<&Entry> {
        shown(&self.entries, self.map.articles.iter().map(Planned::is_withdrawn), &self.customs)
    }
}

/// Reads, parses and plans a site. What is remembered is used, and nothing is remembered.
///
/// # Errors
/// If the theme cannot be used.
pub fn inventory(
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<Inventory, Diagnostic> {
    let mut log = Log::new(progress);
    let Overview { given, recalled, map } = look_and_plan(config, now, Removals::Many, &mut log)?;
    report.extend(log.said);
    let counts = counts(&recalled, &map);
    Ok(Inventory { entries: recalled.entries, customs: given.customs, map, counts })
}

/// Plans a site, seeks what leads nowhere in it and tries the theme's templates: all of a build that needs neither network nor output.
///
/// # Errors
/// If the theme cannot be used, or a folder cannot be read in which the last build found articles.
pub fn check(
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<Outcome, Diagnostic> {
    let mut log = Log::new(progress);
    let Overview { given, recalled, map } = look_and_plan(config, now, Removals::Few, &mut log)?;
    log.said.extend(proof::faults(config, &given.theme));
    let entries = shown(&recalled.entries, map.articles.iter().map(Planned::is_withdrawn), &given.customs);
    log.said.extend(media::missing(&entries, config));
    let attachments = given.attachments(attachments::named(&entries));
    let targets = given.targets(&recalled.entries, &map, &attachments);
    log.said.extend(given.dead_ends(&recalled.entries, &map, &attachments, &targets));
    log.said.extend(files::clashes(&given, &map, &attachments));
    report.extend(log.said);
    Ok(Outcome { counts: counts(&recalled, &map), files: Summary::default(), timings: log.timings })
}

/// A site of which nothing is rendered.
struct Overview<'build> {
    given: Given<'build>,
    recalled: Recalled,
    map: SiteMap,
}

fn look_and_plan<'build>(
    config: &'build Config,
    now: DateTime<Utc>,
    removals: Removals,
    log: &mut Log<'_>,
) -> Result<Overview<'build>, Diagnostic> {
    let mut memory = Memory::look(config);
    let options = Options { now, changes: None, removals, durability: Durability::Process, keeps_bodies: false };
    let given = Given::look(config, options, &mut memory, None, log)?;
    let recalled = recalled(&given, &memory, log)?;
    let withdrawn = plan::withdraw::find(&recalled.entries, &config.withdrawals);
    let (map, faults) = log.time("plan", || given.plan(&recalled.entries, &withdrawn));
    log.said.extend(faults);
    Ok(Overview { given, recalled, map })
}
