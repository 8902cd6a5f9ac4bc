//! Which way up a picture is: the one entry of EXIF that is kept.

use crate::reader::Reader;

const TAG: u16 = 0x0112;
const SHORT: u16 = 3;

/// How the picture is to be turned or mirrored (EXIF 2.32, tag 0x0112): 2 to 8; 1 means not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// Reads it from a TIFF structure, as EXIF embeds it; `None` if it says nothing or nothing readable.
    pub fn of_tiff(tiff: &[u8]) -> Option<Self> {
        let little = match tiff.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let u16 = |reader: &mut Reader<'_>| {
            reader.array().map(if little { u16::from_le_bytes } else { u16::from_be_bytes })
        };
        let mut head = Reader::new(tiff.get(2..)?);
        if u16(&mut head)? != 42 {
            return None;
        }
        let offset = head.array().map(if little { u32::from_le_bytes } else { u32::from_be_bytes })?;
        let mut directory = Reader::new(tiff.get(usize::try_from(offset).ok()?..)?);
        for _ in 0..u16(&mut directory)? {
            let mut entry = Reader::new(directory.take(12)?);
            if u16(&mut entry)? == TAG && u16(&mut entry)? == SHORT {
                entry.take(4)?;
                return u8::try_from(u16(&mut entry)?).ok().filter(|way| (2..=8).contains(way)).map(Self);
            }
        }
        None
    }

    /// A TIFF structure that says this and nothing else.
    pub fn to_tiff(self) -> [u8; 26] {
        let mut tiff = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        tiff[19] = self.0;
        tiff
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for way in 2..=8 {
            assert_eq!(Orientation::of_tiff(&Orientation(way).to_tiff()), Some(Orientation(way)));
        }
    }

    #[test]
    fn upright_and_unreadable_say_nothing() {
        assert_eq!(Orientation::of_tiff(&Orientation(1).to_tiff()), None);
        assert_eq!(Orientation::of_tiff(&Orientation(9).to_tiff()), None);
        let tiff = Orientation(6).to_tiff();
        for length in 0..20 {
            assert_eq!(Orientation::of_tiff(&tiff[..length]), None, "{length}");
        }
    }

    #[test]
    fn both_byte_orders_are_read() {
        let little =
            b"II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x04\0\0\0Abc\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        assert_eq!(Orientation::of_tiff(little), Some(Orientation(6)));
    }
}
