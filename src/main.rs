//! The `coppice` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    coppice::cli::run()
}
