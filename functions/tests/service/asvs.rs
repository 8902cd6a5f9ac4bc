//! The table in `functions/ASVS.md` names files and tests: each of them is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Method, StatusCode};

use crate::browser::{request, send};
use crate::town::Town;

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

/// How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they come first in it, with numbers from 1.
const SECTIONS: [(&str, &[usize]); 17] = [
    ("V1", &[2, 9, 11, 3, 2]),
    ("V2", &[3, 3, 4, 1]),
    ("V3", &[0, 2, 4, 6, 5, 0, 2]),
    ("V4", &[3, 1, 2, 4]),
    ("V5", &[1, 3, 2, 3]),
    ("V6", &[3, 12, 4, 4, 5, 3, 0, 4]),
    ("V7", &[3, 4, 2, 5, 2, 2]),
    ("V8", &[2, 3, 1, 1]),
    ("V9", &[3, 4]),
    ("V10", &[2, 2, 4, 11, 5, 2, 3]),
    ("V11", &[2, 3, 3, 4, 1, 1, 0]),
    ("V12", &[3, 2, 4]),
    ("V13", &[1, 5, 2, 5]),
    ("V14", &[2, 4, 3]),
    ("V15", &[3, 3, 7, 0]),
    ("V16", &[1, 5, 4, 3, 3]),
    ("V17", &[1, 4, 2]),
];

fn standard() -> BTreeSet<String> {
    let sections = SECTIONS.iter().flat_map(|(chapter, sections)| {
        (1..).zip(*sections).map(move |(section, count)| (chapter, section, *count))
    });
    sections
        .flat_map(|(chapter, section, count)| (1..=count).map(move |n| format!("{chapter}.{section}.{n}")))
        .collect()
}

/// The rows of both tables.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| line.starts_with("| V")).map(|line| line.split('|').map(str::trim).collect())
}

/// "V3.3.1–V3.3.4, V3.5.2" one by one.
fn requirements(cell: &str) -> Vec<String> {
    let of_part = |part: &str| -> Vec<String> {
        let Some((first, last)) = part.split_once('–') else { return vec![part.to_owned()] };
        let number = |name: &str| name.rsplit_once('.').unwrap().1.parse::<usize>().unwrap();
        let (section, _) = first.rsplit_once('.').unwrap();
        assert!(last.starts_with(section), "{part}");
        (number(first)..=number(last)).map(|n| format!("{section}.{n}")).collect()
    };
    cell.split(", ").flat_map(of_part).collect()
}

#[test]
fn every_requirement_of_both_levels_is_answered_once_and_none_is_made_up() {
    let table = text(&root().join("functions/ASVS.md"));
    assert_eq!(standard().len(), 253, "70 of level 1 and 183 of level 2");
    let named: Vec<String> = rows(&table).flat_map(|row| requirements(row[1])).collect();
    let all: BTreeSet<String> = named.iter().cloned().collect();
    let missing: Vec<_> = standard().difference(&all).cloned().collect();
    let unknown: Vec<_> = all.difference(&standard()).cloned().collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown {unknown:?}");
    assert_eq!(named.len(), all.len(), "one is there twice");
}

#[test]
fn every_path_and_every_test_of_the_table_exists() {
    let table = text(&root().join("functions/ASVS.md"));
    let applying: Vec<_> = rows(&table).filter(|row| row.len() == 6).collect();
    assert!(applying.len() > 100, "{}", applying.len());
    for row in applying {
        let [_, requirement, _, place, tests, _] = row[..] else { panic!("not four columns: {row:?}") };
        for named in code(place).filter(|named| named.contains('/') && !named.contains(' ')) {
            let top = named.split('/').next().unwrap();
            assert!(top == "keys" || path(named).exists(), "{requirement}: no {named}");
        }
        assert!(tests.starts_with('–') || code(tests).next().is_some(), "{requirement}: no test and no gap");
        let mut before = String::new();
        for named in code(tests) {
            assert!(is_there(named, &mut before), "{requirement}: no {named}");
        }
    }
}

#[test]
fn the_scripts_of_the_theme_use_nothing_that_runs_or_stores_text() {
    let scripts =
        fs::read_dir(root().join("themes/ljubuski/static")).unwrap().map(|entry| entry.unwrap().path());
    let scripts: Vec<_> = scripts.filter(|path| path.extension().is_some_and(|end| end == "js")).collect();
    assert!(scripts.len() >= 5, "{scripts:?}");
    for script in scripts {
        let source = fs::read_to_string(&script).unwrap();
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "document.cookie",
            "postMessage",
            "http://",
            "https://",
            "__proto__",
        ] {
            let known = word.starts_with("http")
                && source.matches(word).count() == source.matches("http://www.w3.org/").count();
            assert!(!source.contains(word) || known, "{word} in {}", script.display());
        }
    }
}

#[tokio::test]
async fn no_answer_lets_another_site_read_it() {
    let town = Town::new();
    for path in ["/usluge/status", "/usluge/kljucevi/potvrde.pem", "/usluge/nista"] {
        let asked = request(Method::GET, path, &[("origin", "https://drugi.example")], Body::empty());
        let answer = send(&town.router, asked).await;
        let cors = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
        assert!(!cors, "{path}: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn trace_and_other_methods_are_refused() {
    let town = Town::new();
    for path in ["/usluge/status", "/usluge/upis/provjera", "/usluge/potvrda/a", "/usluge/veza/a"] {
        for method in [Method::TRACE, Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = send(&town.router, request(method.clone(), path, &[], Body::empty())).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
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
