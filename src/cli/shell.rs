//! `heliostat completions`, `man` and `schema`: what shells, readers and editors are told of the command line and of
//! site.toml.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::terminal::{complain, said, say};

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder for the pages
    dir: PathBuf,
}

pub(super) fn completions(mut command: Command, arguments: &Completions) -> bool {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    said(io::stdout().write_all(&script));
    true
}

pub(super) fn man(command: Command, arguments: &Man) -> bool {
    let write = || {
        std::fs::create_dir_all(&arguments.dir)?;
        clap_mangen::generate_to(command, &arguments.dir)
    };
    write()
        .inspect_err(|fault| complain(format_args!("error: {} cannot be written: {fault}", arguments.dir.display())))
        .is_ok()
}

pub(super) fn schema() -> bool {
    say(crate::config::schema());
    true
}
