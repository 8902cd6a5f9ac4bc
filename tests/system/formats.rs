//! What programs read of mistakes: JSON, and annotations where GitHub runs the check.

use tests::Site;
use tests::program::{NOW, Run, command, run};

fn check(site: &Site, more: &[&str], github: Option<&str>) -> Run {
    let root = site.root();
    let mut command = command(["check", "--root", root.to_str().unwrap(), "--now", NOW]);
    command.args(more).env_remove("GITHUB_ACTIONS");
    if let Some(value) = github {
        command.env("GITHUB_ACTIONS", value);
    }
    run(&mut command)
}

fn wrong() -> Site {
    let site = Site::shipped();
    site.write("content/proba.md", "---\ntitle: Proba\n---\n\nVidi [ovo](nema.md).\n");
    site
}

#[test]
fn json_is_one_object_a_line_on_standard_output_and_nothing_else() {
    let told = check(&wrong(), &["--format", "json"], None);
    assert_eq!(told.code, Some(1), "{}{}", told.out, told.err);
    let lines: Vec<serde_json::Value> =
        told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{}", told.out);
    assert_eq!((&lines[0]["code"], &lines[0]["line"]), (&"unknown-target".into(), &5.into()));
    assert_eq!((&lines[0]["file"], &lines[0]["severity"]), (&"content/proba.md".into(), &"error".into()));
    assert!(lines[0]["message"]["hr"].as_str().unwrap().contains("ne postoji"));
    assert!(lines[0]["help"]["en"].is_string() && told.err.is_empty(), "{}", told.err);
    let good = check(&Site::shipped(), &["--format", "json"], None);
    assert_eq!((good.code, good.out.as_str()), (Some(0), ""), "{}", good.err);
}

#[test]
fn github_gets_annotations_by_itself_and_people_still_read_the_message() {
    let site = wrong();
    for told in [check(&site, &[], Some("true")), check(&site, &["--format", "github"], None)] {
        assert_eq!(told.code, Some(1));
        let line = told.out.lines().find(|line| line.starts_with("::error ")).unwrap();
        assert!(
            line.contains("title=unknown-target,file=") && line.contains("content/proba.md,line=5,col=6,"),
            "{line}"
        );
        assert!(told.err.contains("greška[unknown-target]: "), "{}", told.err);
    }
    for told in [check(&site, &[], Some("false")), check(&site, &["--format", "terminal"], Some("true"))] {
        assert!(!told.out.contains("::error") && told.err.contains("greška["), "{}", told.out);
    }
}
