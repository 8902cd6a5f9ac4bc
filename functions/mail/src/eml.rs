//! A letter as an RFC 5322 message.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};

use crate::{Address, Letter, Sender};

/// A letter cannot be written as a message; nothing of its content is in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// An address is not one that mail programs accept.
    #[error("the address cannot be written in a message")]
    Address,
    /// The message id holds characters that a header may not.
    #[error("the message id has characters that are not allowed")]
    Id,
    /// The library refused.
    #[error("the message cannot be built")]
    Build,
}

/// The bytes of a letter with CRLF line ends.
///
/// The same letter and id always give the same bytes. `Auto-Submitted` (RFC 3834) keeps holiday notices from
/// answering it.
pub fn format(letter: &Letter, id: &str, sender: &Sender) -> Result<Vec<u8>, FormatError> {
    if !is_plain_id(id) {
        return Err(FormatError::Id);
    }
    let mailbox = |name: Option<String>, address: &Address| {
        let address = address.reveal().parse().map_err(|_| FormatError::Address)?;
        Ok(Mailbox::new(name, address))
    };
    let name = sender.name(&letter.language).chars().filter(|c| !c.is_control()).collect();
    let mut builder = lettre::Message::builder()
        .from(mailbox(Some(name), &sender.address)?)
        .to(mailbox(None, &letter.to)?)
        .subject(letter.subject.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(letter.written_at.as_second().unsigned_abs()))
        .message_id(Some(format!("<{id}@{}>", sender.address.domain())))
        .raw_header(plain_header("Auto-Submitted", "auto-generated")?)
        .raw_header(plain_header("Content-Language", &letter.language)?);
    if let Some(address) = &letter.unsubscribe {
        let address = angled_url(address).ok_or(FormatError::Build)?;
        builder = builder
            .raw_header(header("List-Unsubscribe", address)?)
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())?);
    }
    let part = |kind: ContentType, content: &str| {
        SinglePart::builder()
            .header(kind)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(content.to_owned())
    };
    let text = part(ContentType::TEXT_PLAIN, &letter.text);
    let message = if letter.html.is_empty() {
        builder.singlepart(text)
    } else {
        // Quoted-printable never yields "=_", so no text can hold the boundary.
        let boundary = format!("=_{}", id.get(..id.len().min(60)).unwrap_or(id));
        let both = MultiPart::builder().kind(MultiPartKind::Alternative).boundary(boundary).build();
        builder.multipart(both.singlepart(text).singlepart(part(ContentType::TEXT_HTML, &letter.html)))
    };
    let message = message.map_err(|_| FormatError::Build)?;
    Ok(message.formatted())
}

/// An address as the message writes it: the domain in ASCII.
pub(crate) fn in_ascii(address: &Address) -> Result<String, FormatError> {
    let address: lettre::Address = address.reveal().parse().map_err(|_| FormatError::Address)?;
    Ok(address.to_string())
}

/// Ids also name files.
pub(crate) fn is_plain_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn plain_header(name: &'static str, value: &str) -> Result<HeaderValue, FormatError> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { header(name, value.to_owned()) } else { Err(FormatError::Build) }
}

fn header(name: &'static str, value: String) -> Result<HeaderValue, FormatError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| FormatError::Build)?;
    Ok(HeaderValue::new(name, value))
}

