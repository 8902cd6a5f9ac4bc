//! A server that follows an editor and publishes: what it has published in the end is what a fresh build makes.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::edits::Edits;
use crate::program::{NOW, build};
use crate::site::{contents, differing};
use crate::{Server, Site, eventually};

/// Without what is not for visitors.
fn for_visitors(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.retain(|path, _| !path.starts_with(".zavicaj/"));
    files
}

/// Edits as long as `goes_on` says so, with these pauses, then compares; answers with the number of edits.
pub fn followed(number: u64, pauses_ms: &[u64], mut goes_on: impl FnMut(u64, &Server) -> bool) -> u64 {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (public, fresh) = (place.path().join("public"), place.path().join("fresh"));
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    let out = public.to_str().unwrap().to_owned();
    let server = Server::start_with(&site.root(), &data, &keys, &["--out", &out, "--now", NOW]);
    let mut edits = Edits::new(&site, number);
    let mut done = 0;
    while goes_on(done, &server) {
        edits.one();
        let pause = pauses_ms[usize::try_from(done).unwrap() % pauses_ms.len()];
        std::thread::sleep(Duration::from_millis(pause));
        done += 1;
    }
    edits.mend();
    let built = build(&site.root(), &fresh);
    assert_eq!(built.code, Some(0), "{}", built.err);
    let expected = for_visitors(contents(&fresh));
    // The folder is being written to: a file may go between being seen and being read.
    eventually(60, "what was published is what a fresh build makes", || {
        let published = std::panic::catch_unwind(|| for_visitors(contents(&public))).ok()?;
        differing(&published, &expected).is_empty().then_some(())
    });
    assert!(server.stop().success());
    assert_eq!(
        differing(&for_visitors(contents(&public)), &expected),
        Vec::<String>::new(),
        "after it ended"
    );
    done
}
