//! `heliostat watch`.

use std::time::{Duration, Instant};

use clap::Args;

use super::{Invocation, SiteArguments, terminal};
use crate::config::Overrides;
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::disk::Durability;
use crate::serve::builder::{Builder, Built};
use crate::serve::watcher::{Changes, Watched, Watcher};
use crate::write::Removals;

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Ask no other host for anything
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    site: SiteArguments,
}

/// Dates may become true while nothing changes: the site is looked at so often at least.
const AT_LEAST: Duration = Duration::from_secs(60 * 60);

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    let overrides = Overrides {
        offline: arguments.offline,
        drafts: arguments.site.drafts,
        base_url: arguments.site.base_url.clone(),
        ..Overrides::default()
    };
    let Ok(mut builder) = open(invocation, overrides, (Removals::Few, Durability::PowerCut)) else { return false };
    keep_building(invocation, &mut builder, &mut |_| ())
}

/// Builds now and after every change; returns only if the site cannot be watched. `listen` is told of every build.
pub(super) fn keep_building(invocation: &Invocation, builder: &mut Builder, listen: &mut dyn FnMut(&Built)) -> bool {
    // Among very many files it takes a while to begin to watch, for which no reader of a preview need wait.
    let watched = Watched::of(&builder.config);
    let (watcher, built) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(watched, invocation));
        let built = rebuild(builder, None, listen);
        (watcher.join(), built)
    });
    conclude(invocation, builder, None, &built);
    let Ok(Some(watcher)) = watcher else { return false };
    // What changed before it was watched is built now.
    let Some(mut watcher) = follow(builder, Some(watcher), invocation) else { return false };
    let missed = rebuild(builder, None, &mut |_| ());
    if missed.0.is_news() {
        listen(&missed.0);
        conclude(invocation, builder, None, &missed);
    } else {
        terminal::list(&builder.config, &missed.0.report);
        save(invocation, builder);
    }
    loop {
        let changes = watcher.wait(AT_LEAST);
        let is_outdated = changes.as_ref().is_some_and(|changes| watcher.is_outdated(changes));
        let known = changes.as_ref().filter(|changes| !is_outdated && !changes.has_config());
        // Between two watchers something may have been missed: then everything is looked at.
        if known.is_none() {
            let still = Some(watcher).filter(|_| !is_outdated);
            let Some(following) = follow(builder, still, invocation) else { return false };
            watcher = following;
        }
        let built = rebuild(builder, known, listen);
        conclude(invocation, builder, changes.as_ref(), &built);
    }
}

/// Opens a site to be built again and again, or shows why it cannot be.
pub(super) fn open(
    invocation: &Invocation,
    overrides: Overrides,
    limits: (Removals, Durability),
) -> Result<Builder, ()> {
    terminal::end_on_interrupt();
    Builder::open(invocation.site.clone(), overrides, limits, terminal::waiting).map_err(|faults| {
        let mut report = Report::default();
        report.extend(faults);
        terminal::show(&report, None, invocation);
    })
}

/// Reads site.toml again and watches what it names, which it may have come to name before somebody watched.
fn follow(builder: &mut Builder, mut watcher: Option<Watcher>, invocation: &Invocation) -> Option<Watcher> {
    loop {
        builder.read_config();
        let watched = Watched::of(&builder.config);
        match watcher {
            Some(watcher) if watcher.watches(&watched) => return Some(watcher),
            _ => watcher = Some(watch(watched, invocation)?),
        }
    }
}

/// Begins to watch, or shows why that cannot be.
fn watch(watched: Watched, invocation: &Invocation) -> Option<Watcher> {
    const HINT: &str = "on Linux, see fs.inotify.max_user_watches and max_user_instances";
    let fault = |why| Diagnostic::error(Code::Serve, format!("the site cannot be watched: {why}")).hint(HINT);
    Watcher::new(watched).map_err(|why| terminal::show_one(fault(why), invocation)).ok()
}

/// Builds, and tells `listen` what came of it; says how long that took.
fn rebuild(builder: &mut Builder, changes: Option<&Changes>, listen: &mut dyn FnMut(&Built)) -> (Built, Duration) {
    let start = Instant::now();
    let bar = terminal::Bar::new();
    let built = builder.build(changes, &bar);
    bar.clear();
    listen(&built);
    (built, start.elapsed())
}

/// Says in a line what was built, and saves what was learned.
fn conclude(
    invocation: &Invocation,
    builder: &mut Builder,
    changes: Option<&Changes>,
    (built, time): &(Built, Duration),
) {
    let listed_in = terminal::list(&builder.config, &built.report);
    terminal::show(&built.news, listed_in.as_deref(), invocation);
    if built.outcome.is_none() && !built.news.has_errors() {
        // Why there is still no new site may have scrolled away.
        let mut why = Report::default();
        why.extend(built.report.iter().filter(|fault| fault.is_error()).cloned());
        terminal::show(&why, None, invocation);
    }
    let what = changes.map(described);
    let seconds = time.as_secs_f64();
    match &built.outcome {
        Some(outcome) => terminal::say(format_args!(
            "{}: {} files written, {} removed; {seconds:.3} s",
            what.as_deref().unwrap_or("built"),
            outcome.files.written,
            outcome.files.removed
        )),
        None => terminal::say(format_args!(
            "{}not built, {}; {seconds:.3} s",
            what.map(|what| what + ": ").unwrap_or_default(),
            if builder.config.output.is_dir() { "the last good site stays" } else { "there is no site yet" }
        )),
    }
    save(invocation, builder);
}

fn save(invocation: &Invocation, builder: &mut Builder) {
    if let Err(fault) = builder.save() {
        terminal::show_one(fault, invocation);
    }
}

/// `content/a.md and 3 more`.
fn described(changes: &Changes) -> String {
    let first = changes.paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    let first = first.escape_debug().to_string();
    match changes.paths.len() {
        0 | 1 => first,
        many => format!("{first} and {} more", many - 1),
    }
}
