//! The program `zavicaj`.

use std::process::ExitCode;

fn main() -> ExitCode {
    zavicaj::cli::main()
}
