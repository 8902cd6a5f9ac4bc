//! A tiny site in a temporary folder: two languages, a theme that shows values as plain text.

pub mod form;
pub mod kept;
pub mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tempfile::TempDir;
use zavicaj::build::{self, Built, Failure, Options};
use zavicaj::cache::{Cache, Key};
use zavicaj::diagnostic::Diagnostic;
use zavicaj::error::EnvironmentError;
use zavicaj::publish::Entry;
use zavicaj::sink::Sink;
use zavicaj::source::Happened;

/// The site's folder; removed with this value.
pub struct TinySite {
    folder: TempDir,
    /// Publish drafts.
    pub drafts: bool,
    /// The moment of the build.
    pub now: jiff::Timestamp,
}

const SITE: &str = "\
title: { hr: Mjesto, en: Place }
description: { hr: Opis, en: Words }
public_url: https://place.example
theme: tiny
time_zone: Europe/Sarajevo
default_language: hr
languages:
  - { code: hr, name: Hrvatski }
  - { code: en, name: English }
menus:
  main:
    - { label: { hr: Vijesti, en: News }, link: vijesti/_index.md }
mail:
  from_name: { hr: Mjesto, en: Place }
  from_address: no-reply@place.example
";

const BASE: &str = "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
{% for crumb in page.breadcrumbs %}[{{ crumb.title }}]{% endfor %}<h1>{{ page.title }}</h1>";

impl TinySite {
    pub fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            drafts: false,
            now: "2026-11-23T12:00:00Z".parse().unwrap(),
        };
        site.write("site.yaml", SITE);
        site.write("content/_index.md", "---\ntitle: Početna\n---\n");
        site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\n---\n");
        let page = format!("{BASE}{{{{ page.content | safe }}}}");
        for name in ["home", "page", "event", "project", "association", "404"] {
            site.template(name, &page);
        }
        site.template(
            "article",
            &format!(
                "{page}<p>{{{{ page.date.long }}}}</p>\
                 {{% if page.previous %}}<a rel=prev href=\"{{{{ page.previous.url }}}}\">older</a>{{% endif %}}\
                 {{% if page.next %}}<a rel=next href=\"{{{{ page.next.url }}}}\">newer</a>{{% endif %}}\
                 {{% for item in page.related %}}<a class=related href=\"{{{{ item.url }}}}\">r</a>{{% endfor %}}"
            ),
        );
        let list = format!(
            "{BASE}{{% for item in pages %}}<a href=\"{{{{ item.url }}}}\">{{{{ item.title }}}}</a>{{% endfor %}}\
             {{{{ pager.number }}}}/{{{{ pager.total }}}}"
        );
        site.template("section", &list);
        site.template("term", &list);
        site.template(
            "taxonomy",
            &format!(
                "{BASE}{{% for term in terms %}}{{{{ term.name }}}}={{{{ term.count }}}};{{% endfor %}}"
            ),
        );
        site.template("procedure", BASE);
        site.template("form", &page);
        for language in ["hr", "en"] {
            site.strings(language);
        }
        fs::create_dir_all(site.root().join("themes/tiny/static")).unwrap();
        site
    }

    fn strings(&self, language: &str) {
        let own = [
            "content.table",
            "content.task_done",
            "content.task_open",
            "content.footnotes",
            "content.footnote_back",
            "content.redirect",
            "nav.home",
            "not_found.title",
            "taxonomy.categories",
            "taxonomy.tags",
            "taxonomy.series",
            "archive.name",
            "archive.all",
            "archive.title",
        ];
        let keys = own.iter().chain(forms::strings_needed::KEYS).chain(functions::strings_needed::KEYS);
        let mut text = String::new();
        for key in keys.collect::<std::collections::BTreeSet<_>>() {
            text.push_str(&format!("{key}: {key} {language}\n"));
        }
        self.write(&format!("themes/tiny/strings/{language}.yaml"), &text);
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: &str) -> &Self {
        self.bytes(path, text.as_bytes())
    }

    pub fn bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn template(&self, name: &str, text: &str) -> &Self {
        self.write(&format!("themes/tiny/templates/{name}.html"), text)
    }

    /// An article in `content/vijesti/`.
    pub fn article(&self, name: &str, date: &str, more: &str) -> &Self {
        self.write(
            &format!("content/vijesti/{name}.md"),
            &format!("---\ntitle: {name}\ndate: {date}\n{more}---\nTekst.\n"),
        )
    }

    pub fn options(&self) -> Options {
        Options {
            root: self.root().to_owned(),
            base_url: None,
            drafts: self.drafts,
            now: self.now,
            read_at: SystemTime::now(),
            happened: Happened::Anything,
            program: Key::default(),
            fresh: false,
            minify: false,
            precompress: false,
        }
    }

    /// All outputs by path.
    pub fn outputs(&self) -> (BTreeMap<String, Vec<u8>>, Built) {
        let outputs = Outputs::default();
        match build::run(&self.options(), &mut Cache::default(), &outputs) {
            Ok(built) => (outputs.0.into_inner().unwrap(), built),
            Err(failure) => panic!("{failure:#?}"),
        }
    }

    /// One output as text.
    pub fn page(&self, path: &str) -> String {
        let (outputs, _) = self.outputs();
        match outputs.get(path) {
            Some(bytes) => String::from_utf8(bytes.clone()).unwrap(),
            None => panic!("no {path} among {:?}", outputs.keys()),
        }
    }

    /// What a build that must fail found.
    pub fn errors(&self) -> Vec<Diagnostic> {
        match build::check(&self.options()) {
            Err(Failure::Content(found)) => found,
            Ok(built) => panic!("expected errors of content, got {} pages", built.pages),
            Err(other) => panic!("expected errors of content, got {other:?}"),
        }
    }

    /// Codes of the errors.
    pub fn codes(&self) -> Vec<&'static str> {
        self.errors().iter().map(|diagnostic| diagnostic.code).collect()
    }

    pub fn out(&self) -> PathBuf {
        self.root().join("public")
    }
}

#[derive(Default)]
struct Outputs(Mutex<BTreeMap<String, Vec<u8>>>);

impl Sink for Outputs {
    fn has(&self, _: &str, _: &Entry) -> bool {
        false
    }

    fn take(&self, path: &Arc<str>, bytes: Vec<u8>, _: &Entry) -> Result<(), EnvironmentError> {
        let taken = self.0.lock().unwrap().insert(path.to_string(), bytes);
        assert!(taken.is_none(), "two outputs at {path}");
        Ok(())
    }
}
