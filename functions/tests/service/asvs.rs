//! The table in `functions/ASVS.md` names files and tests: each of them is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What stands between backticks.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// A path of the table as one from the repository's root.
fn path(named: &str) -> PathBuf {
    let named = named.trim_end_matches("/*");
    let below = |folder: &str, rest: &str| root().join(folder).join(rest);
    match named.split_once('/') {
        Some(("service", rest)) => below("functions/tests/service", rest),
        Some(("system", rest)) => below("tests/system", rest),
        _ if named.ends_with(".test.mjs") => below("tests/browser", named),
        _ => root().join(named),
    }
}

/// Everything that the path holds, below a folder the contents of all Rust files.
fn text(path: &Path) -> String {
    if path.is_file() {
        return fs::read_to_string(path).unwrap();
    }
    let Ok(entries) = fs::read_dir(path) else { return String::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.is_dir() || path.extension().is_some_and(|end| end == "rs"))
        .map(|p| text(&p))
        .collect()
}

/// The sources in which a path of modules can begin.
fn sources() -> Vec<PathBuf> {
    let mut sources = vec![root().join("functions/src"), root().join("generator/src")];
    for package in fs::read_dir(root().join("functions")).unwrap() {
        sources.push(package.unwrap().path().join("src"));
    }
    sources.retain(|source| source.is_dir());
    sources
}

/// The file of a module (`serve::files`, `store::audit` where the first part is a package).
fn module(parts: &[&str]) -> Vec<PathBuf> {
    let file = |parts: &[&str]| format!("{}.rs", parts.join("/"));
    let in_package = |source: &PathBuf| source.parent().is_some_and(|package| package.ends_with(parts[0]));
    let found = sources().into_iter().flat_map(|source| {
        let inner = in_package(&source).then(|| source.join(file(&parts[1..])));
        [Some(source.join(file(parts))), inner]
    });
    found.flatten().filter(|path| path.is_file()).collect()
}

/// Whether what the last column names is there; `before` is the path or module that stood before it in the cell.
fn is_there(named: &str, before: &mut String) -> bool {
    let parts: Vec<&str> = named.split("::").collect();
    if let Some(at) = parts.iter().position(|part| *part == "tests") {
        *before = module(&parts[..at]).iter().map(|path| text(path)).collect();
        let test = parts.get(at + 1).map(|name| format!("fn {name}("));
        return before.contains("mod tests {") && test.is_none_or(|test| before.contains(&test));
    }
    if named.contains('/') || named.contains('.') {
        *before = text(&path(named));
        return path(named).exists();
    }
    let is_target = root().join("tests/fuzz/corpus").join(named).is_dir();
    let is_stage = text(&root().join("tests/run"))
        .lines()
        .filter_map(|line| line.split_once("stages=(")?.1.strip_suffix(')'))
        .any(|stages| stages.split(' ').any(|stage| stage == named));
    let is_case = root().join("functions/store/src/conformance").join(format!("{named}.rs")).is_file();
    let is_command = named.starts_with("zavicaj ");
    is_target || is_stage || is_case || is_command || before.contains(&format!("fn {named}("))
}

#[test]
fn every_path_and_every_test_of_the_table_exists() {
    let table = text(&root().join("functions/ASVS.md"));
    let rows: Vec<Vec<&str>> =
        table.lines().filter(|line| line.starts_with("| V")).map(|line| line.split('|').collect()).collect();
    assert!(rows.len() > 30, "{}", rows.len());
    for row in rows {
        let [_, chapter, _, place, tests, _] = row[..] else { panic!("not four columns: {row:?}") };
        for named in code(place).filter(|named| named.contains('/') && !named.contains(' ')) {
            let top = named.split('/').next().unwrap();
            assert!(top == "keys" || path(named).exists(), "{chapter}: no {named}");
        }
        let mut before = String::new();
        for named in code(tests) {
            assert!(is_there(named, &mut before), "{chapter}: no {named}");
        }
    }
}

#[test]
fn what_does_not_exist_is_noticed() {
    let mut before = String::new();
    for wrong in [
        "service/nothing.rs",
        "link::tests::nothing",
        "nothing::tests",
        "functions/nothing",
        "nothing_at_all",
    ] {
        assert!(!is_there(wrong, &mut before), "{wrong}");
    }
    assert!(is_there("service/asvs.rs", &mut before));
    assert!(is_there("what_does_not_exist_is_noticed", &mut before));
    assert!(!is_there("something_that_is_no_test", &mut before));
}
