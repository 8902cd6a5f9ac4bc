//! An editor at work, always in the same way for a number: saves of every kind, renames, deletes, mistakes.

use std::fs;
use std::path::PathBuf;

use crate::Site;

/// Names that pages and folders take turns with.
const NAMES: [&str; 8] = ["novost", "Čaj i šećer", "most", "škola", "popis", "sjednica", "voda", "cesta"];

/// Edits of a site below `content/rad/`, and of its style sheet.
pub struct Edits<'a> {
    site: &'a Site,
    numbers: u64,
    done: u64,
    style: String,
}

impl<'a> Edits<'a> {
    /// A sequence that this number decides (xorshift).
    pub fn new(site: &'a Site, number: u64) -> Self {
        fs::create_dir_all(site.root().join("content/rad")).unwrap();
        Self { site, numbers: number.max(1), done: 0, style: site.read("themes/ljubuski/static/style.css") }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.numbers ^= self.numbers << 13;
        self.numbers ^= self.numbers >> 7;
        self.numbers ^= self.numbers << 17;
        usize::try_from(self.numbers % (limit as u64)).unwrap()
    }

    fn page(&mut self) -> PathBuf {
        let (folder, name) = (self.below(3), self.below(NAMES.len()));
        let folder = ["rad", "rad/mapa", "rad/Druga mapa"][folder];
        let folder = self.site.root().join("content").join(folder);
        fs::create_dir_all(&folder).unwrap();
        folder.join(format!("{}.md", NAMES[name]))
    }

    fn text(&self) -> String {
        let (done, more) = (self.done, "Riječ po riječ. ".repeat(usize::try_from(self.done % 300).unwrap()));
        format!("---\ntitle: \"Izmjena {done}\"\n---\n\n## Odlomak {done}\n\n{more}\n")
    }

    /// One edit.
    pub fn one(&mut self) {
        self.done += 1;
        let (path, text) = (self.page(), self.text());
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match self.below(11) {
            0 => fs::write(&path, text).unwrap(),
            // In two pieces: whoever reads between them reads half.
            1 => {
                let half = text.len() / 2;
                fs::write(&path, &text.as_bytes()[..half]).unwrap();
                fs::write(&path, text).unwrap();
            }
            // Beside it, then in its place.
            2 | 3 => {
                let draft = path.with_file_name(format!(".{name}.part"));
                fs::write(&draft, text).unwrap();
                fs::rename(draft, path).unwrap();
            }
            // As vim does: a swap file, a trial file, the old text kept for a moment.
            4 => {
                let (swap, trial) =
                    (path.with_file_name(format!(".{name}.swp")), path.with_file_name("4913"));
                let old = path.with_file_name(format!("{name}~"));
                fs::write(&swap, b"b0VIM 9.1").unwrap();
                fs::write(&trial, b"").unwrap();
                fs::remove_file(&trial).unwrap();
                if path.exists() {
                    fs::rename(&path, &old).unwrap();
                }
                fs::write(&path, text).unwrap();
                let _ = fs::remove_file(&old);
                fs::remove_file(&swap).unwrap();
            }
            // As emacs does: a link that leads nowhere says who is writing, a copy is kept.
            5 => {
                let lock = path.with_file_name(format!(".#{name}"));
                #[cfg(unix)]
                std::os::unix::fs::symlink("ured@grad.1234:1", &lock).unwrap();
                fs::write(path.with_file_name(format!("{name}~")), &text).unwrap();
                fs::write(&path, text).unwrap();
                let _ = fs::remove_file(&lock);
            }
            6 => drop(fs::remove_file(&path)),
            7 => {
                let to = self.page();
                drop(fs::rename(&path, to));
            }
            8 => {
                let folder = path.parent().unwrap();
                let other = folder.with_file_name("Treća mapa");
                if !folder.ends_with("rad") && !other.exists() {
                    fs::rename(folder, other).unwrap();
                } else if other.exists() {
                    fs::remove_dir_all(other).unwrap();
                }
            }
            // A mistake that stays until somebody mends it.
            9 => fs::write(&path, "---\ntitle: [\n---\n").unwrap(),
            _ => {
                let style = format!("{}\n.izmjena-{} {{ color: inherit; }}\n", self.style, self.done);
                self.site.write("themes/ljubuski/static/style.css", style);
                fs::write(path.with_extension("txt"), text).unwrap();
            }
        }
    }

    /// Mends every mistake, and one edit more, so that there is a last build.
    pub fn mend(&mut self) {
        let mut open = vec![self.site.root().join("content/rad")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if fs::read_to_string(&path).is_ok_and(|text| text.contains("title: [")) {
                    fs::write(&path, self.text()).unwrap();
                }
            }
        }
        self.done += 1;
        self.site.write("content/rad/kraj.md", self.text());
    }
}