/// `<https://…>`, if nothing in the address could end it or the line.
fn angled_url(address: &str) -> Option<String> {
    let web = address.starts_with("https://") || address.starts_with("http://");
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b','));
    (web && plain).then(|| format!("<{address}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender() -> Sender {
        Sender {
            name: [("hr".to_owned(), "Grad Ljubuški".to_owned())].into(),
            address: "no-reply@example.org".parse().unwrap(),
        }
    }

    fn letter() -> Letter {
        Letter {
            to: "ana@example.org".parse().unwrap(),
            language: "hr".into(),
            subject: "Primili smo Vaš zahtjev 7Q2M-4XKD".into(),
            text: "Poštovani,\n\nprimili smo Vaš zahtjev.\n\n. točka na početku\nČĆŽŠĐ čćžšđ\n".into(),
            html: String::new(),
            unsubscribe: None,
            written_at: "2026-11-23T18:05:09Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_letter_is_a_complete_message_in_utf8() {
        let bytes = format(&letter(), "0123abcd", &sender()).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap().replace("\r\n", "\n"));
    }

    #[test]
    fn every_line_ends_with_crlf_and_is_ascii_and_short() {
        for letter in [letter(), with_html()] {
            let text = String::from_utf8(format(&letter, "a", &sender()).unwrap()).unwrap();
            assert!(text.is_ascii());
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
            assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        }
    }

    fn with_html() -> Letter {
        Letter {
            html: "<!DOCTYPE html><html lang=\"hr\"><p>ČĆŽŠĐ čćžšđ</p><p>--=_0123abcd</p></html>".into(),
            unsubscribe: Some("https://grad.example/usluge/veza/abc.def_-9".into()),
            ..letter()
        }
    }

    #[test]
    fn text_and_html_are_alternatives_of_one_message() {
        let bytes = format(&with_html(), "0123abcd", &sender()).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap().replace("\r\n", "\n"));
    }

    #[test]
    fn an_address_to_unsubscribe_that_could_break_the_header_is_refused() {
        for address in [
            "https://x.example/>\r\nBcc: a",
            "javascript:alert(1)",
            "https://x.example/a b",
            "https://x.example/a,b",
        ] {
            let letter = Letter { unsubscribe: Some(address.into()), ..with_html() };
            assert_eq!(format(&letter, "a", &sender()), Err(FormatError::Build), "{address}");
        }
    }

    #[test]
    fn the_same_letter_gives_the_same_bytes_at_every_attempt() {
        assert_eq!(format(&letter(), "a", &sender()), format(&letter(), "a", &sender()));
        assert_eq!(format(&with_html(), "a", &sender()), format(&with_html(), "a", &sender()));
    }

    #[test]
    fn domains_with_letters_of_their_own_are_written_as_mail_programs_read_them() {
        let mut sender = sender();
        sender.address = "ured@ljubuški.example".parse().unwrap();
        let mut letter = letter();
        letter.to = "ana@Bücher.example".parse().unwrap();
        let text = String::from_utf8(format(&letter, "0123abcd", &sender).unwrap()).unwrap();
        assert!(text.contains(" <ured@xn--ljubuki-uqb.example>\r\n"), "{text}");
        assert!(text.contains("\r\nMessage-ID: <0123abcd@xn--ljubuki-uqb.example>\r\n"), "{text}");
        assert!(text.contains("\r\nTo: ana@xn--bcher-kva.example\r\n"), "{text}");
    }

    #[test]
    fn a_letter_can_be_written_to_every_address_that_a_form_accepts() {
        let tried = [
            "a@b.example",
            "ana@ex\u{2011}ample.org",
            "ana@exam\u{200d}ple.org",
            "ana@😀.org",
            "ana@İ.org",
            "“a”@x.org",
            "😀@x.org",
            "ana\u{200d}@x.org",
            "čedo@primjer.hr",
            "ana@straße.example",
            "ana@пример.срб",
            "ana@xn--a.example",
            "ana@xn--.example",
            "ana@-.a",
            "ana@a_b.example",
            "ana@a.1",
            "!#$%&'*+-/=?^_`{|}~@example.org",
            "ana@例え.テスト",
            "ana@نامه\u{200c}ای.example",
            "ana@a。example",
        ];
        let mut accepted = 0;
        for text in tried {
            let Ok(email) = forms::email::read(text) else {
                assert!(text.parse::<Address>().is_err(), "{text}");
                continue;
            };
            accepted += 1;
            let mut letter = letter();
            letter.to = email.shown().parse().unwrap();
            let message = String::from_utf8(format(&letter, "a", &sender()).unwrap()).unwrap();
            let line = format!("\r\nTo: {}\r\n", email.sent());
            assert!(message.contains(&line) && line.is_ascii(), "{text}: {message}");
        }
        assert_eq!(accepted, 8);
    }

    #[test]
    fn no_value_can_add_a_header() {
        let mut letter = letter();
        letter.subject = "a\r\nBcc: all@example.org\r\n\r\nbody".into();
        let mut sender = sender();
        sender.name = [("hr".to_owned(), "Grad\r\nBcc: all@example.org".to_owned())].into();
        let text = String::from_utf8(format(&letter, "a", &sender).unwrap()).unwrap();
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!headers.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{headers}");
        assert_eq!(headers.matches("\r\nSubject:").count(), 1);
        letter.language = "hr\r\nBcc: all@example.org".into();
        assert_eq!(format(&letter, "a", &sender), Err(FormatError::Build));
        for id in ["a>\r\nBcc: all", "", "../a", "a b"] {
            assert_eq!(format(&self::letter(), id, &sender), Err(FormatError::Id), "{id:?}");
        }
    }
}
