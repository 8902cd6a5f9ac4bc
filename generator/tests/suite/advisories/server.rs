//! The local server, asked by hand: no browser would send such paths.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use zavicaj::serve::Options;

use crate::support::form::site;
use crate::support::server;

const SECRET: &str = "nobody-may-read-this";

/// A server over a site whose folder holds a secret in every place that is not for visitors, and that folder.
fn served(production: bool) -> (SocketAddr, String) {
    let site = site();
    for path in [
        "tajna.txt",
        ".env",
        ".git/config",
        "data/tajna.txt",
        "keys/tajna.txt",
        "content/.tajna.txt",
        "content/.git/config",
        "content/vijesti/.#a.md",
        "content/vijesti/a.md~",
        "themes/tiny/tajna.txt",
        "themes/tiny/static/.tajna",
        "themes/drugi/static/tajna.txt",
        "public/.zavicaj/tajna.txt",
        "public/staro.txt",
        "public/vijesti/staro/index.html",
    ] {
        site.write(path, SECRET);
    }
    site.write(
        "content/vijesti/nacrt.md",
        &format!("---\ntitle: N\ndate: 2020-01-01\ndraft: true\n---\n{SECRET}\n"),
    );
    site.write(
        "content/vijesti/a.md",
        &format!("---\ntitle: A\ndate: 2020-01-01\neditor_note: {SECRET}\n---\nT.\n<!-- {SECRET} -->\n"),
    );
    let root = site.root().to_owned();
    let build =
        zavicaj::build::Options { base_url: Some("https://place.example".to_owned()), ..site.options() };
    let options = Options { production, ..server::options(build, &root) };
    (server::start(options, site, |_| {}), root.display().to_string())
}

fn answer(address: SocketAddr, path: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = [b"GET ", path, b" HTTP/1.1\r\nHost: place.example\r\nConnection: close\r\n\r\n"].concat();
    stream.write_all(&request).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// zola#2257: `curl --path-as-is http://localhost:1111/../../etc/passwd` read any file of the editor's machine.
#[test]
fn no_path_of_a_request_reads_a_file_that_is_not_of_the_built_site() {
    for production in [false, true] {
        let (address, root) = served(production);
        let page = answer(address, b"/vijesti/a/");
        assert!(page.starts_with("HTTP/1.1 200 "), "the site itself is there: {page}");
        let up = [
            "../",
            "%2e%2e/",
            "..%2f",
            "%2e%2e%2f",
            "..\\",
            "..%5c",
            "%252e%252e/",
            "..;/",
            ".%00./",
            "....//",
            "%c0%ae%c0%ae/",
        ];
        let files = [
            "etc/passwd",
            "tajna.txt",
            "site.yaml",
            "data/tajna.txt",
            "keys/tajna.txt",
            ".env",
            ".git/config",
            "content/vijesti/nacrt.md",
        ];
        let mut paths: Vec<String> = Vec::new();
        for file in files {
            for absolute in [file.to_owned(), format!("{}/{file}", &root[1..])] {
                let encoded = absolute.replace('/', "%2f");
                paths.push(format!("/{absolute}"));
                paths.push(format!("//{absolute}"));
                paths.push(format!("///{absolute}"));
                paths.push(format!("/%2f{encoded}"));
                paths.push(format!("/%2F{absolute}"));
                paths.push(format!("/%5c{absolute}"));
                paths.push(format!("/vijesti//{absolute}"));
                paths.push(format!("/file:///{absolute}"));
            }
            paths.push(format!("/{file}%00"));
            paths.push(format!("/{file}%00.html"));
            paths.push(format!("/./{file}"));
            paths.push(format!("/%2e/{file}"));
            for up in up {
                for depth in [1, 2, 12] {
                    paths.push(format!("/{}{file}", up.repeat(depth)));
                    paths.push(format!("/vijesti/{}{file}", up.repeat(depth)));
                }
            }
        }
        for hidden in [
            "/.zavicaj/manifest.json",
            "/public/.zavicaj/tajna.txt",
            "/.zavicaj/tajna.txt",
            "/.zavicaj/",
            "/staro.txt",
            "/vijesti/staro/",
            "/vijesti/staro",
            "/keys/service/identity.age",
            "/keys/service/hashing.key",
            "/keys/desk/identity.age",
            "/data/submissions.sqlite3",
            "/content/.tajna.txt",
            "/.tajna.txt",
            "/.tajna",
            "/.git/config",
            "/vijesti/a.md",
            "/vijesti/a.md~",
            "/vijesti/.#a.md",
            "/vijesti/nacrt.md",
            "/vijesti/nacrt/",
            "/themes/tiny/templates/page.html",
            "/obrasci/upit.yaml",
            "/tajna.txt%00.html",
            "/vijesti/a/index.html/../../../../tajna.txt",
        ] {
            paths.push(hidden.to_owned());
        }
        paths.push("http://place.example/../../etc/passwd".to_owned());
        for path in paths {
            let answer = answer(address, path.as_bytes());
            let head = answer.lines().next().unwrap_or_default();
            // A path that no server may take at all, or one that leads nowhere.
            assert!(
                head.contains(" 404 ") || head.contains(" 400 ") || head.contains(" 301 "),
                "{path}: {answer}"
            );
            assert!(
                !answer.contains(SECRET) && !answer.contains("root:") && !answer.contains("default_language"),
                "{path}: {answer}"
            );
            if let Some(location) = answer.lines().find_map(|line| line.strip_prefix("location: ")) {
                assert!(
                    location.starts_with('/') && !location.starts_with("//"),
                    "{path} leads to {location}"
                );
            }
        }
        for page in [&b"/"[..], b"/vijesti/", b"/vijesti/a/"] {
            assert!(!answer(address, page).contains(SECRET));
        }
        for bytes in [&b"/\xff\xfe"[..], b"/%", b"/%zz", b"/%2", b"*", b"/\\..\\..\\etc\\passwd"] {
            let answer = answer(address, bytes);
            assert!(answer.starts_with("HTTP/1.1 4"), "{}: {answer}", bytes.escape_ascii());
        }
    }
}
