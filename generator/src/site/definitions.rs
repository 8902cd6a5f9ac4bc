//! Forms, procedure cards and messages: the YAML files of the content that are not pages.

use forms::Form;
use forms::procedure::{Card, Cards};
use mail::{Message, Messages};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::source::SourceFile;

/// Folder of the form definitions.
pub const FORMS: &str = "obrasci";
/// Folder of the procedure cards.
pub const PROCEDURES: &str = "postupci";
/// Folder of the messages.
pub const MESSAGES: &str = "poruke";

/// What the definitions say.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    /// Forms, by id.
    pub forms: Vec<Form>,
    /// Procedure cards.
    pub cards: Cards,
    /// Messages.
    pub messages: Messages,
}

/// Whether a content file is a definition (and so never published as it is).
pub fn is_definition(path: &str) -> bool {
    parts(path).is_some()
}

/// Folder and id of a definition's file.
fn parts(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.split_once('/')?;
    let id = name.strip_suffix(".yaml")?;
    (matches!(folder, FORMS | PROCEDURES | MESSAGES) && !id.contains('/')).then_some((folder, id))
}

/// Reads all definitions.
pub fn read(files: &[SourceFile], config: &Config) -> (Definitions, Vec<Diagnostic>) {
    let languages = config.language_codes();
    let mut definitions = Definitions::default();
    let mut found = Vec::new();
    for file in files {
        let Some((folder, id)) = parts(&file.path) else { continue };
        let shown = format!("content/{}", file.path);
        let source = match file.text() {
            Ok(text) => text,
            Err(mut diagnostic) => {
                diagnostic.place = Some(Place::file(&shown));
                found.push(diagnostic);
                continue;
            }
        };
        let problems = match folder {
            FORMS => match Form::from_yaml(id, source, &languages) {
                Ok(form) => {
                    definitions.forms.push(form);
                    continue;
                }
                Err(problems) => problems,
            },
            PROCEDURES => match Card::from_yaml(id, source, &languages) {
                Ok(card) => {
                    definitions.cards.0.insert(id.to_owned(), card);
                    continue;
                }
                Err(problems) => problems,
            },
            _ => match Message::from_yaml(id, source, &languages) {
                Ok(message) => {
                    definitions.messages.insert(id, message);
                    continue;
                }
                Err(problems) => problems,
            },
        };
        found.extend(problems.into_iter().map(|problem| Diagnostic::in_definition(&shown, source, problem)));
    }
    (definitions, found)
}
