//! Unpacking the streams that hold a file's own structure (FlateDecode with PNG predictors).

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::object::{Dictionary, Object};
use super::{BROKEN, UNSUPPORTED};
use crate::Refusal;

/// The filters of a stream in order; a chain that cannot be read is an error.
pub(super) fn names(dictionary: &Dictionary) -> Result<Vec<&[u8]>, Refusal> {
    match dictionary.get(b"Filter") {
        None | Some(Object::Null) => Ok(Vec::new()),
        Some(Object::Name(name)) => Ok(vec![name]),
        Some(Object::Array(filters)) => filters.iter().map(|filter| filter.as_name().ok_or(BROKEN)).collect(),
        Some(_) => Err(BROKEN),
    }
}

/// The content of a stream of structure, at most `most` bytes.
pub(super) fn unpacked(dictionary: &Dictionary, data: &[u8], most: usize) -> Result<Vec<u8>, Refusal> {
    match names(dictionary)?[..] {
        [] => Ok(data.to_vec()),
        [b"FlateDecode"] => {
            let parameters = match dictionary.get(b"DecodeParms") {
                Some(Object::Array(each)) => each.first(),
                other => other,
            };
            unpredicted(inflate(data, most)?, parameters.and_then(Object::as_dictionary))
        }
        _ => Err(UNSUPPORTED),
    }
}

/// What a zlib stream holds. Some writers forget the checksum at its end.
pub(super) fn inflate(data: &[u8], most: usize) -> Result<Vec<u8>, Refusal> {
    decompress_to_vec_zlib_with_limit(data, most).or_else(|error| match error.status {
        TINFLStatus::Adler32Mismatch | TINFLStatus::FailedCannotMakeProgress if !error.output.is_empty() => {
            Ok(error.output)
        }
        _ => Err(BROKEN),
    })
}

/// Undoes a PNG predictor.
fn unpredicted(data: Vec<u8>, parameters: Option<&Dictionary>) -> Result<Vec<u8>, Refusal> {
    let number = |key: &[u8], default: usize| match parameters.and_then(|parameters| parameters.get(key)) {
        Some(value) => value.as_size().ok_or(BROKEN),
        None => Ok(default),
    };
    match number(b"Predictor", 1)? {
        1 => return Ok(data),
        10..=15 => {}
        _ => return Err(UNSUPPORTED),
    }
    if number(b"Colors", 1)? != 1 || number(b"BitsPerComponent", 8)? != 8 {
        return Err(UNSUPPORTED);
    }
    let columns =
        Some(number(b"Columns", 1)?).filter(|columns| (1..=4096).contains(columns)).ok_or(BROKEN)?;
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0_u8; columns];
    for row in data.chunks(columns + 1) {
        let (filter, coded) = row.split_first().filter(|(_, coded)| coded.len() == columns).ok_or(BROKEN)?;
        let mut left = 0_u8;
        let mut upper_left = 0_u8;
        for (byte, up) in coded.iter().zip(&mut above) {
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => *up,
                3 => ((u16::from(left) + u16::from(*up)) / 2) as u8,
                4 => paeth(left, *up, upper_left),
                _ => return Err(BROKEN),
            };
            upper_left = *up;
            left = byte.wrapping_add(guess);
            *up = left;
            out.push(left);
        }
    }
    Ok(out)
}

/// The neighbour that is nearest to their linear guess (ISO/IEC 15948 §9.4).
fn paeth(left: u8, up: u8, upper_left: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(upper_left);
    let distance = |value: u8| (guess - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(upper_left) {
        left
    } else if distance(up) <= distance(upper_left) {
        up
    } else {
        upper_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_say_the_difference_to_the_row_above_are_read() {
        let parameters = Dictionary(vec![
            (b"Predictor".to_vec(), Object::Number(b"12".to_vec())),
            (b"Columns".to_vec(), Object::Number(b"3".to_vec())),
        ]);
        let read = unpredicted(vec![2, 1, 2, 3, 2, 1, 1, 1, 1, 5, 1, 1], Some(&parameters));
        assert_eq!(read, Ok(vec![1, 2, 3, 2, 3, 4, 5, 6, 7]));
    }

    #[test]
    fn what_unpacks_to_more_than_allowed_is_refused() {
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 1_000_000], 9);
        assert_eq!(inflate(&bomb, 10_000), Err(BROKEN));
        assert_eq!(inflate(&bomb, 1_000_000).map(|data| data.len()), Ok(1_000_000));
    }
}
