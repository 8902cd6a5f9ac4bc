//! The values of a PDF (ISO 32000-2 §7.3), read strictly and within bounds.

use super::BROKEN;
use crate::Refusal;

/// Deeper than any page's tree of values inside one object.
const DEEPEST: usize = 48;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    /// As it was written: nothing is lost by reading it.
    Number(Vec<u8>),
    /// Without the slash, `#` escapes resolved.
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Reference(u32),
}

/// Keys and values in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dictionary(pub Vec<(Vec<u8>, Object)>);

impl Dictionary {
    /// The value of a key; of a repeated one the last, as most readers take it.
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub fn name(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key).and_then(Object::as_name)
    }
}

impl Object {
    pub fn as_name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Number(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            _ => None,
        }
    }

    pub fn as_size(&self) -> Option<usize> {
        self.as_integer().and_then(|number| usize::try_from(number).ok())
    }

    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    pub fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }
}

/// What may still be done with one file: hostile ones make small bytes into much work.
pub(super) struct Budget {
    /// Bytes that may still be read; objects can lie inside each other.
    pub bytes: usize,
    /// Values that may still be made.
    pub values: usize,
}

impl Budget {
    pub fn spend_bytes(&mut self, count: usize) -> Result<(), Refusal> {
        self.bytes = self.bytes.checked_sub(count).ok_or(BROKEN)?;
        Ok(())
    }
}

/// A place in some bytes of a PDF.
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    pub at: usize,
}

pub(super) fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn is_regular(byte: u8) -> bool {
    !is_white(byte) && !is_delimiter(byte)
}

impl<'a> Parser<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = self.rest();
                self.at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
            } else if is_white(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Takes a word such as `obj` if it stands here, alone.
    pub fn word(&mut self, word: &[u8]) -> bool {
        self.skip();
        let found =
            self.rest().strip_prefix(word).is_some_and(|rest| !rest.first().copied().is_some_and(is_regular));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes a number without a sign.
    pub fn integer(&mut self) -> Option<u64> {
        self.skip();
        let rest = self.rest();
        let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let number = std::str::from_utf8(rest.get(..length)?).ok()?.parse().ok()?;
        self.at += length;
        Some(number)
    }

    /// `12 0 obj`: the number.
    pub fn head(&mut self) -> Option<u32> {
        let number = u32::try_from(self.integer()?).ok()?;
        self.integer()?;
        self.word(b"obj").then_some(number)
    }

    /// The next value.
    pub fn object(&mut self, budget: &mut Budget) -> Result<Object, Refusal> {
        self.value(budget, 0)
    }

    fn value(&mut self, budget: &mut Budget, depth: usize) -> Result<Object, Refusal> {
        budget.values = budget.values.checked_sub(1).filter(|_| depth < DEEPEST).ok_or(BROKEN)?;
        self.skip();
        match self.peek().ok_or(BROKEN)? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal().map(Object::Text),
            b'[' => self.array(budget, depth),
            b'<' if self.rest().starts_with(b"<<") => self.dictionary(budget, depth).map(Object::Dictionary),
            b'<' => self.hexadecimal().map(Object::Text),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_reference(),
            _ if self.word(b"null") => Ok(Object::Null),
            _ if self.word(b"true") => Ok(Object::Bool(true)),
            _ if self.word(b"false") => Ok(Object::Bool(false)),
            _ => Err(BROKEN),
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, Refusal> {
        self.at += 1;
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        let mut written = rest.get(..length).unwrap_or_default();
        self.at += length;
        let mut name = Vec::with_capacity(length);
        while let Some((first, after)) = written.split_first() {
            written = after;
            // A `#` that starts no escape stands for itself: names of PDF 1.1.
            let escaped = (*first == b'#').then(|| after.split_first_chunk::<2>()).flatten();
            match escaped.and_then(|(digits, after)| Some((from_hex(*digits)?, after))) {
                Some((byte, after)) => {
                    name.push(byte);
                    written = after;
                }
                None => name.push(*first),
            }
        }
        Ok(name)
    }

    fn literal(&mut self) -> Result<Vec<u8>, Refusal> {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1_usize;
        loop {
            let byte = self.next().ok_or(BROKEN)?;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(text);
                    }
                }
                b'\\' => {
                    self.escape(&mut text).ok_or(BROKEN)?;
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let byte = self.next()?;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.peek().filter(|digit| (b'0'..=b'7').contains(digit)) else {
                        break;
                    };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push((code & 0xff) as u8);
            }
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'\n' => {}
            other => text.push(other),
        }
        Some(())
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>, Refusal> {
        self.at += 1;
        let rest = self.rest();
        let length = rest.iter().position(|byte| *byte == b'>').ok_or(BROKEN)?;
        let mut digits: Vec<u8> =
            rest.get(..length).unwrap_or_default().iter().copied().filter(|byte| !is_white(*byte)).collect();
        self.at += length + 1;
        if digits.len() % 2 == 1 {
            digits.push(b'0');
        }
        digits.as_chunks::<2>().0.iter().map(|pair| from_hex(*pair).ok_or(BROKEN)).collect()
    }

    fn array(&mut self, budget: &mut Budget, depth: usize) -> Result<Object, Refusal> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.skip();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Object::Array(values));
            }
            values.push(self.value(budget, depth + 1)?);
        }
    }

    fn dictionary(&mut self, budget: &mut Budget, depth: usize) -> Result<Dictionary, Refusal> {
        self.at += 2;
        let mut pairs = Vec::new();
        loop {
            self.skip();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Ok(Dictionary(pairs));
            }
            if self.peek() != Some(b'/') {
                return Err(BROKEN);
            }
            let key = self.name()?;
            pairs.push((key, self.value(budget, depth + 1)?));
        }
    }

    fn number_or_reference(&mut self) -> Result<Object, Refusal> {
        let start = self.at;
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        let sound = text.iter().enumerate().all(|(place, byte)| match byte {
            b'0'..=b'9' | b'.' => true,
            b'+' | b'-' => place == 0,
            _ => false,
        });
        if !sound || !text.iter().any(u8::is_ascii_digit) || text.len() > 40 {
            return Err(BROKEN);
        }
        self.at += length;
        let after = self.at;
        if let Some(number) = self.reference_from(start) {
            return Ok(Object::Reference(number));
        }
        self.at = after;
        Ok(Object::Number(text.to_vec()))
    }

    /// `12 0 R`, if it stands at `start`.
    fn reference_from(&mut self, start: usize) -> Option<u32> {
        self.at = start;
        let number = u32::try_from(self.integer()?).ok()?;
        let generation = self.integer()?;
        (generation <= 65_535 && self.word(b"R")).then_some(number)
    }
}

