//! A build into the folder of the last one, after one article was edited.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::cold::Sites;
use crate::run::run;
use crate::{median, ms, reach, tell, verdict};

/// Measures it, and looks at what was written.
pub fn measure(sites: &Sites, rounds: usize, hugo_cold: Option<Duration>) {
    let out = sites.beside("warm");
    run(&mut sites.build(&out));
    let plan = sites.corpus.plan(sites.articles / 2);
    let article = sites.ours().join("content").join(&plan.path);
    let page = format!("{}/index.html", plan.url().trim_matches('/'));
    let original = fs::read_to_string(&article).unwrap();
    let (mut walls, mut others) = (Vec::new(), 0.0_f64);
    for round in 0..rounds {
        let before = moments(&out);
        fs::write(&article, format!("{original}\nIzmjena {round}.\n")).unwrap();
        let taken = run(&mut sites.build(&out));
        walls.push(ms(taken.wall));
        others = others.max(taken.others);
        let after = moments(&out);
        assert!(fs::read_to_string(out.join(&page)).unwrap().contains(&format!("Izmjena {round}.")));
        assert_eq!(before.len(), after.len());
        let written: Vec<_> =
            after.iter().filter(|file| before.binary_search(file).is_err()).map(|(name, _)| name).collect();
        assert_eq!(written, [&page], "only the edited article's page is written, all else keeps its time");
    }
    fs::write(&article, original).unwrap();
    let wall = median(walls);
    tell(&format!(
        "  warm, one article edited, disk: wall {wall:.0} ms, 1 file written, all others with their times  others {:.0} %",
        others * 100.0
    ));
    if let Some(cold) = hugo_cold {
        let ratio = ms(cold) / wall;
        let told = format!("a full build of Hugo's by it: {ratio:.1} ×");
        verdict(&told, ratio, ratio >= reach::WARM, &format!("at least {}", reach::WARM));
    }
}

/// Every visible file with the time of its last change, in order. What is hidden is not for visitors.
fn moments(root: &Path) -> Vec<(String, SystemTime)> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let (path, data) = (entry.path(), entry.metadata().unwrap());
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if data.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, data.modified().unwrap()));
            }
        }
    }
    found.sort();
    found
}
