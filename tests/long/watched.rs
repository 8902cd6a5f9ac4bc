//! A working day in short: half an hour of edits, and the server follows each and grows no fatter.

use std::time::{Duration, Instant};

use tests::{Person, Server, Site, eventually};

const SOON_S: u64 = 30;

#[test]
fn watched_for_half_an_hour_every_edit_is_served() {
    let length = Duration::from_secs(crate::setting("ZAVICAJ_TEST_WATCH_S", 1800));
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let server = Server::start(&site.root(), place.path());
    let browser = server.browser();
    let contact = site.read("content/kontakt.md");
    let shows = |path: &str, text: &str| {
        eventually(SOON_S, &format!("{path} shows {text:?}"), || {
            browser.open(path).text.contains(text).then_some(())
        });
    };
    let (start, mut edits, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    let mut settled = None;
    while start.elapsed() < length {
        let saved = Instant::now();
        let word = format!("Izmjena broj {edits}.");
        match edits % 6 {
            0 => {
                site.write("content/kontakt.md", format!("{contact}\n{word}\n"));
                shows("/kontakt/", &word);
            }
            1 => {
                site.write("content/novost.md", format!("---\ntitle: Novost\n---\n\n{word}\n"));
                shows("/novost/", &word);
            }
            2 => {
                let draft = site.beside("novost.md");
                std::fs::write(&draft, format!("---\ntitle: Novost\n---\n\n{word}\n")).unwrap();
                std::fs::rename(draft, site.root().join("content/novost.md")).unwrap();
                shows("/novost/", &word);
            }
            3 => {
                site.remove("content/novost.md");
                eventually(SOON_S, "the page is gone", || {
                    (browser.open("/novost/").status() == 404).then_some(())
                });
            }
            4 => {
                // A mistake, and a folder with many files at once while it lasts.
                site.write("content/kontakt.md", "---\ntitle: [\n---\n");
                for number in 0..20 {
                    site.write(
                        &format!("content/mapa/{number}.md"),
                        format!("---\ntitle: Stranica {number}\n---\n\n{word}\n"),
                    );
                }
                site.write("content/kontakt.md", &contact);
                shows("/mapa/19/", &word);
            }
            _ => {
                std::fs::remove_dir_all(site.root().join("content/mapa")).unwrap();
                eventually(SOON_S, "the folder is gone", || {
                    (browser.open("/mapa/19/").status() == 404).then_some(())
                });
                browser.send(&Person::who_registers().but("email", &format!("osoba-{edits}@example.org")));
            }
        }
        slowest = slowest.max(saved.elapsed());
        edits += 1;
        if edits == 60 {
            settled = Some((
                crate::memory::kilobytes(server.id(), "VmRSS").unwrap(),
                crate::memory::descriptors(server.id()),
            ));
        }
    }
    let (kilobytes, descriptors) =
        (crate::memory::kilobytes(server.id(), "VmRSS").unwrap(), crate::memory::descriptors(server.id()));
    crate::tell(&format!(
        "{edits} edits in {} s, slowest seen after {slowest:.1?}, {} MB, {descriptors} descriptors",
        length.as_secs(),
        kilobytes / 1024
    ));
    if let Some((before_kb, before)) = settled {
        assert!(kilobytes < before_kb * 3 / 2 + 30_000, "memory grew from {before_kb} to {kilobytes} kB");
        assert!(descriptors < before + 20, "descriptors grew from {before} to {descriptors}");
    }
}

#[test]
fn watched_for_half_an_hour_of_any_edits_what_is_published_equals_a_fresh_build() {
    let length = Duration::from_secs(crate::setting("ZAVICAJ_TEST_WATCH_S", 1800));
    let (start, mut settled, mut last) = (Instant::now(), None, (0, 0));
    let number = crate::setting("ZAVICAJ_TEST_NUMBER", 0x5eed);
    // Bursts faster than a build, pauses longer than one.
    let edits = tests::followed::followed(number, &[0, 0, 20, 300, 5, 900, 40, 0, 2000], |done, server| {
        last = (
            crate::memory::kilobytes(server.id(), "VmRSS").unwrap(),
            crate::memory::descriptors(server.id()),
        );
        if done == 200 {
            settled = Some(last);
        }
        start.elapsed() < length
    });
    crate::tell(&format!(
        "{edits} edits of number {number:#x}, {} MB, {} descriptors",
        last.0 / 1024,
        last.1
    ));
    if let Some((kilobytes, descriptors)) = settled {
        assert!(last.0 < kilobytes * 3 / 2 + 30_000, "memory grew from {kilobytes} to {} kB", last.0);
        assert!(last.1 < descriptors + 20, "descriptors grew from {descriptors} to {}", last.1);
    }
}
