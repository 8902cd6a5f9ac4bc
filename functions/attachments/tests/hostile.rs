//! Damaged and dishonest files: whatever happens to the bytes, nothing panics and no planted text comes out.

use attachments::{Kind, Limits, clean, samples};

fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("jpeg", samples::jpeg()),
        ("png", samples::png()),
        ("heic", samples::heic()),
        ("pdf", samples::pdf()),
        ("packed pdf", samples::pdf_compressed()),
    ]
}

/// Whether a planted text is in the bytes, as it is or in hexadecimal digits.
fn tells(bytes: &[u8]) -> bool {
    let mark = samples::MARK.as_bytes();
    let digits: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    [mark, digits.as_bytes()].iter().any(|mark| bytes.windows(mark.len()).any(|window| window == *mark))
}

#[test]
fn a_planted_text_would_be_seen() {
    for (name, file) in all() {
        assert!(tells(&file) || name == "packed pdf", "{name}");
    }
}

#[test]
fn nothing_planted_comes_out_and_what_comes_out_is_clean_already() {
    for (name, file) in all() {
        let cleaned = clean(&file, &Limits::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert!(!tells(&cleaned.bytes), "{name}");
        let again = clean(&cleaned.bytes, &Limits::default()).unwrap();
        assert_eq!(again.kind, cleaned.kind, "{name}");
        assert!(again.bytes == cleaned.bytes, "{name}: cleaning twice is cleaning once");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_or_whole() {
    for (name, file) in all() {
        let whole = clean(&file, &Limits::default()).unwrap();
        for length in 0..file.len() {
            // What follows the end of the picture is not part of it.
            if let Ok(cleaned) = clean(&file[..length], &Limits::default()) {
                let same = cleaned.bytes == whole.bytes;
                // The first revision of the document is a whole document.
                assert!(same || cleaned.kind == Kind::Pdf, "{name} of {length} bytes");
                assert!(!tells(&cleaned.bytes), "{name} of {length} bytes");
            }
        }
    }
}

#[test]
fn no_changed_byte_brings_a_planted_text_out() {
    for (name, file) in all() {
        let mut taken = 0_usize;
        let mut file = file;
        for place in 0..file.len() {
            let right = file[place];
            // Every single bit, all bits; in documents also the characters that mean most.
            let bits = (0..8).map(|bit| right ^ 1 << bit).chain([!right]);
            let others: &[u8] = if name.contains("pdf") { b"\0\xff/()<>09 %R" } else { b"\0\xff" };
            for wrong in bits.chain(others.iter().copied()).filter(|wrong| *wrong != right) {
                file[place] = wrong;
                if let Ok(cleaned) = clean(&file, &Limits::default()) {
                    taken += 1;
                    assert!(
                        !tells(&cleaned.bytes),
                        "{name}: byte {place} is {wrong:#04x} instead of {right:#04x}"
                    );
                }
            }
            file[place] = right;
        }
        assert!(taken > 100, "{name}: most changes were refused, so little was tried: {taken}");
    }
}

#[test]
fn two_pieces_of_files_put_together_never_panic() {
    let files = all();
    for (_, first) in &files {
        for (_, second) in &files {
            for cut in (0..first.len()).step_by(7) {
                let from = cut % second.len();
                let _ = clean(&[&first[..cut], &second[from..]].concat(), &Limits::default());
            }
        }
    }
}
