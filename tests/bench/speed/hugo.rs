//! The Hugo of the comparison.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The version that the published numbers are of.
const PINNED: &str = "0.168.0";

/// Hugo's program, if there is one that runs. It has to be the program itself, not a script that starts it.
pub fn find() -> Option<PathBuf> {
    let program = std::env::var_os("ZAVICAJ_HUGO").map_or_else(|| PathBuf::from("hugo"), PathBuf::from);
    let Ok(output) = Command::new(&program).arg("version").output() else {
        crate::tell(&format!("Hugo is not there ({}): only ours is measured", program.display()));
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    crate::tell(said.trim());
    if !said.contains(&format!("v{PINNED}")) {
        crate::tell(&format!("WARNING: that is not Hugo {PINNED}, which the numbers elsewhere are of"));
    }
    Some(program)
}

/// A build of the site in a folder.
pub fn build(program: &Path, site: &Path, out: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["build", "--quiet", "--noBuildLock", "--destination"]).arg(out).current_dir(site);
    command
}
