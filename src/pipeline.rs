//! The stages, called in their order: [`build`] is the one way from a site's folder to its output.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::media::{self, Gallery};
use crate::parse::{self, Entry, Skipped};
use crate::plan::{self, ArticleId, SiteMap};
use crate::read::{self, Found};
use crate::render::labels::Labels;
use crate::render::theme::Theme;
use crate::render::{self, Custom, Site};
use crate::state::spool::{Span, Spool};
use crate::write::{Stage, Summary, put_fault};

/// The folder of state below a site's.
pub const STATE_FOLDER: &str = ".heliostat";

/// What is told while a build goes on.
pub trait Progress: Sync {
    /// A stage begins; it has so many steps, or an unknown number.
    fn begin(&self, stage: &'static str, steps: usize);
    /// So many more steps are done.
    fn advance(&self, steps: usize);
}

/// What a build did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Articles built, older versions included.
    pub articles: usize,
    /// Pages of the site.
    pub pages: usize,
    /// Pictures shown.
    pub pictures: usize,
    /// Sources that gave no article: drafts, filtered, faulty.
    pub drafts: usize,
    /// Sources that `include` and `exclude` left out.
    pub filtered: usize,
    /// Sources with nothing in them, or unreadable.
    pub faulty: usize,
    /// What was written.
    pub files: Summary,
    /// How long each stage took.
    pub timings: Vec<(&'static str, Duration)>,
}

/// Everything that is known before a page is rendered.
pub struct Planned {
    /// Every article.
    pub entries: Vec<Entry>,
    /// Every page.
    pub map: SiteMap,
    customs: Vec<Custom>,
    spans: Vec<Span>,
    spool: Spool,
}

/// How far a build goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whether most of a site may be removed.
    pub allow_removals: bool,
}

/// The build's moment: `SOURCE_DATE_EPOCH` if it is set (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub fn now() -> DateTime<Utc> {
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    epoch.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now)
}

