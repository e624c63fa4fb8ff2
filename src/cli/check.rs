//! `heliostat check`.

use clap::Args;

use super::{Invocation, OnceArguments, SiteArguments, load, terminal};
use crate::config::Overrides;
use crate::diagnostics::Report;
use crate::pipeline;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    site: SiteArguments,
    #[command(flatten)]
    strictness: OnceArguments,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    let overrides =
        Overrides { base_url: arguments.site.base_url.clone(), drafts: arguments.site.drafts, ..Overrides::default() };
    let Some(config) = load(invocation, &overrides) else { return false };
    let mut report = Report::default();
    let bar = terminal::Bar::new();
    let checked = pipeline::check(&config, pipeline::now(), &bar, &mut report);
    bar.clear();
    let outcome = checked.map_err(|fault| report.push(fault)).ok();
    terminal::show(&report, None, invocation);
    let Some(outcome) = outcome else { return false };
    if arguments.strictness.timings {
        terminal::show_timings(&outcome.timings);
    }
    let (counts, skipped) = (outcome.counts, outcome.counts.skipped());
    terminal::say(format_args!(
        "{}, {}; {skipped} skipped; {}; nothing written",
        terminal::count(counts.articles, "article"),
        terminal::count(counts.pages, "page"),
        terminal::count(report.len(), "fault")
    ));
    !report.has_errors() && (report.is_empty() || !arguments.strictness.strict)
}
