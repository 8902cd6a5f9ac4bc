//! What no change of the content mends.

use tests::Site;
use tests::program::{command, run};

#[test]
fn a_folder_without_a_site_is_an_error_of_the_machine() {
    let empty = tempfile::tempdir().unwrap();
    let root = empty.path().to_str().unwrap();
    for (language, text, help) in
        [("hr", "nema datoteke site.yaml", "--root MAPA"), ("en", "there is no site.yaml", "--root DIR")]
    {
        for what in ["build", "check", "serve"] {
            let run = run(command([what, "--root", root, "--lang", language]).current_dir(root));
            assert_eq!(run.code, Some(2), "{what}");
            assert!(run.err.contains(text) && run.err.contains(help), "{what}: {}", run.err);
            let made = std::fs::read_dir(root).unwrap().count();
            assert_eq!(made, 0, "{what} made something in a folder that is no site: {}", run.err);
        }
    }
}

#[test]
fn a_port_in_use_is_an_error_of_the_machine() {
    let site = Site::shipped();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let [root, data, keys] =
        [site.root(), site.beside("data"), site.beside("keys")].map(|path| path.to_str().unwrap().to_owned());
    for (language, text) in
        [("hr", format!("vrata {port} već su zauzeta")), ("en", format!("port {port} is in use"))]
    {
        let arguments =
            ["serve", "--root", &root, "--data", &data, "--keys", &keys, "--port", &port, "--lang", language];
        let run = run(&mut command(arguments));
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(&text) && run.err.contains("zavicaj serve --port"), "{}", run.err);
    }
    assert!(!site.beside("keys").exists(), "a server that could not start made keys");
}

#[test]
fn an_unknown_argument_is_explained() {
    let run = run(&mut command(["bild"]));
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("bild") && run.err.contains("build"), "{}", run.err);
}
