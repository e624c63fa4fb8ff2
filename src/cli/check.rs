//! `heliostat check`.

use clap::Args;

use super::{Format, Invocation, SiteArguments, load, terminal};
use crate::config::Overrides;
use crate::diagnostics::Report;
use crate::pipeline;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    site: SiteArguments,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    let overrides =
        Overrides { base_url: arguments.site.base_url.clone(), drafts: arguments.site.drafts, ..Overrides::default() };
    let Some(config) = load(invocation, &overrides) else { return false };
    let mut report = Report::default();
    let bar = terminal::Bar::new();
    let checked = pipeline::check(&config, pipeline::now(), &bar, &mut report);
    bar.clear();
    let outcome = checked.map_err(|fault| report.push(fault)).ok().map(|(_, outcome)| outcome);
    match invocation.format {
        Format::Human => eprint!("{}", report.complete()),
        format => terminal::show(&report, None, format),
    }
    let Some(outcome) = outcome else { return false };
    if arguments.site.timings {
        terminal::show_timings(&outcome.timings);
    }
    let (counts, skipped) = (outcome.counts, outcome.counts.skipped());
    println!(
        "{} articles, {} pages; {skipped} skipped; {} faults; nothing written",
        counts.articles,
        counts.pages,
        report.len()
    );
    !report.has_errors() && (report.is_empty() || !arguments.site.strict)
}
