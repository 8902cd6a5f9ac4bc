//! A build that knows the one before makes the same site as one that knows nothing, whatever was changed between them.

use std::collections::BTreeSet;
use std::fs;

use crate::support::TinySite;
use crate::support::kept::{FOLDERS, Kept, png, show_everything, with_pictures};
use zavicaj::cache::Cache;
use zavicaj::diagnostic::Diagnostic;
use zavicaj::source::Happened;

/// The same numbers always (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
const ENDINGS: [&str; 3] = [".md", ".md", ".en.md"];

fn page(numbers: &mut Numbers) -> (String, bool) {
    let folder = FOLDERS[numbers.below(FOLDERS.len())];
    let name = NAMES[numbers.below(NAMES.len())];
    (format!("content/{folder}/{name}{}", ENDINGS[numbers.below(3)]), folder.starts_with("vijesti"))
}

fn text(numbers: &mut Numbers, number: usize, path: &str, is_article: bool) -> String {
    let mut text = format!("---\ntitle: Naslov {}\n", numbers.below(40));
    if is_article || numbers.once_in(2) {
        text.push_str(&format!(
            "date: 20{}-0{}-1{}\n",
            10 + numbers.below(17),
            1 + numbers.below(9),
            number % 10
        ));
    }
    let mut maybe = |times: usize, line: &dyn Fn(&mut Numbers) -> String| {
        if numbers.once_in(times) {
            let line = line(numbers);
            text.push_str(&line);
        }
    };
    maybe(3, &|numbers| format!("description: Opis {}\n", numbers.below(9)));
    maybe(9, &|_| "draft: true\n".to_owned());
    maybe(9, &|numbers| format!("publish: 2026-12-0{}\n", 1 + numbers.below(9)));
    maybe(9, &|numbers| format!("expires: 2026-12-2{}\n", 1 + numbers.below(9)));
    maybe(9, &|numbers| format!("slug: adresa-{number}-{}\n", numbers.below(99)));
    maybe(9, &|numbers| format!("aliases: [/staro/{number}/{}/]\n", numbers.below(99)));
    maybe(9, &|numbers| format!("weight: {}\n", numbers.below(4)));
    maybe(6, &|_| "picture: { src: /slika.png, alt: Slika }\n".to_owned());
    maybe(6, &|_| "picture: { src: slika.png, alt: Slika }\n".to_owned());
    if path.contains("dogadanja") {
        maybe(2, &|numbers| format!("start: 2026-1{}-0{}\n", 1 + numbers.below(2), 1 + numbers.below(9)));
    }
    if is_article {
        maybe(2, &|numbers| format!("tags: [t{}, t{}]\n", numbers.below(3), 3 + numbers.below(3)));
        maybe(3, &|numbers| format!("categories: [k{}]\n", numbers.below(2)));
        maybe(4, &|numbers| format!("series: Niz {}\n", numbers.below(2)));
    }
    text.push_str("---\n\n");
    for _ in 0..numbers.below(3) {
        // Some lead nowhere, or will when another page goes.
        let (target, _) = page(numbers);
        let target = target.trim_start_matches("content/").replace(".en.md", ".md").replace("./", "");
        let target = if numbers.once_in(6) { target } else { "vijesti/_index.md".to_owned() };
        text.push_str(&format!("Odlomak {number} s [poveznicom]({target}).\n\n"));
    }
    if numbers.once_in(4) && !is_article {
        text.push_str("![Slika](slika.png)\n");
    }
    text
}

/// Once the keys of a front matter stand twice, the whole file is a mistake: the first of them stays.
fn without_double_keys(text: &str) -> String {
    let mut seen = Vec::new();
    let lines = text.lines().filter(|line| {
        let key = line.split(':').next().unwrap_or_default();
        let is_double = line.starts_with("picture") && seen.contains(&key);
        seen.push(key);
        !is_double
    });
    lines.map(|line| format!("{line}\n")).collect()
}

const OTHER_ARTICLE: &str = "<!doctype html><html lang=\"hr\"><head><title>{{ page.title }}</title></head><body>\
    <h1>{{ page.title }}</h1>{% for item in section(path=\"dogadanja\", limit=2) %}{{ item.title }}{% endfor %}";

