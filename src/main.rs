//! The command line: see [`heliostat::cli`].

mod allocator;

use std::process::ExitCode;

fn main() -> ExitCode {
    allocator::keep_free_memory();
    heliostat::cli::run()
}
