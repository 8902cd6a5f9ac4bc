//! Proof of work: under load the check page asks the browser for a number that takes a second to find and nothing
//! to check. A program that sends thousands pays for each; a person reads the page meanwhile.
//!
//! The number `n` is right when SHA-256 over `<check key>.<n>` begins with so many zero bits. The check key holds
//! how many are asked for, so that what was shown is what counts.

use sha2::{Digest as _, Sha256};

/// How hard it is: 131 072 tries on average, a second or two on a slow phone, while the person reads.
pub(crate) const BITS: u8 = 17;

/// More digits than any browser would count to.
const MOST_DIGITS: usize = 12;

/// Whether the number proves the work.
pub(crate) fn is_done(key: &str, number: &str, bits: u8) -> bool {
    let plain =
        !number.is_empty() && number.len() <= MOST_DIGITS && number.bytes().all(|b| b.is_ascii_digit());
    plain && zero_bits(&Sha256::digest(format!("{key}.{number}"))) >= u32::from(bits)
}

fn zero_bits(hash: &[u8]) -> u32 {
    let zero_bytes = hash.iter().take_while(|byte| **byte == 0).count();
    let rest = hash.get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zero_bytes).unwrap_or_default() * 8 + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_looked_for_is_found_and_no_other() {
        let found = (0..100_000_u32).find(|number| is_done("key", &number.to_string(), 10)).unwrap();
        assert!(is_done("key", &found.to_string(), 10));
        assert!(!is_done("key2", &found.to_string(), 10), "it is for this page only");
        let proofs = (0..20_000_u32).filter(|number| is_done("key", &number.to_string(), 10)).count();
        assert!((5..45).contains(&proofs), "about one in 1024: {proofs}");
    }

    #[test]
    fn only_a_plain_number_counts() {
        for wrong in ["", " 1", "-1", "0x1", "1.0", "9999999999999", "čč"] {
            assert!(!is_done("key", wrong, 0), "{wrong}");
        }
        assert!(is_done("key", "0", 0));
    }

    #[test]
    fn bits_are_counted_from_the_front() {
        assert_eq!(zero_bits(&[0, 0, 0b0001_0000]), 19);
        assert_eq!(zero_bits(&[0x80]), 0);
        assert_eq!(zero_bits(&[0; 32]), 256);
    }
}