/// One change of anything that a site is made of. If it was the writing of a file that was there, its path.
fn change(site: &mut TinySite, numbers: &mut Numbers, number: usize) -> Option<String> {
    let (path, is_article) = page(numbers);
    match numbers.below(17) {
        0 => drop(fs::remove_file(site.root().join(path))),
        1 => {
            let to = path.replace(".en.md", ".md").replace(".md", ".en.md");
            drop(fs::rename(site.root().join(path), site.root().join(to)));
        }
        2 => {
            let lists = ["vijesti/_index.md", "vijesti/_index.en.md", "vijesti/2019/_index.md"];
            site.write(
                &format!("content/{}", lists[numbers.below(3)]),
                &format!(
                    "---\ntitle: Vijesti {}\npaginate: {}\nsort: {}\n---\n",
                    numbers.below(3),
                    1 + numbers.below(3),
                    ["date", "date\narchive: false", "date", "title", "weight"][numbers.below(5)]
                ),
            );
        }
        3 => {
            let folder = FOLDERS[numbers.below(FOLDERS.len())];
            let size = u32::try_from(1 + numbers.below(3)).unwrap();
            site.bytes(&format!("content/{folder}/slika.png"), &png(size, 2));
        }
        4 => site.now = site.now.checked_add(jiff::SignedDuration::from_hours(20)).unwrap(),
        5 => {
            let settings = fs::read_to_string(site.root().join("site.yaml")).unwrap();
            let title = format!("hr: Vijesti {}, en", numbers.below(3));
            let (before, after) = settings.split_once("label: { ").unwrap();
            let (_, after) = after.split_once(", en").unwrap();
            site.write("site.yaml", &format!("{before}label: {{ {title}{after}"));
        }
        6 => {
            let strings = "themes/tiny/strings/hr.yaml";
            let text = fs::read_to_string(site.root().join(strings)).unwrap();
            let home = format!("nav.home: Početna {}", numbers.below(3));
            let text: String = text
                .lines()
                .map(|line| format!("{}\n", if line.starts_with("nav.home:") { &home } else { line }))
                .collect();
            site.write(strings, &text);
        }
        7 => {
            site.write(
                "themes/tiny/static/style.css",
                &format!("body {{ margin: {}px }}\n", numbers.below(3)),
            );
        }
        8 => {
            show_everything(site);
            let (lead, _) = page(numbers);
            let lead = lead.trim_start_matches("content/").replace(".en.md", ".md").replace("./", "");
            let lead = if numbers.once_in(2) { format!("lead: {lead}\n") } else { String::new() };
            site.write("content/_index.md", &format!("---\ntitle: Početna\n{lead}---\n"));
        }
        9 => {
            site.template("article", OTHER_ARTICLE);
        }
        10 => {
            let level = ["information", "warning", "danger", "velika"][numbers.below(4)];
            let section = ["vijesti", "dogadanja", "obrasci", "nema"][numbers.below(4)];
            let keys = [
                format!("level: {level}\n"),
                format!("sections: [{section}]\n"),
                format!("publish: 2026-12-0{}\n", 1 + numbers.below(9)),
                String::new(),
            ];
            let link = ["vijesti/a.md", "vijesti/_index.md"][numbers.below(2)];
            site.write(
                &format!("content/obavijesti/{}{}", NAMES[numbers.below(2)], ENDINGS[numbers.below(3)]),
                &format!(
                    "---\ntitle: Obavijest {number}\nexpires: 2026-12-2{}\n{}---\n[Stanje vodovoda]({link}).\n",
                    numbers.below(9),
                    keys[numbers.below(4)]
                ),
            );
        }
        _ => {
            let was_there = site.root().join(&path).exists();
            site.write(&path, &without_double_keys(&text(numbers, number, &path, is_article)));
            return was_there.then_some(path.replace("/./", "/"));
        }
    }
    None
}

/// What has an error goes.
fn mend(site: &TinySite, found: &[Diagnostic]) {
    let errors = found.iter().filter(|diagnostic| diagnostic.is_error());
    for place in errors.filter_map(|diagnostic| diagnostic.place.as_ref()) {
        drop(fs::remove_file(site.root().join(&place.path)));
    }
}

#[test]
fn after_any_change_the_site_is_what_a_fresh_build_makes() {
    let (mut built, mut failed) = (0, 0);
    for seed in 1..=5 {
        let (mut site, mut numbers) = (with_pictures(), Numbers(seed * 0x9e37_79b9));
        let (mut kept, mut cache, mut unsure) = (Kept::default(), Cache::default(), true);
        for number in 0..70 {
            // First many, so that there is something to change.
            let mut written = (!unsure).then(BTreeSet::new);
            for _ in 0..=if number == 0 { 40 } else { numbers.below(2) } {
                let path = change(&mut site, &mut numbers, number);
                written = written.zip(path).map(|(mut written, path)| {
                    written.insert(path);
                    written
                });
            }
            let happened = written.map_or(Happened::Anything, Happened::Written);
            let (followed, _) = kept.build(&site, &mut cache, happened);
            unsure = followed.is_err();
            let (fresh, _) = Kept::default().build(&site, &mut Cache::default(), Happened::Anything);
            match (followed, fresh) {
                (Ok((followed, warned)), Ok((fresh, warnings))) => {
                    built += 1;
                    let stale: Vec<&String> =
                        fresh.keys().filter(|path| followed.get(*path) != fresh.get(*path)).collect();
                    assert!(stale.is_empty(), "seed {seed}, change {number}: stale {stale:?}");
                    assert_eq!(followed.len(), fresh.len(), "seed {seed}, change {number}");
                    assert_eq!(
                        format!("{warned:#?}"),
                        format!("{warnings:#?}"),
                        "seed {seed}, change {number}"
                    );
                }
                (Err(followed), Err(fresh)) => {
                    failed += 1;
                    if !numbers.once_in(3) {
                        mend(&site, &fresh);
                    }
                    assert_eq!(
                        format!("{followed:#?}"),
                        format!("{fresh:#?}"),
                        "seed {seed}, change {number}"
                    );
                }
                (followed, fresh) => {
                    panic!("seed {seed}, change {number}: {:?}, fresh {:?}", followed.err(), fresh.err())
                }
            }
        }
    }
    assert!(built > 200 && failed > 10, "the changes try both: {built} built, {failed} failed");
}
