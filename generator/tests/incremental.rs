//! A build that knows the one before makes the same site as one that knows nothing, whatever was changed between them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use support::TinySite;
use zavicaj::build::{self, Failure, Options, Sink};
use zavicaj::cache::Cache;
use zavicaj::diagnostic::Diagnostic;
use zavicaj::error::EnvironmentError;
use zavicaj::publish::Entry;
use zavicaj::source::Happened;

/// A site in memory, as the build before left it.
#[derive(Default)]
struct Kept {
    before: BTreeMap<String, (Vec<u8>, Entry)>,
    after: Mutex<BTreeMap<String, (Vec<u8>, Entry)>>,
    made: AtomicUsize,
}

impl Sink for Kept {
    fn has(&self, path: &str, entry: &Entry) -> bool {
        self.before.get(path).is_some_and(|(_, before)| before == entry)
    }

    fn take(&self, path: &Arc<str>, bytes: Vec<u8>, entry: &Entry) -> Result<(), EnvironmentError> {
        self.made.fetch_add(1, Ordering::Relaxed);
        let file = (bytes, entry.clone());
        assert!(self.after.lock().unwrap().insert(path.to_string(), file).is_none(), "{path} twice");
        Ok(())
    }
}

type Outcome = Result<(BTreeMap<String, Vec<u8>>, Vec<Diagnostic>), Vec<Diagnostic>>;

impl Kept {
    /// Builds over what there was; what was made anew is counted.
    fn build(&mut self, site: &TinySite, cache: &mut Cache, happened: Happened) -> (Outcome, usize) {
        let built = build::run(&Options { happened, ..site.options() }, cache, self);
        let mut new = std::mem::take(&mut *self.after.lock().unwrap());
        let made = self.made.swap(0, Ordering::Relaxed);
        let outcome = match built {
            Ok(built) => {
                let file = |path: &Arc<str>| {
                    new.remove(&**path).unwrap_or_else(|| self.before.get(&**path).unwrap().clone())
                };
                let files: Vec<String> = built.outputs.iter().map(|(path, _)| path.to_string()).collect();
                self.before =
                    files.into_iter().zip(built.outputs.iter().map(|(path, _)| path).map(file)).collect();
                let files = self.before.iter().map(|(path, (bytes, _))| (path.clone(), bytes.clone()));
                Ok((files.collect(), built.warnings))
            }
            Err(Failure::Content(found)) => Err(found),
            Err(Failure::Environment(error)) => panic!("{error}"),
        };
        (outcome, made)
    }
}

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

/// Shows everything that there is, so that nothing can be stale unseen.
fn show_everything(site: &TinySite) {
    let everything = "<!doctype html><html lang=\"{{ lang }}\"><head><title>x</title></head><body><h1>x</h1>\
        {{ page }}{{ site }}{{ menus }}{{ alerts }}{{ page.content | safe }}";
    for name in ["page", "event", "project", "association", "404", "article", "procedure"] {
        site.template(name, everything);
    }
    for name in ["section", "term", "series"] {
        site.template(name, &format!("{everything}{{{{ pages }}}}{{{{ pager }}}}"));
    }
    site.template("archive", &format!("{everything}{{{{ archive }}}}{{{{ pages }}}}{{{{ pager }}}}"));
    site.template("taxonomy", &format!("{everything}{{{{ terms }}}}{{{{ pager }}}}"));
    site.template("home", &format!("{everything}{{{{ section(path=\"vijesti\", limit=3) }}}}"));
}

const FOLDERS: [&str; 4] = ["vijesti", "vijesti/2019", "dogadanja", "."];
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

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    png
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

