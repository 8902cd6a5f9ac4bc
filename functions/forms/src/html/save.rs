//! Saving for later without storing: the script writes the answers into an encrypted file that the person keeps, and
//! reads it back. Nothing of it is sent; without script it stays hidden. The inputs stand outside the form and have
//! no names, so that neither passphrase nor file can be posted.

use maud::{Markup, html};

use super::FormView;
use crate::definition::Kind;

pub(super) fn later(view: &FormView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    let secrets: Vec<&str> = view
        .form
        .fields()
        .filter(|(field, _)| matches!(field.kind, Kind::Jmb { .. }))
        .map(|(field, _)| field.id.as_str())
        .collect();
    html! {
        section.save-later hidden aria-labelledby="save-title"
            data-save-later=(view.form.id()) data-fingerprint=(view.form.fingerprint())
            data-language=(view.lang) data-secret=(secrets.join(" "))
            data-say-saved=(text("form.save_saved")) data-say-short=(text("form.save_short"))
            data-say-differ=(text("form.save_differ")) data-say-no-file=(text("form.save_no_file"))
            data-say-unreadable=(text("form.save_unreadable")) data-say-wrong=(text("form.save_wrong"))
            data-say-other=(text("form.save_other")) data-say-changed=(text("form.save_changed"))
            data-say-restored=(text("form.save_restored")) data-say-working=(text("form.save_working")) {
            h2 id="save-title" { (text("form.save_title")) }
            p { (text("form.save_intro")) }
            details {
                summary { (text("form.save_write")) }
                (passphrase("save-pass", &text("form.save_pass"), Some(&text("form.save_pass_hint")), "new-password"))
                (passphrase("save-again", &text("form.save_pass_again"), None, "new-password"))
                @if !secrets.is_empty() {
                    div.field {
                        div.choice {
                            input type="checkbox" id="save-jmb" aria-describedby="save-jmb-hint";
                            label for="save-jmb" { (text("form.save_jmb")) }
                            p.hint id="save-jmb-hint" { (text("form.save_jmb_hint")) }
                        }
                    }
                }
                button.button.button--secondary type="button" data-save-write { (text("form.save_download")) }
                p role="status" data-save-written {}
            }
            details {
                summary { (text("form.save_read")) }
                div.field {
                    label.label for="save-file" { (text("form.save_file")) }
                    input type="file" id="save-file" accept=".zavicaj,application/json";
                }
                (passphrase("save-open", &text("form.save_pass"), None, "current-password"))
                button.button.button--secondary type="button" data-save-read { (text("form.save_restore")) }
                p role="status" data-save-restored {}
            }
        }
    }
}

fn passphrase(id: &str, label: &str, hint: Option<&str>, autocomplete: &str) -> Markup {
    let hint_id = format!("{id}-hint");
    html! {
        div.field {
            label.label for=(id) { (label) }
            @if let Some(hint) = hint { p.hint id=(hint_id) { (hint) } }
            input.input.input--medium type="password" id=(id) autocomplete=(autocomplete)
                aria-describedby=[hint.map(|_| &hint_id)];
        }
    }
}
