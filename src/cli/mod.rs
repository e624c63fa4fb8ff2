//! The command line: arguments, one thin file a command, what the terminal shows, the exit status.
//!
//! Exit status: 0, all well; 1, faults that stop (with `--strict`, any fault); 2, arguments that make no sense.

mod build;
mod check;
mod init;
mod jekyll;
mod list;
mod media;
mod serve;
mod shell;
mod terminal;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::config::{self, Config, Overrides};
use crate::diagnostics::Report;
use crate::pipeline;

const STATUS: &str =
    "Exit status: 0, all well; 1, faults that stop (with --strict, any fault); 2, arguments that make no sense.";

/// A static site generator for news mirrors.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true, after_help = STATUS)]
struct Cli {
    /// The site's folder: the one with site.toml
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    /// How faults are told [default: human, or github where GITHUB_ACTIONS is set]
    #[arg(long, global = true, value_enum)]
    format: Option<Format>,
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
    /// Looks after the store of pictures, sounds and films
    Media(media::Arguments),
    /// Prints the completions of a shell
    Completions(shell::Completions),
    /// Writes manual pages
    Man(shell::Man),
    /// Prints the JSON Schema of site.toml, for editors
    Schema,
}

/// How faults are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Grouped, a few of each kind
    Human,
    /// Every one, as a JSON object a line
    Json,
    /// As for people, and as annotations of a GitHub workflow
    Github,
}

impl Format {
    fn of_environment() -> Self {
        if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") { Self::Github } else { Self::Human }
    }
}

/// What every command is told.
struct Invocation {
    /// The site's folder.
    site: PathBuf,
    format: Format,
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
}

/// What is told a command that ends.
#[derive(Debug, Args)]
struct OnceArguments {
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
    if let Err(fault) = pipeline::moment_set() {
        Cli::command().error(ErrorKind::ValueValidation, fault).exit();
    }
    widen_thread_pool();
    let invocation = Invocation { site: cli.site, format: cli.format.unwrap_or_else(Format::of_environment) };
    let succeeded = match cli.command {
        Command::Build(arguments) => build::run(&invocation, &arguments),
        Command::Watch(arguments) => watch::run(&invocation, &arguments),
        Command::Serve(arguments) => serve::run(&invocation, &arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Completions(arguments) => shell::completions(Cli::command(), &arguments),
        Command::Man(arguments) => shell::man(Cli::command(), &arguments),
        Command::Schema => shell::schema(),
        Command::List(arguments) => list::run(&invocation, &arguments),
        Command::Check(arguments) => check::run(&invocation, &arguments),
        Command::Media(arguments) => media::run(&invocation, &arguments),
    };
    if succeeded && terminal::is_heard() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Two threads more than there are cores: a build's threads wait for the disk now and then.
/// (`RAYON_NUM_THREADS` says otherwise.)
fn widen_thread_pool() {
    if std::env::var_os("RAYON_NUM_THREADS").is_none() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // It fails only where there is a pool already, which will do.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(cores + 2).build_global();
    }
}

/// Loads the configuration, or shows why it cannot be.
fn load(invocation: &Invocation, overrides: &Overrides) -> Option<Config> {
    config::load(&invocation.site, overrides)
        .map_err(|faults| {
            let mut report = Report::default();
            report.extend(faults);
            terminal::show(&report, None, invocation);
        })
        .ok()
}
