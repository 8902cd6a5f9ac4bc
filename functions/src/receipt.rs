//! `GET /usluge/potvrda/<token>`: the receipt. It shows nothing that the person wrote, and changes nothing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use forms::Form;
use forms::definition::Mark;
use maud::{Markup, html};
use sealing::HashKeys;
use store::{ReceiptRecord, Reference};

use crate::pages::Frame;
use crate::request::{Segment, not_found};
use crate::{Event, Service, event, local_time};

const PURPOSE: &str = "receipt v1";
/// 128 bits: nobody guesses a receipt from a reference heard on the phone.
const TAG_BYTES: usize = 16;

/// The address of a reference's receipt: `<reference>.<key id>.<signature>`.
pub(crate) fn path(hashing: &HashKeys, reference: &Reference) -> String {
    let hashing = hashing.current();
    let tag = hashing.mac(PURPOSE, &[reference.compact().as_bytes()]);
    let tag = BASE64URL_NOPAD.encode(&tag[..TAG_BYTES]);
    format!("/usluge/potvrda/{}.{}.{tag}", reference.compact(), hashing.id())
}

fn reference(hashing: &HashKeys, token: &str) -> Option<Reference> {
    let (reference, signature) = token.split_once('.')?;
    let (key_id, tag) = signature.split_once('.')?;
    let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?;
    let hashing = hashing.by_id(key_id)?;
    let signed = tag.len() == TAG_BYTES && hashing.verify(PURPOSE, &[reference.as_bytes()], &tag);
    if signed { reference.parse().ok() } else { None }
}

/// Handles the request.
pub(crate) async fn handle(State(service): State<Service>, Segment(token): Segment) -> Response {
    let bundle = service.bundle();
    let Some(reference) = reference(&service.hashing, &token) else { return not_found(&bundle) };
    match service.store.receipt(&reference).await {
        Ok(Some(record)) => {
            let lang = bundle.language(Some(&record.language));
            page(Frame { bundle: &bundle, form: Some(&record.form), lang }, &record)
        }
        Ok(None) => not_found(&bundle),
        Err(error) => {
            let code = event::store_code(&error);
            service.log(&Event::Failed { code, form: None, reason: error.to_string() });
            let frame = Frame { bundle: &bundle, form: None, lang: &bundle.default_language };
            frame.says_in_all_languages(StatusCode::SERVICE_UNAVAILABLE, "receipt_unavailable")
        }
    }
}

fn page(frame: Frame<'_>, record: &ReceiptRecord) -> Response {
    let (bundle, lang) = (frame.bundle, frame.lang);
    let strings = bundle.strings(lang);
    let form = bundle.forms.get(&record.form).map(|form| &form.form);
    let received = local_time::in_words(record.received_at, &bundle.time_zone, &strings);
    let title = strings.text("service.receipt.title", &[]);
    let steps = bundle.messages.next_steps(&record.form, lang);
    let main = html! {
        article class="receipt" {
            h1 { (title) }
            @if let Some(form) = form { p { (form.title(lang)) } }
            p { (strings.text("service.receipt.reference", &[])) }
            p class="reference" { strong { (record.reference) } }
            p { (strings.text("service.receipt.received", &[("moment", &received)])) }
            (mail_hint(form, |key| strings.text(key, &[])))
            @if !steps.is_empty() {
                h2 { (strings.text("service.receipt.next", &[])) }
                ol class="steps" { @for step in steps { li { (step) } } }
            }
            p { (strings.text("service.receipt.print", &[])) }
            p { (strings.text("service.contact", &[("contact", bundle.contact.get(lang))])) }
            p { a href=(bundle.home(lang)) { (strings.text("service.to_home", &[])) } }
        }
    };
    frame.page(StatusCode::OK, &title, main)
}

/// Says that a letter is on its way, as far as the form's definition allows to say so.
fn mail_hint(form: Option<&Form>, text: impl Fn(&str) -> String) -> Markup {
    let address = form.and_then(|form| form.fields().find(|(field, _)| field.mark == Mark::ContactEmail));
    html! {
        @match address {
            Some((field, None)) if !field.optional => p { (text("service.receipt.mail")) },
            Some(_) => p { (text("service.receipt.mail_if_given")) },
            None => {},
        }
    }
}

#[cfg(test)]
mod tests {
    use sealing::HashKey;

    use super::*;

    fn ring(current: u8, older: &[u8]) -> HashKeys {
        let older = older.iter().map(|byte| HashKey::new([*byte; 32])).collect();
        HashKeys::new(HashKey::new([current; 32]), older)
    }

    #[test]
    fn only_a_signed_address_leads_to_a_receipt() {
        let hashing = ring(7, &[]);
        let sample = Reference::from_random([1, 2, 3, 4, 5, 6, 7]);
        let path = path(&hashing, &sample);
        let token = path.strip_prefix("/usluge/potvrda/").unwrap();
        assert_eq!(reference(&hashing, token), Some(sample.clone()));
        assert_eq!(reference(&ring(8, &[]), token), None);
        let other = Reference::from_random([1, 2, 3, 4, 5, 6, 8]);
        let wrong = [
            token.replace(sample.compact(), other.compact()),
            token.to_lowercase(),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            sample.compact().to_owned(),
            String::new(),
        ];
        for token in wrong {
            assert_eq!(reference(&hashing, &token), None, "{token}");
        }
    }

    #[test]
    fn an_address_of_an_older_key_still_leads_there_until_the_key_is_retired() {
        let sample = Reference::from_random([1, 2, 3, 4, 5, 6, 7]);
        let old = path(&ring(7, &[]), &sample);
        let token = old.strip_prefix("/usluge/potvrda/").unwrap();
        assert_eq!(reference(&ring(8, &[9, 7]), token), Some(sample.clone()));
        assert_eq!(reference(&ring(8, &[9]), token), None);
        assert_eq!(
            path(&ring(8, &[7]), &sample),
            path(&ring(8, &[]), &sample),
            "new ones use the newest key"
        );
    }
}
