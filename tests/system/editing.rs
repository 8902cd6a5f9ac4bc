//! An editor at work: what is saved is seen, a mistake breaks nothing, and mending it is enough.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use tests::Site;
use tests::eventually;
use tests::http::{Request, themes_file};
use tests::program::{NOW, command, run};

use crate::Town;

/// Far more than a save needs, also on a busy machine.
const SOON_S: u64 = 20;

fn shows(town: &Town, path: &str, text: &str) {
    eventually(SOON_S, &format!("{path} shows {text:?}"), || {
        town.browser().open(path).text.contains(text).then_some(())
    });
}

#[test]
fn what_is_saved_is_served() {
    let town = Town::new();
    let text = town.site.read("content/kontakt.md");
    town.site.write("content/kontakt.md", format!("{text}\nUred radi i subotom.\n"));
    shows(&town, "/kontakt/", "Ured radi i subotom.");
    // A new page, and then none.
    town.site.write("content/novost.md", "---\ntitle: Novost\n---\n\nUpravo napisano.\n");
    shows(&town, "/novost/", "Upravo napisano.");
    town.site.remove("content/novost.md");
    eventually(SOON_S, "the removed page is gone", || {
        (town.browser().open("/novost/").status() == 404).then_some(())
    });
    // The way in which many programs save: another file is put in its place.
    let draft = town.site.beside("kontakt.md");
    std::fs::write(&draft, format!("{text}\nUred radi i nedjeljom.\n")).unwrap();
    std::fs::rename(draft, town.site.root().join("content/kontakt.md")).unwrap();
    shows(&town, "/kontakt/", "Ured radi i nedjeljom.");
}

#[test]
fn theme_settings_and_strings_are_followed_too() {
    let town = Town::new();
    town.site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad na Trebižatu");
    shows(&town, "/", "Grad na Trebižatu");
    let before = themes_file(town.server().address(), "style.css");
    town.site.write("themes/ljubuski/static/style.css", "body { color: rebeccapurple }\n");
    eventually(SOON_S, "the new style", || {
        let path = themes_file(town.server().address(), "style.css");
        let style = Request::new("GET", &path).send(town.server().address());
        style.body.contains("rebeccapurple").then_some(())
    });
    // Whoever was just loading the page before finds what that page names.
    let older = Request::new("GET", &before).send(town.server().address());
    assert_eq!(older.status, 200, "{before}");
    // The old word stays as a comment behind the new one.
    let strings = "themes/ljubuski/strings/service/hr.yaml";
    town.site.replace(strings, "  to_home: ", "  to_home: Na početak # ");
    eventually(SOON_S, "the new word", || {
        town.browser().open("/usluge/nema").text.contains("Na početak").then_some(())
    });
}

#[test]
fn an_alert_goes_by_itself_also_above_pages_of_the_services() {
    let town = Town::new();
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(45);
    let alert = format!("---\ntitle: Nema vode\nlevel: danger\nexpires: {until}\n---\n\nDo daljnjega.\n");
    town.site.write("content/obavijesti/voda.md", alert);
    for path in ["/", "/obrasci/registracija/", "/usluge/status"] {
        shows(&town, path, "Opasnost Nema vode");
    }
    for path in ["/", "/usluge/status"] {
        eventually(45 + SOON_S, &format!("{path} shows the alert no more"), || {
            (!town.browser().open(path).text.contains("Nema vode")).then_some(())
        });
    }
}

#[test]
fn a_mistake_keeps_the_last_good_site_and_its_correction_is_served() {
    let town = Town::new();
    let good = town.site.read("content/kontakt.md");
    town.site.write("content/kontakt.md", "---\ntitle: [\n---\n");
    eventually(SOON_S, "the mistake is told", || {
        town.server().said().contains("content/kontakt.md").then_some(())
    });
    assert!(town.server().said().contains("The last good site is still served"));
    let kept = town.browser().open("/kontakt/");
    assert_eq!((kept.status(), kept.heading.is_empty()), (200, false));
    // Forms work meanwhile.
    town.browser().send(&tests::Person::who_registers());
    town.site.write("content/kontakt.md", format!("{good}\nIspravljeno.\n"));
    shows(&town, "/kontakt/", "Ispravljeno.");
}

