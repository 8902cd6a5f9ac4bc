//! `GET /usluge/potvrda/<token>`: the receipt, and the signed one as a file. Both change nothing.
//!
//! ```text
//! <reference>.<key id>.<signature>             the address in the letter
//! <reference>.<key id>.<signature>.<secret>    the address after sending: for an hour it also shows the answers
//! ```

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use forms::Answers;
use sealing::HashKeys;
use store::{ReceiptRecord, Reference, StoreError};

use crate::answers_copy::CopySecret;
use crate::pages::Frame;
use crate::request::{Segment, not_found};
use crate::{Bundle, Event, Receipt, Service, SignedReceipt, answer, event, receipt_page};

const PURPOSE: &str = "receipt v1";
/// 128 bits: nobody guesses a receipt from a reference heard on the phone.
const TAG_BYTES: usize = 16;

/// What an address opens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub reference: Reference,
    key_id: String,
    copy: Option<CopySecret>,
}

/// The address of a reference's receipt.
pub(crate) fn path(hashing: &HashKeys, reference: &Reference) -> String {
    let hashing = hashing.current();
    let tag = hashing.mac(PURPOSE, &[reference.compact().as_bytes()]);
    let tag = BASE64URL_NOPAD.encode(&tag[..TAG_BYTES]);
    format!("/usluge/potvrda/{}.{}.{tag}", reference.compact(), hashing.id())
}

/// The address that also shows the copy of the answers.
pub(crate) fn path_with_copy(hashing: &HashKeys, reference: &Reference, copy: CopySecret) -> String {
    format!("{}.{}", path(hashing, reference), copy.to_text())
}

pub(crate) fn read(hashing: &HashKeys, token: &str) -> Option<Token> {
    let mut parts = token.splitn(4, '.');
    let (reference, key_id, tag) = (parts.next()?, parts.next()?, parts.next()?);
    let copy = match parts.next() {
        Some(secret) => Some(CopySecret::from_text(secret)?),
        None => None,
    };
    let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?;
    let hashing = hashing.by_id(key_id)?;
    let signed = tag.len() == TAG_BYTES && hashing.verify(PURPOSE, &[reference.as_bytes()], &tag);
    if !signed {
        return None;
    }
    Some(Token { reference: reference.parse().ok()?, key_id: key_id.to_owned(), copy })
}

/// The receipt as a page.
pub(crate) async fn handle(State(service): State<Service>, Segment(token): Segment) -> Response {
    let bundle = service.bundle();
    let Some(token) = read(&service.hashing, &token) else { return not_found(&bundle) };
    let (record, parcel) = tokio::join!(find(&service, &bundle, &token), parcel(&service, &token));
    let record = match record {
        Ok(record) => record,
        Err(response) => return response,
    };
    let copy = copy(&service, &bundle, &token, &record, parcel);
    let lang = bundle.language(Some(&record.language));
    let view = receipt_page::View {
        frame: Frame { bundle: &bundle, form: Some(&record.form), lang },
        record: &record,
        copy: copy.as_ref(),
        signed: signed(&service, &bundle, &record),
        address: path(&service.hashing, &record.reference),
    };
    receipt_page::page(&view)
}

/// The signed receipt as a file.
pub(crate) async fn file(State(service): State<Service>, Segment(token): Segment) -> Response {
    let bundle = service.bundle();
    let Some(token) = read(&service.hashing, &token) else { return not_found(&bundle) };
    let record = match find(&service, &bundle, &token).await {
        Ok(record) => record,
        Err(response) => return response,
    };
    let Some(signed) = signed(&service, &bundle, &record) else { return not_found(&bundle) };
    let lang = bundle.language(Some(&record.language));
    let (name, text) = receipt_page::file(&bundle, lang, &signed);
    answer::text_file(&name, text).unwrap_or_else(|| not_found(&bundle))
}

/// The public keys with which signed receipts are checked.
pub(crate) async fn public_keys(State(service): State<Service>) -> Response {
    let bundle = service.bundle();
    let Some(keys) = &service.receipt_keys else { return not_found(&bundle) };
    let blocks = keys.public().map(|key| format!("# {}\n{}", key.id(), key.to_pem()));
    let text = blocks.collect::<Vec<_>>().join("\n");
    answer::public_text(format!("# {} (Ed25519)\n\n{text}", bundle.public_url))
}

