//! A town that has written for a century: 50,000 pages.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tests::Site;
use tests::program::{NOW, build, command};
use tests::site::files;

#[test]
fn a_large_site_is_built_once_and_then_only_what_changed() {
    let pages = crate::setting("ZAVICAJ_TEST_PAGES", 50_000);
    let site = Site::shipped();
    for number in 0..pages {
        let (year, month, day) = (1926 + number % 100, number / 100 % 12 + 1, number / 1200 % 28 + 1);
        site.write(
            &format!("content/vijesti/{year}/vijest-{number}.md"),
            format!(
                "---\ntitle: Vijest {number}\ndescription: Kratko o vijesti {number}.\ndate: {year}-{month:02}-{day:02}\n\
                 categories: [Kategorija {}]\ntags: [oznaka {}]\n---\n\n## Što se dogodilo\n\nĐaci su čitali, *šuma* je žutjela. \
                 Vidi [kontakt](kontakt.md).\n\n- prvo\n- drugo\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
                number % 12,
                number % 300
            ),
        );
    }
    let out = site.beside("public");
    let [root, target] = [site.root(), out.clone()].map(|path| path.to_str().unwrap().to_owned());
    let start = Instant::now();
    let mut child = command(["build", "--root", &root, "--out", &target, "--now", NOW])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most_kb = 0;
    let status = loop {
        most_kb = crate::memory::kilobytes(child.id(), "VmHWM").map_or(most_kb, |now| now.max(most_kb));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(0));
    crate::tell(&format!(
        "{pages} pages: first build {:.1} s, {} MB",
        start.elapsed().as_secs_f64(),
        most_kb / 1024
    ));
    let first = files(&out);
    let made = first.keys().filter(|path| path.starts_with("vijesti/") && path.contains("/vijest-")).count();
    assert_eq!(u64::try_from(made).unwrap(), pages);

    for (what, change, most) in [("nothing", false, 0), ("one page", true, 400)] {
        if change {
            site.write("content/kontakt.md", site.read("content/kontakt.md") + "\nPromijenjeno.\n");
        }
        let start = Instant::now();
        let again = build(&site.root(), &out);
        crate::tell(&format!(
            "{pages} pages: build after a change of {what} {:.1} s",
            start.elapsed().as_secs_f64()
        ));
        assert_eq!(again.code, Some(0), "{}", again.err);
        let written: usize =
            again.out.split("written ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        assert!(written <= most, "{what}: {}", again.out);
    }
}
