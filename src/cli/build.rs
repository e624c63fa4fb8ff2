//! `heliostat build`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::{Invocation, OnceArguments, SiteArguments, load, terminal};
use crate::config::Overrides;
use crate::diagnostics::Report;
use crate::disk::Durability;
use crate::pipeline::{self, Memory, Options, Outcome, Use};
use crate::write::Removals;

/// Arguments of `build`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to build, instead of what site.toml says
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Ask no other host for anything
    #[arg(long)]
    offline: bool,
    /// Allow a build that removes more than half of the pages of a site of over 100, or what stands in folders and files that can no
    /// longer be read or have become empty
    #[arg(long)]
    allow_removals: bool,
    /// Use nothing that an earlier build left
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    site: SiteArguments,
    #[command(flatten)]
    strictness: OnceArguments,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    let start = Instant::now();
    let overrides = Overrides {
        output: arguments.output.clone(),
        base_url: arguments.site.base_url.clone(),
        offline: arguments.offline,
        drafts: arguments.site.drafts,
        ..Overrides::default()
    };
    let Some(config) = load(invocation, &overrides) else { return false };
    let mut report = Report::default();
    let bar = terminal::Bar::new();
    let removals = if arguments.allow_removals { Removals::Many } else { Removals::Few };
    let options =
        Options { now: pipeline::now(), changes: None, removals, durability: Durability::PowerCut, keeps_bodies: true };
    let how = if arguments.force { Use::Nothing } else { Use::Memory };
    let outcome = Memory::open(&config, how, terminal::waiting).and_then(|mut memory| {
        let outcome = pipeline::build(&config, options, &bar, &mut report, &mut memory)?;
        memory.save()?;
        // The process ends: what is remembered need not be taken apart.
        std::mem::forget(memory);
        Ok(outcome)
    });
    bar.clear();
    let outcome = outcome.map_err(|fault| report.push(fault)).ok();
    let listed_in = terminal::list(&config, &report);
    terminal::show(&report, listed_in.as_deref(), invocation);
    let Some(outcome) = outcome else { return false };
    if arguments.strictness.timings {
        terminal::show_timings(&outcome.timings);
    }
    terminal::say(closing_line(&outcome, report.len(), start.elapsed().as_secs_f64()));
    terminal::say(format_args!("The site is in {0}: open {0}/index.html in a browser.", config.output.display()));
    !report.has_errors() && (report.is_empty() || !arguments.strictness.strict)
}

fn closing_line(outcome: &Outcome, faults: usize, seconds: f64) -> String {
    let (files, counts) = (&outcome.files, outcome.counts);
    let skipped = counts.skipped();
    let mut line = format!(
        "{}, {}, {}; {} written, {} unchanged, {} removed; {skipped} skipped",
        terminal::count(counts.articles, "article"),
        terminal::count(counts.pages, "page"),
        terminal::count(counts.pictures, "picture"),
        terminal::count(files.written, "file"),
        files.unchanged,
        files.removed
    );
    if skipped > 0 {
        line.push_str(&format!(" ({} drafts, {} filtered, {} faulty)", counts.drafts, counts.filtered, counts.faulty));
    }
    if counts.withdrawn > 0 {
        line.push_str(&format!("; {} withdrawn", counts.withdrawn));
    }
    line.push_str(&format!("; {}; {seconds:.2} s", terminal::count(faults, "fault")));
    line
}
