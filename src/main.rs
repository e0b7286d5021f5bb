//! The program: see `guardia --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    guardia::cli::main()
}
