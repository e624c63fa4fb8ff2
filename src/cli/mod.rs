//! The command line: arguments, one thin file a command, what the terminal shows, the exit status.
//!
//! Exit status: 0, all well; 1, faults that stop (with `--strict`, any fault); 2, arguments that make no sense.

mod build;
mod check;
mod init;
mod jekyll;
mod list;
mod serve;
mod terminal;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Overrides};
use crate::diagnostics::Report;

/// A static site generator for news mirrors.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    /// The site's folder: the one with site.toml
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds the site
    Build(build::Arguments),
    /// Builds the site whenever something changes
    Watch(watch::Arguments),
    /// Shows a preview that keeps up with what changes
    Serve(serve::Arguments),
    /// Makes a new site
    Init(init::Arguments),
    /// Lists the articles
    List(list::Arguments),
    /// Reads, parses and plans everything, writes nothing, and reports all faults
    Check(check::Arguments),
}

/// What `build` and its like take.
#[derive(Debug, Args)]
struct SiteArguments {
    /// Build articles that are marked as drafts, too
    #[arg(long)]
    drafts: bool,
    /// Where the site will be reached, instead of what site.toml says
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Fail on warnings, too
    #[arg(long)]
    strict: bool,
    /// Show how long each stage took
    #[arg(long)]
    timings: bool,
}

/// Runs the command that the process's arguments name.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let succeeded = match cli.command {
        Command::Build(arguments) => build::run(&cli.site, &arguments),
        Command::Watch(arguments) => watch::run(&cli.site, &arguments),
        Command::Serve(arguments) => serve::run(&cli.site, &arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::List(arguments) => list::run(&cli.site, &arguments),
        Command::Check(arguments) => check::run(&cli.site, &arguments),
    };
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Loads the configuration, or shows why it cannot be.
fn load(site: &std::path::Path, overrides: &Overrides) -> Option<Config> {
    config::load(site, overrides)
        .map_err(|faults| {
            let mut report = Report::default();
            report.extend(faults);
            terminal::show(&report, None);
        })
        .ok()
}
