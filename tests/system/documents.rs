//! Documents of a town are many and large: a build hands them on and does not hold them.

use std::fs::File;
use std::io::Write as _;

use tests::Site;
use tests::program::{NOW, command};
use tests::site::files;
use wait4::Wait4 as _;

const MIB: u64 = 1024 * 1024;
const DOCUMENTS: u64 = 8;
const EACH: u64 = 50 * MIB;

/// The most memory that a build takes, in bytes.
fn peak(site: &Site, folder: &str) -> u64 {
    let [root, out] = [site.root(), site.beside(folder)].map(|path| path.to_str().unwrap().to_owned());
    let arguments = ["build", "--root", &root, "--out", &out, "--now", NOW, "--lang", "en"];
    let ended = command(arguments).spawn().unwrap().wait4().unwrap();
    assert!(ended.status.success());
    ended.rusage.maxrss
}

#[test]
fn a_build_does_not_hold_documents_in_memory() {
    let site = Site::shipped();
    let without = peak(&site, "without");
    for number in 0..DOCUMENTS {
        let path = site.root().join(format!("content/dijaspora/plan-{number}.pdf"));
        let mut file = File::create(path).unwrap();
        file.write_all(b"%PDF-1.7\n").unwrap();
        // The rest is a hole, which takes no place on the disk.
        file.set_len(EACH).unwrap();
    }
    for (what, folder) in [("the first build", "with"), ("a build over it", "with")] {
        let with = peak(&site, folder);
        assert!(
            with < without + EACH,
            "{what}: {} MiB, {} MiB without {DOCUMENTS} documents of {} MiB",
            with / MIB,
            without / MIB,
            EACH / MIB
        );
    }
    let published = files(&site.beside("with"));
    let documents = published.iter().filter(|(path, _)| path.contains("plan-"));
    assert_eq!(documents.map(|(_, (bytes, _))| bytes.len() as u64).collect::<Vec<_>>(), [EACH; 8]);
}
