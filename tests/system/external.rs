//! `zavicaj check --external`: what an editor reads of links to other sites, and what others read of us.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use tests::Site;
use tests::program::{NOW, Run, command, run};

/// Instead of the port of a run, in what is compared; as long as one.
const PORT: &str = "55555";

/// A server that answers each path in its own way; its port.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let status = match head.split(' ').nth(1).unwrap_or_default() {
                "/nema" => "404 Not Found\r\n",
                "/staro" => "301 Moved Permanently\r\nLocation: /novo\r\n",
                "/krug" => "302 Found\r\nLocation: /krug\r\n",
                "/kvar" => "503 Service Unavailable\r\n",
                "/prijava" => "403 Forbidden\r\n",
                _ => "200 OK\r\n",
            };
            let _ = write!(stream, "HTTP/1.1 {status}Content-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    port
}

/// A server whose certificate nobody signed.
fn untrusted() -> u16 {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    port
}

fn check(site: &Site, language: &str, more: &[&str]) -> Run {
    let (root, data) = (site.root(), site.beside("data"));
    let mut command = command(["check", "--root", root.to_str().unwrap(), "--now", NOW, "--lang", language]);
    command.args(["--external", "--data", data.to_str().unwrap()]).args(more).env_remove("GITHUB_ACTIONS");
    run(&mut command)
}

/// The shipped site links to pages of others: in these tests it does not.
fn site(text: &str) -> Site {
    let site = Site::shipped();
    for (path, _) in tests::site::contents(&site.root()) {
        if path.starts_with("content/") && path.ends_with(".md")
            || path == "site.yaml"
            || path.contains("/templates/")
        {
            let text = site.read(&path);
            site.write(
                &path,
                text.replace("https://", "https://grad.example/?")
                    .replace("public_url: https://grad.example/?", "public_url: https://grad.example\n#"),
            );
        }
    }
    site.write("content/proba.md", format!("---\ntitle: Proba\n---\n\n{text}\n"));
    site
}

#[test]
fn dead_links_to_others_are_warnings_with_their_place_and_the_check_passes() {
    let port = server();
    for (name, code, link) in [
        ("gone", "external-link-gone", format!("http://127.0.0.1:{port}/nema")),
        ("moved", "external-link-moved", format!("http://127.0.0.1:{port}/staro")),
        ("endless", "external-link-endless", format!("http://127.0.0.1:{port}/krug")),
        ("failing", "external-link-failing", format!("http://127.0.0.1:{port}/kvar")),
        ("unknown-host", "external-link-unknown-host", "http://nema-ovoga-mjesta.invalid/".to_owned()),
        ("untrusted", "external-link-untrusted", format!("https://localhost:{}/", untrusted())),
    ] {
        let site = site(&format!("Vidi i [drugu stranicu]({link}), ali ne ovdje."));
        let [hr, en] = ["hr", "en"].map(|language| check(&site, language, &["--private-addresses"]));
        for (run, word) in [(&hr, "upozorenje"), (&en, "warning")] {
            assert_eq!(run.code, Some(0), "{name}: {}", run.err);
            assert!(run.err.contains(&format!("{word}[{code}]: ")), "{name}: {}{}", run.err, run.out);
            assert!(run.err.contains("--> content/proba.md:5:8"), "{name}: {}", run.err);
        }
        let told = format!("{}\n{}", hr.err, en.err);
        let port =
            link.split(':').nth(2).and_then(|rest| rest.split('/').next()).filter(|port| !port.is_empty());
        let told = port.map_or(told.clone(), |port| told.replace(port, PORT));
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("warning_external-link-{name}"), told);
        });
    }
}

#[test]
fn addresses_that_nobody_outside_can_open_are_not_asked_and_told() {
    for (name, link) in [
        ("private", "http://192.168.1.10/raspored"),
        ("unreadable", "https://ured:lozinka@grad-drugi.example/"),
    ] {
        let site = site(&format!("Vidi i [drugu stranicu]({link}), ali ne ovdje."));
        let [hr, en] = ["hr", "en"].map(|language| check(&site, language, &[]));
        assert_eq!((hr.code, en.code), (Some(0), Some(0)));
        assert!(en.out.contains("External links: 0 asked now"), "{}", en.out);
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("warning_external-link-{name}"), format!("{}\n{}", hr.err, en.err));
        });
    }
}

#[test]
fn programs_get_the_same_and_the_answers_are_kept_beside_the_submissions() {
    let port = server();
    let link = |path: &str| format!("http://127.0.0.1:{port}/{path}");
    let site = site(&format!(
        "[a]({}) i [opet]({}) i [b]({}) i <{}>",
        link("nema"),
        link("nema#dolje"),
        link("prijava"),
        link("dobro")
    ));
    // A link of every page is told once, where it is written.
    site.write(
        "themes/ljubuski/templates/base.html",
        site.read("themes/ljubuski/templates/base.html")
            .replace("</body>", &format!("<a href=\"{}\">Kvar</a></body>", link("kvar"))),
    );
    let json = check(&site, "hr", &["--private-addresses", "--format", "json"]);
    assert_eq!(json.code, Some(0), "{}", json.err);
    let lines: Vec<serde_json::Value> =
        json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |code: &str| lines.iter().filter(|line| line["code"] == code).collect::<Vec<_>>();
    let gone = of("external-link-gone");
    assert_eq!(gone.len(), 1, "{}", json.out);
    assert_eq!((&gone[0]["severity"], &gone[0]["file"]), (&"warning".into(), &"content/proba.md".into()));
    assert_eq!((&gone[0]["line"], &gone[0]["column"]), (&5.into(), &1.into()));
    let failing = of("external-link-failing");
    assert_eq!((failing.len(), &failing[0]["file"]), (1, &"themes/ljubuski/templates/base.html".into()));
    assert!(failing[0]["line"].as_u64().unwrap() > 1);
    assert!(
        json.err.contains("4 provjereno sada, 0 poznato odranije, 1 ne odgovara programima"),
        "{}",
        json.err
    );

    let github = check(&site, "en", &["--private-addresses", "--format", "github"]);
    assert!(github.out.contains("::warning title=external-link-gone,file="), "{}", github.out);
    assert!(github.out.contains("0 asked now, 4 known from before"), "{}", github.out);
    let kept = std::fs::read_to_string(site.beside("data").join("external-links.json")).unwrap();
    assert!(kept.contains("\"gone\"") && kept.contains("/dobro"), "{kept}");
    let out = site.beside("public");
    assert_eq!(tests::program::build(&site.root(), &out).code, Some(0));
    let published = tests::site::contents(&out);
    assert!(published.keys().all(|path| !path.contains("external-links")), "it is not published");
    // Without being asked to, nobody asks anybody.
    let root = site.root();
    let plain = run(&mut command(["check", "--root", root.to_str().unwrap(), "--now", NOW]));
    assert!(
        !plain.err.contains("external-link") && !plain.out.contains("poveznice"),
        "{}{}",
        plain.err,
        plain.out
    );
}
