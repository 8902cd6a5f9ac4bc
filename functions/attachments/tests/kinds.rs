//! What each kind of file becomes, and what is refused with which reason.

use attachments::{Cleaned, Kind, Known, Limits, Refusal, clean, samples};

fn cleaned(content: &[u8]) -> Result<Cleaned, Refusal> {
    clean(content, &Limits::default())
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The file with the first `from` replaced by `to`.
fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    // Nothing is never taken for a file, so a sample that lacks `from` fails its test.
    let Some(place) = file.windows(from.len()).position(|window| window == from) else { return Vec::new() };
    [&file[..place], to, &file[place + from.len()..]].concat()
}

#[test]
fn a_photograph_keeps_its_picture_and_which_way_up_it_is() {
    let file = samples::jpeg();
    let Cleaned { kind, bytes } = cleaned(&file).unwrap();
    assert_eq!(kind, Kind::Jpeg);
    let frame = b"\xff\xc0\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0";
    assert!(has(&bytes, frame) && bytes.ends_with(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x3f\xff\xd9"));
    assert!(has(&bytes, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"));
    let upright = cleaned(&samples::jpeg_upright()).unwrap().bytes;
    assert!(!has(&upright, b"Exif"), "what is upright needs no word about it");
}

#[test]
fn a_screenshot_keeps_its_picture_and_its_colours() {
    let Cleaned { kind, bytes } = cleaned(&samples::png()).unwrap();
    assert_eq!(kind, Kind::Png);
    for kept in [b"IHDR", b"gAMA", b"pHYs", b"IDAT", b"IEND", b"eXIf"] {
        assert!(has(&bytes, kept), "{}", String::from_utf8_lossy(kept));
    }
    for left in [b"tEXt", b"iTXt", b"tIME", b"iCCP", b"prVt"] {
        assert!(!has(&bytes, left), "{}", String::from_utf8_lossy(left));
    }
}

#[test]
fn a_photograph_of_a_newer_telephone_keeps_its_tiles_and_its_turn() {
    let Cleaned { kind, bytes } = cleaned(&samples::heic()).unwrap();
    assert_eq!(kind, Kind::Heic);
    for kept in [&b"first tile"[..], b"second tile", b"\0\0\0\x09irot\x03", b"grid", b"dimg"] {
        assert!(has(&bytes, kept), "{}", String::from_utf8_lossy(kept));
    }
    for left in [&b"Exif"[..], b"mime", b"thumbnail", b"mpvd", b"uuid", b"prof", b"udes"] {
        assert!(!has(&bytes, left), "{}", String::from_utf8_lossy(left));
    }
}

#[test]
fn a_heic_file_written_by_libheif_is_cleaned() {
    // 64 × 48 pixels, made with pillow-heif 1.8.1 (quality 40) with a camera's name in EXIF.
    let file = include_bytes!("corpus/libheif.heic");
    assert!(has(file, samples::MARK.as_bytes()));
    let Cleaned { kind, bytes } = cleaned(file).unwrap();
    assert_eq!(kind, Kind::Heic);
    assert!(!has(&bytes, samples::MARK.as_bytes()) && !has(&bytes, b"Exif"));
    for kept in [b"hvcC", b"ispe", b"hvc1"] {
        assert!(has(&bytes, kept));
    }
}

#[test]
fn a_document_keeps_its_pages_its_marks_and_what_was_filled_in() {
    for (file, pages) in
        [(samples::pdf(), &b"(Rodni list) Tj"[..]), (samples::pdf_compressed(), b"/MediaBox")]
    {
        let Cleaned { kind, bytes } = cleaned(&file).unwrap();
        assert_eq!(kind, Kind::Pdf);
        assert!(has(&bytes, pages));
        for left in [&b"/Metadata"[..], b"/Info", b"/PieceInfo", b"/URI", b"/Outlines", b"/Prev", b"/Lang"] {
            assert!(!has(&bytes, left), "{}", String::from_utf8_lossy(left));
        }
    }
    let bytes = cleaned(&samples::pdf()).unwrap().bytes;
    for kept in [&b"/Highlight"[..], b"/Widget", b"<416e612028497661 29>", b"/DCTDecode", b"/Helvetica"] {
        let kept: Vec<u8> = kept.iter().copied().filter(|byte| *byte != b' ').collect();
        assert!(has(&bytes, &kept), "{}", String::from_utf8_lossy(&kept));
    }
}

#[test]
fn scripts_embedded_files_and_actions_in_documents_are_refused() {
    for (in_document, on_page) in [
        ("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", ""),
        ("/OpenAction<</S/#4aavaScript/JS(1)>>", ""),
        ("/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS 4 0 R>>]>>>>", ""),
        ("/OpenAction<</S/Launch/F(calc.exe)>>", ""),
        ("/Names<</EmbeddedFiles<</Names[]>>>>", ""),
        ("/AF[<</Type/Filespec/EF<</F 4 0 R>>>>]", ""),
        ("/AcroForm<</Fields[]/XFA 4 0 R>>", ""),
        ("", "/AA<</O<</S/SubmitForm/F(https://example.org)>>>>"),
        ("", "/B[<</Type/Annot/Subtype/FileAttachment>>]"),
        ("", "/B[<</Type/Annot/Subtype/RichMedia>>]"),
    ] {
        let file = samples::pdf_with(in_document, on_page);
        assert_eq!(cleaned(&file), Err(Refusal::Active), "{in_document} {on_page}");
    }
}

#[test]
fn a_document_with_a_password_is_refused_as_such() {
    let file = replaced(&samples::pdf(), b"/Info 90 0 R", b"/Encrypt<<>>");
    assert_eq!(cleaned(&file), Err(Refusal::Encrypted));
}

#[test]
fn a_tree_of_pages_without_an_end_is_refused() {
    for kids in [&b"Kids[2 0 R]"[..], b"Kids[1 0 R]", b"Kids[70 0 ]", b"Kids[4 0 R]"] {
        let file = replaced(&samples::pdf(), b"Kids[3 0 R]", kids);
        assert_eq!(cleaned(&file), Err(Refusal::Broken(Kind::Pdf)), "{}", String::from_utf8_lossy(kids));
    }
}

#[test]
fn one_file_that_is_two_kinds_at_once_is_refused() {
    let mut archive = b"PK\x03\x04 file PK\x01\x02".to_vec();
    archive.extend(b" directory PK\x05\x06\0\0\0\0\x01\0\x01\0\x0f\0\0\0\x09\0\0\0\0\0");
    for picture in [samples::jpeg(), samples::png(), samples::heic(), samples::pdf()] {
        for other in [
            &archive[..],
            b"%PDF-1.4\n",
            b"<SCRIPT>alert(1)</SCRIPT>",
            b"\n\n<!DOCTYPE html>",
            b"Rar!\x1a\x07\x01",
        ] {
            let both = [&picture, other].concat();
            assert_eq!(cleaned(&both), Err(Refusal::Polyglot), "{:?}", String::from_utf8_lossy(other));
        }
    }
    // A document that readers would find inside a picture's tables.
    let mut steps = [1; 64];
    steps[..8].copy_from_slice(b"%PDF-1.4");
    let hidden = replaced(&samples::jpeg(), &[1; 64], &steps);
    assert_eq!(cleaned(&hidden), Err(Refusal::Polyglot));
}

#[test]
fn a_second_picture_behind_the_first_is_cut_off() {
    let first = samples::jpeg();
    let twice = [&first[..], &samples::jpeg()].concat();
    assert_eq!(cleaned(&twice), cleaned(&first));
}

#[test]
fn other_kinds_are_named_for_the_advice() {
    for (content, known) in [
        (&b"PK\x03\x04word/document.xml"[..], Known::Office),
        (b"GIF89a", Known::Picture),
        (b"\0\0\0\x18ftypmp42", Known::Video),
        (b"just text", Known::Unknown),
        (b" \xff\xd8\xff", Known::Unknown),
    ] {
        assert_eq!(cleaned(content), Err(Refusal::OtherType(known)));
    }
    assert_eq!(cleaned(b""), Err(Refusal::Empty));
}

#[test]
fn limits_are_read_from_headers() {
    let few = Limits { most_pixels: 15, ..Limits::default() };
    for file in [samples::jpeg(), samples::png(), samples::heic(), samples::pdf()] {
        assert_eq!(clean(&file, &few), Err(Refusal::TooManyPixels));
        let short = Limits { most_bytes: file.len() - 1, ..Limits::default() };
        assert_eq!(clean(&file, &short), Err(Refusal::TooLarge));
    }
    let none = Limits { most_pages: 0, ..Limits::default() };
    assert_eq!(clean(&samples::pdf(), &none), Err(Refusal::TooManyPages));
    // 65,535 × 65,535 pixels in a file of a few hundred bytes.
    let bomb = replaced(&samples::jpeg(), b"\x08\0\x08\0\x08\x01", b"\x08\xff\xff\xff\xff\x01");
    assert_eq!(cleaned(&bomb), Err(Refusal::TooManyPixels));
}

#[test]
fn arithmetic_and_lossless_photographs_are_told_to_be_rare() {
    for code in [0xc3, 0xc9] {
        let file = replaced(&samples::jpeg(), &[0xff, 0xc0], &[0xff, code]);
        assert_eq!(cleaned(&file), Err(Refusal::Unsupported(Kind::Jpeg)));
    }
}

#[test]
fn what_is_cleaned_has_no_printable_content() {
    let printed = format!("{:?}", cleaned(&samples::pdf()).unwrap());
    assert!(printed.starts_with("Cleaned { kind: Pdf, size_bytes: "), "{printed}");
}

#[test]
fn files_made_to_cost_much_are_answered_soon() {
    let head = b"%PDF-1.7\n1 0 obj\n".to_vec();
    let end = b"\nstartxref\n9\n%%EOF\n".to_vec();
    let brackets = [&head[..], &b"[".repeat(1_000_000), &end].concat();
    assert!(cleaned(&brackets).is_err());
    // Each object lies inside the string that the one before begins.
    let mut nested = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for number in 1..40_000 {
        table.push_str(&format!("{:010} 00000 n \n", nested.len()));
        nested.extend(format!("{number} 0 obj (").bytes());
    }
    nested.extend(b")".repeat(40_000));
    let start = nested.len();
    nested
        .extend(format!("xref\n1 39999\n{table}trailer\n<</Root 1 0 R>>\nstartxref\n{start}\n%%EOF").bytes());
    let begun = std::time::Instant::now();
    assert!(cleaned(&nested).is_err());
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