#[test]
fn a_site_that_is_wrong_from_the_start_says_so_until_it_is_mended() {
    let site = Site::shipped();
    let good = site.read("content/kontakt.md");
    site.write("content/kontakt.md", "---\ntitle: [\n---\n");
    let place = tempfile::tempdir().unwrap();
    let server = tests::Server::start(&site.root(), place.path());
    let page = server.browser().open("/");
    assert_eq!(page.status(), 503);
    assert!(page.text.contains("content/kontakt.md:"), "{}", page.text);
    assert_eq!(server.browser().open("/usluge/registracija/provjera").status(), 503);
    site.write("content/kontakt.md", good);
    eventually(SOON_S, "the site is there", || (server.browser().open("/").status() == 200).then_some(()));
    server.browser().send(&tests::Person::who_orders());
}

#[test]
fn an_open_page_is_told_of_a_change_and_built_files_are_not_touched() {
    let town = Town::new();
    let page = town.browser().open("/");
    assert!(page.answer.body.contains("<script src=\"/.zavicaj/reload.js\" defer></script>"));
    let script = Request::new("GET", "/.zavicaj/reload.js").send(town.server().address());
    assert!(script.status == 200 && script.body.contains("EventSource"));

    let mut events = TcpStream::connect(town.server().address()).unwrap();
    events.set_read_timeout(Some(Duration::from_secs(SOON_S))).unwrap();
    let request = format!("GET /.zavicaj/events HTTP/1.1\r\nHost: {}\r\n\r\n", town.server().address());
    std::io::Write::write_all(&mut events, request.as_bytes()).unwrap();
    const VERSION: &str = "event: version\ndata: ";
    let mut heard = String::new();
    let mut next_version = |heard: &mut String| {
        let seen = heard.matches(VERSION).count();
        while heard.matches(VERSION).count() == seen || !heard.ends_with("\n\r\n") {
            let mut buffer = [0; 1024];
            let length = events.read(&mut buffer).expect("an event");
            assert!(length > 0, "the stream ended: {heard}");
            heard.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        heard.rsplit(VERSION).next().unwrap().lines().next().unwrap().to_owned()
    };
    let first = next_version(&mut heard);
    town.site.write("content/novost.md", "---\ntitle: Novost\n---\n");
    assert_ne!(next_version(&mut heard), first);

    // Behind a proxy the host is the public one: visitors get the built bytes.
    let public =
        Request::new("GET", "/kontakt/").header("Host", "grad.example").send(town.server().address());
    assert!(!public.body.contains("reload.js"));
    let built = town.site.beside("public");
    tests::program::build(&town.site.root(), &built);
    assert!(!std::fs::read_to_string(built.join("kontakt/index.html")).unwrap().contains("reload.js"));
}

#[test]
fn what_new_begins_has_no_mistake() {
    let site = Site::shipped();
    let root = site.root().display().to_string();
    for kind in ["vijest", "dogadaj", "udruga", "projekt", "obavijest", "stranica"] {
        let title = format!("Naslov za: {kind}");
        let begun = run(&mut command(["new", kind, &title, "--root", &root, "--lang", "en"]));
        assert_eq!(begun.code, Some(0), "{kind}: {}", begun.err);
    }
    // A draft above all: what visitors see stays as it was.
    let checked = run(&mut command(["check", "--root", &root, "--now", NOW, "--lang", "en"]));
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""), "{}", checked.out);
    assert!(site.read("content/obavijesti/naslov-za-obavijest.md").contains("level: information\nexpires: "));
}
