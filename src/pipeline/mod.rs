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
use crate::parse::Entry;
use crate::plan::{self, ArticleId, Page, PageKind, SiteMap};
pub use crate::progress::{Progress, Silent};
use crate::render::labels::Labels;
use crate::render::targets::Targets;
use crate::render::{self, CustomPage, Site};
pub use crate::state::last::Counts;
use crate::state::last::Last;
use crate::write::{Difference, Removals, Stage, Summary, put_fault};
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

/// So many articles or pages at most are taken through each step together: what one step needs of a processor's cache, the next
/// drives out.
const MOST_TOGETHER: usize = 32;

/// A page with a larger body, in bytes, is made alone, and sources that are larger in all are not kept waiting for more: memory must not
/// grow with how much is taken together.
const LARGE: usize = 256 << 10;

/// So many of so many are taken together: the threads share what there is.
fn together(count: usize) -> usize {
    const PIECES_A_THREAD: usize = 8;
    (count / (PIECES_A_THREAD * rayon::current_num_threads())).clamp(1, MOST_TOGETHER)
}

/// So many times that many a thread takes at most in one piece: what is left of its piece, nobody can take from it.
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
        memory.recent = recent.map(|recent| Recent { discovered: std::mem::take(&mut given.discovered), ..recent });
        return Ok(Some(outcome));
    }
    let recalled = recall(&given, memory, progress, said, &mut clock)?;
    if options.removals == Removals::Few {
        given::keep_known(&recalled.lost)?;
    }
    let customs = given.customs_digest;
    let holds = recent.as_ref().map(|recent| recent.holds(&recalled.entries, customs)).unwrap_or_default();
    let made = clock.time("plan, media", || plan_and_rescue(&given, &recalled, (recent.as_ref(), &holds), progress))?;
    let (map, Pictures { rescued, attachments, .. }) = (&made.plan.map, &*made.pictures);
    let targets = given.targets(&recalled.entries, map, attachments);
    said.extend(made.plan.faults.iter().chain(&rescued.diagnostics).cloned());
    said.extend(given.dead_ends(&recalled.entries, map, &targets));
    if memory.manifest.is_damaged {
        progress.note("the manifest cannot be used (it is damaged): every page is written anew");
    }
    memory.begin_output(&config.output)?;
    let stage = Stage::begin(&config.output, &memory.places, &memory.manifest, options.durability)?;
    let before = recent.filter(|recent| recent.made.is(&made) && recent.customs == customs);
    let before = before.map(|recent| (recent.shown, holds.changed.as_slice()));
    let rendered = clock.time("render", || render_all(&given, (&recalled, &made, &targets), before, &stage, progress));
    if recalled.bodies.moved() {
        return Ok(None);
    }
    let shown = rendered?;
    said.extend(clock.time("copy", || files::copy(&given, map, &made.pictures, &stage))?);
    if given.theme.has_own_templates {
        said.extend(proof::faults(config, &given.theme).into_iter().map(Diagnostic::as_warning));
    }
    let counts = Counts { pictures: rescued.gallery.len(), ..counts(&recalled, map) };
    let last = given.inputs(rescued.books, made.pictures.local).map(|inputs| Last {
        inputs,
        pictures: made.pictures.files.clone(),
        due: rescued.due.map(|due| due.timestamp()),
        counts,
        diagnostics: said.clone(),
    });
    let (committed, saved) = commit(stage, recalled, last.as_ref(), (memory, options), &mut clock);
    let entries = saved.entries.clone();
    let files = memory.learn(committed, saved, last)?;
    let Given { theme, discovered, .. } = given;
    memory.recent = Some(Recent { config: config.keys.all, theme, discovered, customs, entries, made, shown });
    Ok(Some(Outcome { counts, files, timings: clock.timings }))
}

