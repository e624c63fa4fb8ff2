//! The command line: see [`heliostat::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Two threads that allocate strings all the time: the system's allocator costs a fifth of a build.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    heliostat::cli::run()
}
