//! The command line: see [`heliostat::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    heliostat::cli::run()
}