fn from_hex(digits: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(digits[0])? << 4 | digit(digits[1])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Object, Refusal> {
        Parser::new(text, 0).object(&mut Budget { bytes: 1000, values: 1000 })
    }

    #[test]
    fn values_are_read_as_the_standard_says() {
        assert_eq!(read(b"(a\\(b\\)(c)\\101\\\r\nd)"), Ok(Object::Text(b"a(b)(c)Ad".to_vec())));
        assert_eq!(
            read(b"<48 6 5>"),
            Ok(Object::Text(
                b"HP".to_vec().into_iter().map(|byte| if byte == b'P' { 0x65 } else { byte }).collect()
            ))
        );
        assert_eq!(read(b"/J#61va#zz"), Ok(Object::Name(b"Java#zz".to_vec())));
        assert_eq!(read(b"12 0 R"), Ok(Object::Reference(12)));
        assert_eq!(read(b"[12 0 1]").unwrap().as_array().map(<[_]>::len), Some(3));
        assert_eq!(read(b"-.5 "), Ok(Object::Number(b"-.5".to_vec())));
        let dictionary = read(b"<< /A 1 %comment\n /B [null true] /A 2>>").unwrap();
        assert_eq!(dictionary.as_dictionary().unwrap().get(b"A").and_then(Object::as_integer), Some(2));
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for text in [&b"(open"[..], b"<4", b"[1", b"<</A", b"<<1 2>>", b"foo", b"1-2", b"--1", b"", b"nullx"]
        {
            assert_eq!(read(text), Err(BROKEN), "{text:?}");
        }
        assert_eq!(read(&b"[".repeat(100_000)), Err(BROKEN));
    }
}
