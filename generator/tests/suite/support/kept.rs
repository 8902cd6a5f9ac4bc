//! A site that is built again and again over what the last build knew, and shows everything that there is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use zavicaj::build::{self, Failure, Options};
use zavicaj::cache::Cache;
use zavicaj::diagnostic::Diagnostic;
use zavicaj::error::EnvironmentError;
use zavicaj::publish::Entry;
use zavicaj::sink::Sink;
use zavicaj::source::Happened;

use super::TinySite;

/// Folders that have pictures.
pub const FOLDERS: [&str; 4] = ["vijesti", "vijesti/2019", "dogadanja", "."];

/// A site in memory, as the build before left it.
#[derive(Default)]
pub struct Kept {
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

pub type Outcome = Result<(BTreeMap<String, Vec<u8>>, Vec<Diagnostic>), Vec<Diagnostic>>;

impl Kept {
    /// Builds over what there was; what was made anew is counted.
    pub fn build(&mut self, site: &TinySite, cache: &mut Cache, happened: Happened) -> (Outcome, usize) {
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

/// Shows everything that there is, so that nothing can be stale unseen.
pub fn show_everything(site: &TinySite) {
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

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    png
}

pub fn with_pictures() -> TinySite {
    let site = TinySite::new();
    show_everything(&site);
    site.write("content/dogadanja/_index.md", "---\ntitle: Događanja\nsort: start\n---\n");
    site.write("content/_index.en.md", "---\ntitle: Home\n---\n");
    for folder in FOLDERS {
        site.bytes(&format!("content/{folder}/slika.png"), &png(4, 2));
    }
    site
}
