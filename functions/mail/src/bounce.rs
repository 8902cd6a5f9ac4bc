//! Mail that came back: a delivery status notification (RFC 3464) names the letter that it is about.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use crate::eml::is_plain_id;
use crate::smtp::enhanced;

/// What a notification says about one of our letters. Nothing else of it is kept: it holds the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// The letter with this id was not delivered, for ever; the status code of RFC 3463 says why.
    Failed {
        /// The letter's id.
        id: String,
        /// `5.1.1`.
        status: String,
    },
    /// It is late, was delivered or passed on: nothing to do.
    Harmless,
}

/// Reads a message; nothing if it is no notification about a letter whose `Message-ID` ends with `domain`.
pub fn read(message: &[u8], domain: &str) -> Option<Notification> {
    let message = MessageParser::default().parse(message)?;
    let report = message.parts.iter().find(|part| is(part, "message", "delivery-status"))?;
    let id = message.parts.iter().filter_map(returned).find_map(|id| ours(&id, domain))?;
    let fields = text(report)?;
    // Per recipient, after those of the whole message; our letters have one recipient.
    if field(&fields, "Action")?.eq_ignore_ascii_case("failed") {
        let status = field(&fields, "Status").and_then(enhanced).unwrap_or("5.0.0").to_owned();
        Some(Notification::Failed { id, status })
    } else {
        Some(Notification::Harmless)
    }
}

/// The `Message-ID` of the letter that the notification returns, whole or just its headers.
fn returned(part: &MessagePart<'_>) -> Option<String> {
    let headers = is(part, "message", "rfc822-headers") || is(part, "text", "rfc822-headers");
    match &part.body {
        PartType::Message(letter) => id_of(letter),
        _ if headers || is(part, "message", "rfc822") || is(part, "message", "global") => {
            MessageParser::default().parse(text(part)?.as_bytes()).as_ref().and_then(id_of)
        }
        _ => None,
    }
}

fn id_of(message: &Message<'_>) -> Option<String> {
    message.message_id().map(str::to_owned)
}

fn ours(message_id: &str, domain: &str) -> Option<String> {
    let (id, of) = message_id.rsplit_once('@')?;
    (of.eq_ignore_ascii_case(domain) && is_plain_id(id)).then(|| id.to_owned())
}

fn is(part: &MessagePart<'_>, kind: &str, subkind: &str) -> bool {
    part.content_type().is_some_and(|found| {
        found.c_type.eq_ignore_ascii_case(kind)
            && found.c_subtype.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(subkind))
    })
}

fn text(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        PartType::Html(_) | PartType::Message(_) | PartType::Multipart(_) => None,
    }
}

fn field<'a>(fields: &'a str, name: &str) -> Option<&'a str> {
    fields.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Postfix writes it.
    fn notification(action: &str, status: &str, returned: &str) -> String {
        format!(
            "Return-Path: <>\r\n\
             From: MAILER-DAEMON@mx.example.org (Mail Delivery System)\r\n\
             To: no-reply@grad.example\r\n\
             Subject: Undelivered Mail Returned to Sender\r\n\
             Auto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"B.1/mx\"\r\n\
             \r\n\
             --B.1/mx\r\n\
             Content-Description: Notification\r\n\
             Content-Type: text/plain; charset=us-ascii\r\n\
             \r\n\
             I'm sorry. <ana@example.org>: user unknown. Message-ID: <nije@grad.example>\r\n\
             \r\n\
             --B.1/mx\r\n\
             Content-Type: message/delivery-status\r\n\
             \r\n\
             Reporting-MTA: dns; mx.example.org\r\n\
             Arrival-Date: Mon, 23 Nov 2026 19:05:09 +0100 (CET)\r\n\
             \r\n\
             Final-Recipient: rfc822; ana@example.org\r\n\
             Action: {action}\r\n\
             Status: {status}\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org> unknown\r\n\
             \r\n\
             --B.1/mx\r\n\
             {returned}\r\n\
             --B.1/mx--\r\n"
        )
    }

    const WHOLE: &str = "Content-Type: message/rfc822\r\n\r\nFrom: no-reply@grad.example\r\nTo: ana@example.org\r\n\
                         Message-ID: <0a1b-2@grad.example>\r\nSubject: x\r\n\r\nTekst\r\n";
    const HEADERS: &str = "Content-Type: text/rfc822-headers\r\n\r\nFrom: no-reply@grad.example\r\n\
                           Message-Id: <0a1b-2@GRAD.example>\r\n";

    fn failed(status: &str) -> Option<Notification> {
        Some(Notification::Failed { id: "0a1b-2".into(), status: status.into() })
    }

    #[test]
    fn a_letter_that_came_back_is_known_by_its_id_and_status() {
        for returned in [WHOLE, HEADERS] {
            let message = notification("failed", "5.1.1", returned);
            assert_eq!(read(message.as_bytes(), "grad.example"), failed("5.1.1"), "{returned}");
        }
        let with_comment = notification("Failed", "5.2.2 (mailbox full)", WHOLE);
        assert_eq!(read(with_comment.as_bytes(), "grad.example"), failed("5.2.2"));
        let without_status = notification("failed", "unknown", WHOLE);
        assert_eq!(read(without_status.as_bytes(), "grad.example"), failed("5.0.0"));
    }

    #[test]
    fn a_delay_is_no_failure() {
        let message = notification("delayed", "4.4.1", WHOLE);
        assert_eq!(read(message.as_bytes(), "grad.example"), Some(Notification::Harmless));
    }

    #[test]
    fn what_is_no_notification_about_our_letters_is_left_alone() {
        assert_eq!(read(notification("failed", "5.1.1", WHOLE).as_bytes(), "drugi.example"), None);
        let odd_id = WHOLE.replace("0a1b-2", "../x");
        assert_eq!(read(notification("failed", "5.1.1", &odd_id).as_bytes(), "grad.example"), None);
        let person = "From: ana@example.org\r\nSubject: Re: x\r\nMessage-ID: <q@example.org>\r\n\
                      In-Reply-To: <0a1b-2@grad.example>\r\n\r\nHvala! Action: failed\r\n";
        assert_eq!(read(person.as_bytes(), "grad.example"), None);
    }

    #[test]
    fn no_bytes_however_broken_stop_the_reader() {
        let whole = notification("failed", "5.1.1", WHOLE).into_bytes();
        for cut in 0..whole.len() {
            read(&whole[..cut], "grad.example");
            read(&whole[cut..], "grad.example");
            let mut spoiled = whole.clone();
            spoiled[cut] ^= 0xff;
            read(&spoiled, "grad.example");
        }
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(5000);
        read(nested.as_bytes(), "grad.example");
    }
}
