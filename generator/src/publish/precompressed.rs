//! Compressed forms beside what was published, for servers that send files as they lie: `index.html.br`,
//! `index.html.gz`. They are outputs like any other: listed in the manifest, written when they differ, removed with
//! what they belong to.

use std::fs;
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Entry, PRIVATE, Publication};
use crate::error::EnvironmentError;
use crate::precompress::{self, CODINGS, Effort, MADE_BY};

/// The private file that says what made the compressed forms.
pub const MARK: &str = "precompressed";

/// Outputs that come with others.
type Outputs = Vec<(Arc<str>, Entry)>;

impl Publication {
    /// Stages the compressed forms of all texts among `outputs`, and lists them. Those of a file that has not changed
    /// since the last publication are taken over from it.
    pub fn precompress(&self, outputs: &[(Arc<str>, Entry)]) -> Result<Outputs, EnvironmentError> {
        let all: FxHashSet<&str> = outputs.iter().map(|(path, _)| &**path).collect();
        let staged = self.staged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mark = fs::read(self.target.join(PRIVATE).join(MARK));
        let is_by_us = mark.is_ok_and(|mark| mark == MADE_BY.as_bytes());
        let forms = |path: &Arc<str>| -> Result<Outputs, EnvironmentError> {
            let is_unchanged = is_by_us && !staged.contains(path);
            let (mut forms, mut missing) = (Outputs::new(), Vec::new());
            for coding in CODINGS {
                let form: Arc<str> = format!("{path}{}", coding.ending()).into();
                // One that the theme brings itself is not ours to replace.
                if all.contains(&*form) {
                    continue;
                }
                match self.before.lasting(&self.target, &form).filter(|_| is_unchanged) {
                    Some(entry) => forms.push((form, entry.clone())),
                    None => missing.push((coding, form)),
                }
            }
            if missing.is_empty() {
                return Ok(forms);
            }
            let folder = if staged.contains(path) { &self.staging } else { &self.target };
            let place = folder.join(&**path);
            let bytes = fs::read(&place).map_err(|error| EnvironmentError::io("read", &place, error))?;
            for (coding, form) in missing {
                let made = precompress::compressed(&bytes, coding, Effort::Most)
                    .map_err(|error| EnvironmentError::Other(format!("{form}: {error}")))?;
                if let Some(bytes) = made {
                    let entry = Entry::of(&bytes);
                    self.stage(&form, &bytes, &entry)?;
                    forms.push((form, entry));
                }
            }
            Ok(forms)
        };
        let texts: Vec<&Arc<str>> =
            outputs.iter().map(|(path, _)| path).filter(|path| precompress::is_text(path)).collect();
        let forms: Vec<Outputs> = texts.into_par_iter().map(forms).collect::<Result<_, _>>()?;
        Ok(forms.into_iter().flatten().collect())
    }
}