/// Makes the staged output the site's; what is known of the sources is saved while the disk is waited for.
fn commit(
    stage: Stage<'_>,
    recalled: Recalled,
    last: Option<&Last>,
    (memory, options): (&Memory, Options<'_>),
    clock: &mut Clock,
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
    let commit = || clock.time("write", || stage.commit(options.removals));
    let (committed, (is_saved, inputs)) = rayon::join(commit, while_the_disk_is_waited_for);
    (committed, Saved { known, entries, unsaved: (!is_saved).then_some(dirty), inputs })
}

/// Plans the site and rescues its pictures, beside each other; what of it holds from the last build is used again.
fn plan_and_rescue(
    given: &Given<'_>,
    recalled: &Recalled,
    (recent, holds): (Option<&Recent>, &Holds),
    progress: &dyn Progress,
) -> Result<Made, Diagnostic> {
    let Circumstances { config, now, began, .. } = given.circumstances;
    let made = recent.map(|recent| &recent.made);
    let known_plan = made.filter(|_| holds.plan).map(|made| Arc::clone(&made.plan));
    let are_alike = |Pictures { rescued, files, local, .. }: &Pictures| {
        let is_due = !config.media.offline && rescued.due.is_some_and(|due| due <= now);
        let is_as_it_was = || local.is_some() && *local == media::local_digest(config, files, began);
        !is_due && rescued.books == media::books_digest(config) && is_as_it_was()
    };
    let known_pictures = made.filter(|made| holds.pictures && are_alike(&made.pictures));
    let withdrawn = plan::withdraw::find(&recalled.entries, &config.withdrawals);
    let (plan, pictures) = rayon::join(
        || {
            known_plan.unwrap_or_else(|| {
                let (map, faults) = given.plan(&recalled.entries, &withdrawn);
                Arc::new(Plan { map, faults })
            })
        },
        || {
            known_pictures.map_or_else(
                || rescue(given, recalled, &withdrawn.rules, progress).map(Arc::new),
                |made| Ok(Arc::clone(&made.pictures)),
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
    let shown = recalled.entries.iter().zip(withdrawn).filter(|(_, rule)| rule.is_none());
    let entries: Vec<&Entry> =
        shown.map(|(entry, _)| entry.as_ref()).chain(given.customs.iter().map(|custom| &custom.entry)).collect();
    let documents = attachments::named(&entries);
    let files: Vec<String> = media::local_files(&entries).into_iter().chain(documents.iter().cloned()).collect();
    // Before they are read: what changes meanwhile is a reason to build again.
    let local = media::local_digest(config, &files, began);
    let rescued = media::rescue(&entries, config, now, progress)?;
    Ok(Pictures { rescued, attachments: given.attachments(documents), files, local })
}

/// Everything that is known before a page is rendered.
pub struct Planned {
    /// Every article.
    pub entries: Vec<Arc<Entry>>,
    /// Every page that is no article.
    pub customs: Vec<CustomPage>,
    /// Every page.
    pub map: SiteMap,
    /// What there is, and what was left out.
    pub counts: Counts,
}

/// Reads, parses and plans a site. What is remembered is used, and nothing is remembered.
///
/// # Errors
/// If the theme cannot be used.
pub fn planned(
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<Planned, Diagnostic> {
    let mut said = Vec::new();
    let Overview { given, recalled, map, .. } = look_and_plan(config, now, Removals::Many, progress, &mut said)?;
    report.extend(said);
    let counts = counts(&recalled, &map);
    Ok(Planned { entries: recalled.entries, customs: given.customs, map, counts })
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
    let mut said = Vec::new();
    let Overview { given, recalled, map, clock } = look_and_plan(config, now, Removals::Few, progress, &mut said)?;
    said.extend(proof::faults(config, &given.theme));
    let shown = recalled.entries.iter().zip(&map.articles).filter(|(_, planned)| planned.withdrawn.is_none());
    let own = given.customs.iter().map(|custom| &custom.entry);
    let entries: Vec<&Entry> = shown.map(|(entry, _)| entry.as_ref()).chain(own).collect();
    let attachments = given.attachments(attachments::named(&entries));
    let targets = given.targets(&recalled.entries, &map, &attachments);
    said.extend(given.dead_ends(&recalled.entries, &map, &targets));
    report.extend(said);
    Ok(Outcome { counts: counts(&recalled, &map), files: Summary::default(), timings: clock.timings })
}

/// A site of which nothing is rendered.
struct Overview<'build> {
    given: Given<'build>,
    recalled: Recalled,
    map: SiteMap,
    clock: Clock,
}

fn look_and_plan<'build>(
    config: &'build Config,
    now: DateTime<Utc>,
    removals: Removals,
    progress: &dyn Progress,
    said: &mut Vec<Diagnostic>,
) -> Result<Overview<'build>, Diagnostic> {
    let (mut memory, mut clock) = (Memory::look(config), Clock::default());
    let options = Options { changes: None, removals, durability: Durability::Process, keeps_bodies: false };
    let given = Given::look(config, now, options, (&mut memory, None), said, &mut clock)?;
    let recalled = recall(&given, &memory, progress, said, &mut clock)?;
    let withdrawn = plan::withdraw::find(&recalled.entries, &config.withdrawals);
    let (map, faults) = clock.time("plan", || given.plan(&recalled.entries, &withdrawn));
    said.extend(faults);
    Ok(Overview { given, recalled, map, clock })
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
    let Given { circumstances, discovered, matches, .. } = given;
    let mut recalled = clock
        .time("parse", || recall::recall(&discovered.found, matches, &memory.sources, *circumstances, progress))?;
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

fn render_all(
    given: &Given<'_>,
    (recalled, made, targets): (&Recalled, &Made, &Targets<'_>),
    before: Option<(Vec<Shown>, &[ArticleId])>,
    stage: &Stage<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Shown>, Diagnostic> {
    let Given { circumstances, theme, customs, discovered, .. } = given;
    let config = circumstances.config;
    let (map, gallery) = (&made.plan.map, &made.pictures.rescued.gallery);
    let body =
        |id: ArticleId, show: &mut dyn FnMut(&str)| recalled.bodies.get(id, &discovered.found, *circumstances, show);
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
    let fingerprints = Fingerprints::new(&site, &recalled.bodies.digests, before);
    let make = |pages: &[Page]| {
        let due: Vec<_> = pages
            .iter()
            .map(|page| (page, fingerprints.of(page)))
            .filter(|(page, fingerprint)| !stage.keeps(&page.path, *fingerprint))
            .collect();
        let rendered = render::render(&site, &due.iter().map(|(page, _)| *page).collect::<Vec<_>>())?;
        for ((page, fingerprint), bytes) in due.into_iter().zip(rendered) {
            if let PageKind::Article(id) = page.kind {
                recalled.bodies.forget(id);
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
    let is_large = |page: &Page| matches!(page.kind, PageKind::Article(id) if recalled.bodies.is_large(id));
    let fit_together = |one: &Page, next: &Page| !is_large(one) && !is_large(next);
    let parts = articles.par_chunks(together(articles.len())).with_max_len(AT_A_TIME);
    parts.try_for_each(|pages| pages.chunk_by(fit_together).try_for_each(make))?;
    Ok(fingerprints.into_shown())
}
