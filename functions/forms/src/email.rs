//! Mail addresses: one rule for what a form accepts and what a letter can be sent to.
//!
//! The part before `@` is in ASCII: other letters there need a mail server that knows RFC 6531 at every step, which
//! nobody can promise. The domain may have letters of any script; mail programs get it in ASCII (IDNA, UTS 46).

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// RFC 5321, 4.5.3.1.3: what fits into a path of 256 octets with its brackets.
pub const LONGEST_BYTES: usize = 254;
const LONGEST_LOCAL_BYTES: usize = 64;
/// What a local part may hold besides letters and digits (RFC 5322, 3.2.3).
const ATOM_SIGNS: &str = "!#$%&'*+-/=?^_`{|}~";

/// An address that mail can be sent to. It is personal data: it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    local: String,
    domain: String,
    ascii_domain: String,
}

/// Why a text is no address that mail can be sent to. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not an address at all.
    #[error("not a mail address")]
    NotAnAddress,
    /// An address with other letters than those of ASCII before its `@`.
    #[error("a mail address with letters before the @ that few mail servers take")]
    Letters,
}

/// Reads an address as it stands, without taking anything away.
pub fn read(text: &str) -> Result<Email, EmailError> {
    let (local, domain) = text.split_once('@').ok_or(EmailError::NotAnAddress)?;
    let (domain, ascii_domain) = self::domain(domain).ok_or(EmailError::NotAnAddress)?;
    let of_atoms = |is_sign: &dyn Fn(char) -> bool| {
        local.len() <= LONGEST_LOCAL_BYTES
            && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_sign))
    };
    let in_ascii = |c: char| c.is_ascii_alphanumeric() || ATOM_SIGNS.contains(c);
    if local.len() + 1 + ascii_domain.len() > LONGEST_BYTES {
        return Err(EmailError::NotAnAddress);
    }
    if of_atoms(&in_ascii) {
        return Ok(Email { local: local.to_owned(), domain, ascii_domain });
    }
    let foreign = |c: char| !c.is_ascii() && !c.is_whitespace() && !c.is_control();
    if of_atoms(&|c| in_ascii(c) || foreign(c)) {
        return Err(EmailError::Letters);
    }
    Err(EmailError::NotAnAddress)
}

impl Email {
    /// For people: the domain in its own letters, in lower case. One spelling for each address.
    pub fn shown(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// For mail programs: all in ASCII.
    pub fn sent(&self) -> String {
        format!("{}@{}", self.local, self.ascii_domain)
    }
}

/// A domain with a dot, in its own letters and in ASCII.
fn domain(text: &str) -> Option<(String, String)> {
    let (rules, bytes) = (Uts46::new(), text.as_bytes());
    let ascii =
        rules.to_ascii(bytes, AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify).ok()?;
    let (shown, read) = rules.to_unicode(bytes, AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    // A top level of digits only would be an IP address, to which no mail of ours can go.
    let (_, top) = ascii.rsplit_once('.')?;
    let top_is_name = top.bytes().any(|byte| byte.is_ascii_alphabetic());
    (read.is_ok() && top_is_name && shown.chars().all(is_of_names)).then(|| (shown.into(), ascii.into()))
}

/// UTS 46 lets through pictograms and typographic hyphens, which no registry gives out for mail (IDNA 2008) and
/// which stand in an address by mistake. The signs named here are good between certain letters.
fn is_of_names(c: char) -> bool {
    c.is_alphanumeric()
        || GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
        || matches!(c, '.' | '-' | '·' | '\u{375}' | '\u{5f3}' | '\u{5f4}' | '・' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling_for_people_and_one_for_mail_programs() {
        for (text, shown, sent) in [
            ("ana.anic@Example.ORG", "ana.anic@example.org", "ana.anic@example.org"),
            ("a+lj@mail.example.co.uk", "a+lj@mail.example.co.uk", "a+lj@mail.example.co.uk"),
            ("o'neill@example.ie", "o'neill@example.ie", "o'neill@example.ie"),
            ("info@Bücher.example", "info@bücher.example", "info@xn--bcher-kva.example"),
            // Some browsers post the domain like this, whatever was typed.
            ("info@xn--bcher-kva.example", "info@bücher.example", "info@xn--bcher-kva.example"),
            ("ana@straße.example", "ana@straße.example", "ana@xn--strae-oqa.example"),
            ("ana@r3--x.example", "ana@r3--x.example", "ana@r3--x.example"),
            ("ana@пример.срб", "ana@пример.срб", "ana@xn--e1afmkfd.xn--90a3ac"),
        ] {
            let email = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((email.shown().as_str(), email.sent().as_str()), (shown, sent), "{text}");
            assert!(read(&email.shown()) == Ok(email.clone()) && read(&email.sent()) == Ok(email), "{text}");
        }
    }

    #[test]
    fn what_no_mail_program_takes_is_noticed() {
        for text in [
            "ana",
            "ana@",
            "@example.org",
            "ana@example",
            "ana@@example.org",
            "a@b@example.org",
            "ana@example..org",
            "ana@example.org.",
            "ana anic@example.org",
            "ana@exa mple.org",
            ".ana@example.org",
            "ana.@example.org",
            "a..b@example.org",
            "ana@-example.org",
            "ana@a_b.example",
            "ana@192.168.1.1",
            "ana@xn--a.example",
            "ana,iva@example.org",
            "Ana <ana@example.org>",
            "ana@example.org\r\nBcc: iva@example.org",
            "ana@example.org\0",
            "ana\u{2028}b@example.org",
            "ana@ex\u{2011}ample.org",
            "ana@exam\u{200d}ple.org",
            "ana@😀.org",
        ] {
            assert_eq!(read(text).err(), Some(EmailError::NotAnAddress), "{text}");
        }
        for text in ["čedo@primjer.hr", "“a”@example.org", "😀@example.org", "ana\u{200d}@example.org"]
        {
            assert_eq!(read(text).err(), Some(EmailError::Letters), "{text}");
        }
        for (text, good) in [
            (format!("a@{}.example", "b".repeat(300)), false),
            (format!("a@{}.example", "b".repeat(64)), false),
            (format!("{}@b.example", "a".repeat(65)), false),
            (format!("{}@b.example", "a".repeat(64)), true),
        ] {
            assert_eq!(read(&text).is_ok(), good, "{text}");
        }
    }
}
