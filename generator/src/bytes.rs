//! Questions to many bytes at once, written so that the compiler answers them with vector instructions: blocks of a
//! fixed size, without a way out in the middle.

/// Bytes of a block.
const BLOCK: usize = 64;
/// Bytes of a block where something is soon found.
const STEP: usize = 16;

/// Whether any byte is such. The test must not branch: `&` and `|`, no `match` over single values.
pub(crate) fn any(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    blocks.iter().any(|block| has(block, &is_such)) || has(rest, &is_such)
}

fn has(block: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    block.iter().fold(0, |any, byte| any | u8::from(is_such(*byte))) != 0
}

/// Digits of a text.
pub(crate) fn digits(bytes: &[u8]) -> usize {
    // A block has no more than a byte can count.
    let of =
        |block: &[u8]| usize::from(block.iter().fold(0, |sum, byte| sum + u8::from(byte.is_ascii_digit())));
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    blocks.iter().map(|block| of(block)).sum::<usize>() + of(rest)
}

/// Where the first digit stands from here on. Texts have few.
pub(crate) fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let (blocks, _) = rest.as_chunks::<STEP>();
    let without = blocks.iter().take_while(|block| !has(*block, |byte| byte.is_ascii_digit())).count() * STEP;
    rest[without..].iter().position(u8::is_ascii_digit).map(|at| from + without + at)
}

/// A control character, but for a tab, a line feed, a form feed and a carriage return.
pub(crate) fn is_control(byte: u8) -> bool {
    ((byte < b' ') & !((byte.wrapping_sub(b'\t') < 5) & (byte != 0x0b))) | (byte == 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in [1, 63, 64, 65, 127, 128, 200] {
            for at in 0..length {
                let mut bytes = vec![b'a'; length];
                assert!(!any(&bytes, |byte| byte == b'b'));
                bytes[at] = b'b';
                assert!(any(&bytes, |byte| byte == b'b'), "{at} of {length}");
            }
        }
        assert!(!any(b"", |_| true));
    }

    #[test]
    fn digits_are_counted_in_every_block() {
        for length in [0, 1, 63, 64, 65, 1000] {
            assert_eq!(digits(&vec![b'7'; length]), length);
            assert_eq!(digits(&b"/09:".repeat(length)), 2 * length);
        }
    }

    #[test]
    fn the_next_digit_is_found_wherever_it_stands() {
        for length in [1, 15, 16, 17, 40] {
            for at in 0..length {
                let mut bytes = vec![b'/'; length];
                assert_eq!(next_digit(&bytes, 0), None);
                bytes[at] = b'0';
                for from in 0..=length {
                    assert_eq!(next_digit(&bytes, from), (from <= at).then_some(at), "{at} of {length}");
                }
                assert_eq!(next_digit(&bytes, length + 1), None);
            }
        }
    }

    #[test]
    fn control_characters_are_those_that_html_does_not_allow() {
        for byte in 0..=u8::MAX {
            let is_meant = byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | 0x0c | b'\r');
            assert_eq!(is_control(byte), is_meant, "{byte:#x}");
        }
    }
}