fn with_pictures() -> TinySite {
    let site = TinySite::new();
    show_everything(&site);
    site.write("content/dogadanja/_index.md", "---\ntitle: Događanja\nsort: start\n---\n");
    site.write("content/_index.en.md", "---\ntitle: Home\n---\n");
    for folder in FOLDERS {
        site.bytes(&format!("content/{folder}/slika.png"), &png(4, 2));
    }
    site
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

#[test]
fn what_a_change_does_not_reach_is_not_made_again() {
    let site = with_pictures();
    for number in 0..50 {
        site.article(&format!("{number:02}"), "2019-05-15", "");
    }
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
    let files = outcome.unwrap().0.len();
    assert_eq!(made, files);
    assert_eq!(kept.build(&site, &mut cache, Happened::Anything).1, 0, "nothing changed");
    site.write("content/vijesti/49.md", "---\ntitle: \"49\"\ndate: 2019-05-15\n---\nDrugi tekst.\n");
    let made = kept.build(&site, &mut cache, Happened::Anything).1;
    // Its page, its list, three pages of the archive, the front page, two neighbours (they show its first words),
    // three feeds.
    assert!((1..=12).contains(&made), "{made} of {files} files were made again");
}

#[test]
fn a_link_to_a_file_tells_the_size_that_the_file_has_now() {
    let site = TinySite::new();
    site.article("a", "2019-05-15", "")
        .write("content/tekst.md", "---\ntitle: T\n---\n[Odluka](odluka.pdf)\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    for (size, told) in [(640_000, "640\u{a0}kB"), (3_000_000, "3,0\u{a0}MB")] {
        site.bytes("content/odluka.pdf", &[b"%PDF-1.7\n".to_vec(), vec![b' '; size - 9]].concat());
        let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
        let (files, warnings) = outcome.unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        let page = String::from_utf8(files["tekst/index.html"].clone()).unwrap();
        assert!(page.contains(&format!("Odluka (PDF, {told})</a>")), "{page}");
        assert!(size == 640_000 || made == 2, "the file and the page that links to it, not {made}");
    }
}

#[test]
fn what_stands_around_a_form_is_as_new_as_elsewhere() {
    let site = support::form::site();
    site.template(
        "form",
        "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
         <h1>{{ page.title }}</h1>{{ page.content | safe }}\
         {% for item in section(path=\"vijesti\", limit=1) %}{{ item.title }}{% endfor %}",
    );
    site.article("a", "2020-01-01", "");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    kept.build(&site, &mut cache, Happened::Anything).0.unwrap();
    site.write("content/vijesti/a.md", "---\ntitle: Najnovije\ndate: 2020-01-01\n---\nTekst.\n");
    let followed = kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    let forms = followed.iter().filter(|(path, _)| path.starts_with("obrasci/") && path.ends_with(".html"));
    let old: Vec<&String> = forms
        .filter(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("Najnovije"))
        .map(|(path, _)| path)
        .collect();
    assert!(old.is_empty(), "{old:?}");
}

#[test]
fn the_lead_story_of_the_front_page_is_as_new_as_its_own_page() {
    let site = with_pictures();
    for number in 10..20 {
        site.article(&format!("{number}"), &format!("20{number}-05-15"), "");
    }
    site.write("content/_index.md", "---\ntitle: Početna\nlead: vijesti/10.md\n---\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    kept.build(&site, &mut cache, Happened::Anything).0.unwrap();
    site.write("content/vijesti/10.md", "---\ntitle: Novi naslov\ndate: 2010-05-15\n---\nTekst.\n");
    let followed = kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    let front_page = String::from_utf8_lossy(&followed["index.html"]);
    assert!(front_page.contains("Novi naslov"), "{front_page}");
}

/// The codes of a build over the last one.
fn codes(kept: &mut Kept, site: &TinySite, cache: &mut Cache) -> Vec<&'static str> {
    let found = kept.build(site, cache, Happened::Anything).0.err().unwrap_or_default();
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn what_a_link_leads_to_can_go_while_its_page_stays_as_it_was() {
    let site = with_pictures();
    site.write("content/a.md", "---\ntitle: A\n---\n\n[Odlomak](b.md#odlomak) i [stranica](/c/).\n");
    site.write("content/b.md", "---\ntitle: B\n---\n\n## Odlomak\n");
    site.write("content/c.md", "---\ntitle: C\n---\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    assert_eq!(codes(&mut kept, &site, &mut cache), [""; 0]);
    site.write("content/b.md", "---\ntitle: B\n---\n\n## Drugi odlomak\n");
    assert_eq!(codes(&mut kept, &site, &mut cache), ["dead-anchor"]);
    site.write("content/b.md", "---\ntitle: B\n---\n\n## Odlomak\n\nVraćen.\n");
    assert_eq!(codes(&mut kept, &site, &mut cache), [""; 0]);
    fs::remove_file(site.root().join("content/c.md")).unwrap();
    assert_eq!(codes(&mut kept, &site, &mut cache), ["dead-link"]);
}

#[test]
fn a_new_title_takes_its_place_in_a_list_by_titles() {
    let site = with_pictures();
    site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\nsort: title\n---\n");
    for (name, title) in [("x", "Breg"), ("y", "Cesta"), ("z", "Dom")] {
        site.write(
            &format!("content/vijesti/{name}.md"),
            &format!("---\ntitle: {title}\ndate: 2020-01-01\n---\n"),
        );
    }
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    kept.build(&site, &mut cache, Happened::Anything).0.unwrap();
    site.write("content/vijesti/z.md", "---\ntitle: Akacija\ndate: 2020-01-01\n---\n");
    let followed = kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    let list = String::from_utf8_lossy(&followed["vijesti/index.html"]).into_owned();
    let place = |title: &str| list.find(&format!("\"{title}\"")).or_else(|| list.find(title));
    assert!(place("Akacija") < place("Breg") && place("Breg") < place("Cesta"), "{list}");
}

#[test]
fn a_page_that_is_not_made_again_is_told_to_be_too_heavy_as_long_as_its_picture_is() {
    let site = TinySite::new();
    site.template(
        "page",
        "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
         <h1>{{ page.title }}</h1><img src=\"/slike/velika.png\" alt=\"\">",
    );
    site.write("content/slike/tekst.md", "---\ntitle: T\n---\nTekst.\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    let mut build = |size: usize| {
        site.bytes("content/slike/velika.png", &[png(4, 2), vec![0; size]].concat());
        let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
        let told: Vec<(&str, String)> =
            outcome.unwrap().1.into_iter().map(|found| (found.code, found.message.en)).collect();
        (told, made)
    };
    assert_eq!(build(900_000).0, []);
    let message = "the page slike/tekst/index.html loads 1301 kB when it is opened, more than the allowed 1000 kB; the \
                   heaviest: slike/velika.png 1301 kB, the page itself 1 kB";
    let told = vec![("page-too-heavy", message.to_owned())];
    assert_eq!(build(1_300_000), (told.clone(), 1), "only the picture is made");
    assert_eq!(build(1_300_000), (told, 0), "told again, though nothing has changed");
    assert_eq!(build(900_000), (Vec::new(), 1));
    site.write(
        "site.yaml",
        &format!(
            "{}checks: {{ page_weight_kb: 900 }}\n",
            fs::read_to_string(site.root().join("site.yaml")).unwrap()
        ),
    );
    assert_eq!(build(900_000).0.len(), 1, "a lower limit");
}