async fn find(service: &Service, bundle: &Bundle, token: &Token) -> Result<ReceiptRecord, Response> {
    match service.store.receipt(&token.reference).await {
        Ok(Some(record)) => Ok(record),
        Ok(None) => Err(not_found(bundle)),
        Err(error) => {
            let code = event::store_code(&error);
            service.log(&Event::Failed { code, form: None, reason: error.to_string() });
            let frame = Frame { bundle, form: None, lang: &bundle.default_language };
            Err(frame.says_in_all_languages(StatusCode::SERVICE_UNAVAILABLE, "receipt_unavailable"))
        }
    }
}

/// What the store keeps of the answers, if the address has the secret that opens it.
async fn parcel(service: &Service, token: &Token) -> Result<Option<(Reference, Vec<u8>)>, StoreError> {
    let of = |secret: CopySecret| service.hashing.by_id(&token.key_id).map(|key| secret.id(key));
    match token.copy.and_then(of) {
        Some(id) => service.store.parcel(&id, service.now()).await,
        None => Ok(None),
    }
}

/// The copy of the answers, while there is one. A receipt without it is a receipt all the same.
fn copy(
    service: &Service,
    bundle: &Bundle,
    token: &Token,
    record: &ReceiptRecord,
    parcel: Result<Option<(Reference, Vec<u8>)>, StoreError>,
) -> Option<Answers> {
    let form = &bundle.forms.get(&record.form)?.form;
    match parcel {
        Ok(Some((reference, sealed))) if reference == record.reference => token.copy?.open(form, &sealed),
        Ok(_) => None,
        Err(error) => {
            let code = event::store_code(&error);
            service.log(&Event::Failed { code, form: Some(record.form.clone()), reason: error.to_string() });
            None
        }
    }
}

fn signed(service: &Service, bundle: &Bundle, record: &ReceiptRecord) -> Option<SignedReceipt> {
    let keys = service.receipt_keys.as_ref()?;
    let hash = HEXLOWER.decode(record.payload_sha256.as_ref()?.as_bytes()).ok()?;
    let receipt = Receipt {
        site: bundle.public_url.clone(),
        form: record.form.clone(),
        reference: record.reference.clone(),
        received_at: record.received_at,
        sealed_sha256: hash.try_into().ok()?,
    };
    Some(receipt.sign(keys.current()))
}

#[cfg(test)]
mod tests {
    use sealing::HashKey;

    use super::*;

    fn ring(current: u8, older: &[u8]) -> HashKeys {
        let older = older.iter().map(|byte| HashKey::new([*byte; 32])).collect();
        HashKeys::new(HashKey::new([current; 32]), older)
    }

    fn sample() -> Reference {
        Reference::from_random([1, 2, 3, 4, 5, 6, 7])
    }

    fn reference(hashing: &HashKeys, token: &str) -> Option<Reference> {
        read(hashing, token).map(|token| token.reference)
    }

    #[test]
    fn only_a_signed_address_leads_to_a_receipt() {
        let hashing = ring(7, &[]);
        let path = path(&hashing, &sample());
        let token = path.strip_prefix("/usluge/potvrda/").unwrap();
        assert_eq!(reference(&hashing, token), Some(sample()));
        assert_eq!(reference(&ring(8, &[]), token), None);
        let other = Reference::from_random([1, 2, 3, 4, 5, 6, 8]);
        let wrong = [
            token.replace(sample().compact(), other.compact()),
            token.to_lowercase(),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            format!("{token}."),
            format!("{token}.A"),
            sample().compact().to_owned(),
            String::new(),
        ];
        for token in wrong {
            assert_eq!(reference(&hashing, &token), None, "{token}");
        }
    }

    #[test]
    fn the_address_after_sending_names_the_copy_and_the_one_in_the_letter_does_not() {
        let hashing = ring(7, &[]);
        let copy = CopySecret::of_check_key(&[9; 16]);
        let with_copy = path_with_copy(&hashing, &sample(), copy);
        let token = |path: &str| read(&hashing, path.strip_prefix("/usluge/potvrda/").unwrap()).unwrap();
        assert_eq!(token(&with_copy).copy, Some(copy));
        assert_eq!(token(&path(&hashing, &sample())).copy, None);
        assert!(!with_copy.contains(&BASE64URL_NOPAD.encode(&[9; 16])), "the check key stays unknown");
    }

    #[test]
    fn an_address_of_an_older_key_still_leads_there_until_the_key_is_retired() {
        let path = path(&ring(7, &[]), &sample());
        let token = path.strip_prefix("/usluge/potvrda/").unwrap();
        assert_eq!(reference(&ring(8, &[6, 7]), token), Some(sample()));
        assert_eq!(reference(&ring(8, &[6]), token), None);
    }
}