/// Builds a site.
///
/// # Errors
/// What stops a build; whatever else there is to say stands in `report`, errors or not.
pub fn build(
    config: &Config,
    options: Options,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<Outcome, Diagnostic> {
    let mut clock = Clock::default();
    let theme = load_theme(config)?;
    let mut outcome = Outcome::default();
    let planned = prepare(config, now, progress, report, &mut outcome, &mut clock)?;
    let rescued = clock.time("media", || {
        progress.begin("media", 0);
        let entries: Vec<&Entry> =
            planned.entries.iter().chain(planned.customs.iter().map(|custom| &custom.entry)).collect();
        media::rescue(&entries, config, now, &|done, _| progress.advance(usize::from(done > 0)))
    });
    report.extend(rescued.diagnostics);
    let stage = Stage::begin(&config.output, &config.root.join(STATE_FOLDER))?;
    clock.time("render", || render_all(config, &theme, &planned, &rescued.gallery, &stage, progress))?;
    clock.time("copy", || copy_files(config, &theme, &planned.map, &rescued.gallery, &stage, report))?;
    outcome.articles = planned.entries.len();
    outcome.pages = planned.map.pages.len();
    outcome.pictures = rescued.gallery.len();
    // Gone from the disk before the file system is made to write what it holds.
    drop(planned.spool);
    let entries = (planned.entries, planned.map);
    outcome.files = clock.time("write", || rayon::join(|| stage.commit(options.allow_removals), || drop(entries)).0)?;
    outcome.timings = clock.timings;
    Ok(outcome)
}

/// Reads, parses and plans a site: all of a build that needs neither network nor output.
///
/// # Errors
/// If bodies cannot be put aside.
pub fn check(
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<(Planned, Outcome), Diagnostic> {
    let mut outcome = Outcome::default();
    let mut clock = Clock::default();
    load_theme(config)?;
    let planned = prepare(config, now, progress, report, &mut outcome, &mut clock)?;
    outcome.articles = planned.entries.len();
    outcome.pages = planned.map.pages.len();
    outcome.timings = clock.timings;
    Ok((planned, outcome))
}

fn load_theme(config: &Config) -> Result<Theme, Diagnostic> {
    render::theme::load(&config.root.join(&config.theme_folder), Labels::of(&config.language))
}

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

fn prepare(
    config: &Config,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    report: &mut Report,
    outcome: &mut Outcome,
    clock: &mut Clock,
) -> Result<Planned, Diagnostic> {
    if config.base_url.is_none() {
        let warning = Diagnostic::warning(
            Code::BaseUrl,
            "feeds, sitemaps and canonical addresses are left out, for they need one",
        );
        report.push(
            warning
                .in_file(crate::config::FILE_NAME)
                .hint("set base_url to where the site will be reached, or use --base-url"),
        );
    }
    let (found, faults) = clock.time("discover", || read::discover(&config.root, &config.content));
    report.extend(faults);
    let spool = Spool::new(&config.root.join(STATE_FOLDER)).map_err(|fault| put_fault(STATE_FOLDER, &fault))?;
    let parsed = clock.time("parse", || parse_all(&found, config, now, &spool, progress))?;
    let (mut entries, mut spans) = (Vec::with_capacity(parsed.len()), Vec::with_capacity(parsed.len()));
    for one in parsed {
        report.extend(one.diagnostics);
        match one.article {
            Ok((entry, span)) => {
                entries.push(*entry);
                spans.push(span);
            }
            Err(Skipped::Draft) => outcome.drafts += 1,
            Err(Skipped::Filtered) => outcome.filtered += 1,
            Err(Skipped::Nothing) => outcome.faulty += 1,
        }
    }
    let customs = custom_pages(config, now, report);
    let names: Vec<String> = customs.iter().map(|custom| custom.name.clone()).collect();
    let (map, faults) = clock.time("plan", || plan::plan(&entries, &names, config));
    report.extend(faults);
    Ok(Planned { entries, map, customs, spans, spool })
}

/// A parsed source whose body has been put aside.
struct PutAside {
    article: Result<(Box<Entry>, Span), Skipped>,
    diagnostics: Vec<Diagnostic>,
}

fn parse_all(
    found: &[Found],
    config: &Config,
    now: DateTime<Utc>,
    spool: &Spool,
    progress: &dyn Progress,
) -> Result<Vec<PutAside>, Diagnostic> {
    progress.begin("articles", found.len());
    found
        .par_iter()
        .map(|file| {
            let parsed = match read::read(file) {
                Ok(source) => parse::parse(&source, config, now),
                Err(fault) => parse::Parsed { article: Err(Skipped::Nothing), diagnostics: vec![fault] },
            };
            progress.advance(1);
            let article = match parsed.article {
                Ok(article) => {
                    let span = spool.put(&article.body.0).map_err(|fault| put_fault(STATE_FOLDER, &fault))?;
                    Ok((Box::new(article.entry), span))
                }
                Err(why) => Err(why),
            };
            Ok(PutAside { article, diagnostics: parsed.diagnostics })
        })
        .collect()
}

/// Pages that are no articles: they have a name for an address and are in no list.
fn custom_pages(config: &Config, now: DateTime<Utc>, report: &mut Report) -> Vec<Custom> {
    if !config.root.join(&config.pages).is_dir() {
        return Vec::new();
    }
    let (found, faults) = read::discover(&config.root, std::slice::from_ref(&config.pages));
    report.extend(faults);
    let mut customs = Vec::new();
    for file in found {
        let parsed = match read::read(&file) {
            Ok(source) => (parse::parse(&source, config, now), source),
            Err(fault) => {
                report.push(fault);
                continue;
            }
        };
        let (parsed, source) = parsed;
        report.extend(parsed.diagnostics.into_iter().filter(|fault| fault.code() != Code::Date));
        if let Ok(article) = parsed.article {
            let name = source.below_content.rsplit_once('.').map_or(source.below_content.as_str(), |(stem, _)| stem);
            let name = name.split('/').map(plan::slug::file_name).collect::<Vec<_>>().join("/");
            customs.push(Custom { name, entry: article.entry, body: article.body.0 });
        }
    }
    customs
}

fn render_all(
    config: &Config,
    theme: &Theme,
    planned: &Planned,
    gallery: &Gallery,
    stage: &Stage,
    progress: &dyn Progress,
) -> Result<(), Diagnostic> {
    let body = |id: ArticleId| planned.spool.get(planned.spans[id as usize]);
    let site = Site {
        config,
        theme,
        entries: &planned.entries,
        map: &planned.map,
        gallery,
        customs: &planned.customs,
        labels: Labels::of(&config.language),
        shared: render::shared(config, &planned.map, &planned.customs),
        body: &body,
    };
    progress.begin("pages", planned.map.pages.len());
    planned.map.pages.par_iter().try_for_each(|page| {
        let bytes = render::render(&site, page)?;
        progress.advance(1);
        stage.put(&page.path, &bytes).map_err(|fault| put_fault(&page.path, &fault))
    })
}

/// Media, the theme's assets, and the files that are copied as they are.
fn copy_files(
    config: &Config,
    theme: &Theme,
    map: &SiteMap,
    gallery: &Gallery,
    stage: &Stage,
    report: &mut Report,
) -> Result<(), Diagnostic> {
    let store = crate::media::store::Store::open(&config.media.store).map_err(|fault| put_fault("media", &fault))?;
    gallery.variants().par_iter().try_for_each(|(path, variant)| {
        stage.put_copy(path, &store.variant_path(variant), variant.bytes).map_err(|fault| put_fault(path, &fault))
    })?;
    for (path, bytes) in &theme.assets {
        stage.put(path, bytes).map_err(|fault| put_fault(path, &fault))?;
    }
    let pages: std::collections::HashSet<&str> = map.pages.iter().map(|page| page.path.as_str()).collect();
    let faults = Mutex::new(Vec::new());
    let folder = config.root.join(&config.static_folder);
    let files: Vec<_> = walkdir::WalkDir::new(&folder)
        .follow_links(false)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .collect();
    files.par_iter().try_for_each(|entry| copy_static(&folder, entry.path(), &pages, stage, &faults))?;
    report.extend(faults.into_inner().unwrap_or_default());
    Ok(())
}

fn copy_static(
    folder: &Path,
    file: &Path,
    pages: &std::collections::HashSet<&str>,
    stage: &Stage,
    faults: &Mutex<Vec<Diagnostic>>,
) -> Result<(), Diagnostic> {
    let shown = file.display().to_string();
    let warn = |fault: Diagnostic| {
        if let Ok(mut faults) = faults.lock() {
            faults.push(fault.in_file(shown.clone()));
        }
    };
    let Some(path) = file.strip_prefix(folder).ok().and_then(Path::to_str).filter(|path| !path.contains('\n')) else {
        warn(
            Diagnostic::warning(Code::Name, "the name cannot be used in an address; the file is left out")
                .hint("rename the file"),
        );
        return Ok(());
    };
    if pages.contains(path) {
        warn(
            Diagnostic::warning(Code::Collision, "a page of the site has this address; the file is left out")
                .hint("rename the file"),
        );
        return Ok(());
    }
    match std::fs::read(file) {
        Ok(bytes) => stage.put(path, &bytes).map_err(|fault| put_fault(path, &fault)),
        Err(fault) => {
            warn(Diagnostic::warning(Code::Unreadable, fault.to_string()).hint("look at its permissions"));
            Ok(())
        }
    }
}

/// Shows nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn advance(&self, _: usize) {}
}
