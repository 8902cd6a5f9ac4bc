//! PDF: one page with a line of text and a photograph.

use super::{jpeg_upright, planted};

/// Bytes of a file and where its objects begin.
#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    offsets: Vec<(usize, usize)>,
}

impl Writer {
    fn object(&mut self, number: usize, content: &[u8]) {
        self.offsets.push((number, self.out.len()));
        self.out.extend(format!("{number} 0 obj\n").bytes());
        self.out.extend(content);
        self.out.extend(b"\nendobj\n");
    }

    fn stream(&mut self, number: usize, head: &str, data: &[u8]) {
        let head = format!("<<{head}/Length {}>>\nstream\n", data.len());
        self.object(number, &[head.as_bytes(), data, b"\nendstream"].concat());
    }

    /// A table of the objects since the last one, and a trailer.
    fn revision(&mut self, trailer: &str) -> usize {
        let table = self.out.len();
        self.out.extend(b"xref\n0 1\n0000000000 65535 f \n");
        for (number, offset) in std::mem::take(&mut self.offsets) {
            self.out.extend(format!("{number} 1\n{offset:010} 00000 n \n").bytes());
        }
        self.out.extend(format!("trailer\n<<{trailer}>>\nstartxref\n{table}\n%%EOF\n").bytes());
        table
    }
}

fn text(place: &str) -> String {
    String::from_utf8_lossy(&planted(place)).into_owned()
}

/// A document in two revisions, with information, XMP, private data, an author's note, a link, and a photograph
/// that tells where it was taken.
pub fn pdf() -> Vec<u8> {
    pdf_with("", "")
}

/// The same with something more in the document and on the page.
pub fn pdf_with(in_document: &str, on_page: &str) -> Vec<u8> {
    let mut writer = Writer { out: b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n".to_vec(), ..Writer::default() };
    writer.out.extend(format!("% {}\n", text("comment")).bytes());
    objects(&mut writer, in_document, on_page);
    writer.object(80, format!("<</Title({})/Author({})>>", text("old-title"), text("old-author")).as_bytes());
    let first = writer.revision("/Size 91/Root 1 0 R/Info 80 0 R");
    writer.object(90, format!("<</Title({})/Producer({})>>", text("title"), text("producer")).as_bytes());
    writer.revision(&format!("/Size 91/Root 1 0 R/Info 90 0 R/Prev {first}/ID[<00>({})]", text("id")));
    writer.out.extend(planted("behind"));
    writer.out
}

fn objects(writer: &mut Writer, in_document: &str, on_page: &str) {
    writer.object(
        1,
        format!(
            "<</Type/Catalog/Pages 2 0 R/Metadata 70 0 R/Lang({})/Outlines 60 0 R/ViewerPreferences<<>>{in_document}>>",
            text("language")
        )
        .as_bytes(),
    );
    writer.object(2, b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 100]>>");
    writer.object(
        3,
        format!(
            "<</Type/Page/Parent 2 0 R/Contents 4 0 R/LastModified(D:{0})/PieceInfo<</App<</Private({0})>>>>\
             /Resources<</Font<</F1 5 0 R>>/XObject<</P 6 0 R>>>>/Annots[7 0 R 8 0 R 9 0 R]{on_page}>>",
            text("private")
        )
        .as_bytes(),
    );
    writer.stream(4, "", b"BT /F1 12 Tf 10 80 Td (Rodni list) Tj ET q 50 0 0 50 10 10 cm /P Do Q");
    writer.object(5, b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    writer.stream(
        6,
        "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode\
         /Metadata 70 0 R",
        &jpeg_upright(),
    );
    writer.object(
        7,
        format!(
            "<</Type/Annot/Subtype/Highlight/Rect[10 80 60 90]/QuadPoints[10 90 60 90 10 80 60 80]/C[1 1 0]\
             /T({0})/Contents({0})/NM({0})/M({0})>>",
            text("note")
        )
        .as_bytes(),
    );
    writer.object(
        8,
        format!(
            "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.org/{})>>>>",
            text("link")
        )
        .as_bytes(),
    );
    writer.object(
        9,
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Ana \\(Iva\\))/Rect[100 10 150 20]/F 4/DA(/F1 9 Tf)>>",
    );
    writer.object(60, format!("<</Type/Outlines/First<</Title({})>>>>", text("outline")).as_bytes());
    let packet = format!("<?xpacket begin=''?><x:xmpmeta>{}</x:xmpmeta>", text("xmp"));
    writer.stream(70, "/Type/Metadata/Subtype/XML", packet.as_bytes());
    writer.object(77, format!("({})", text("orphan")).as_bytes());
}

/// A document of newer programs: its objects packed into streams, with a cross-reference stream.
pub fn pdf_compressed() -> Vec<u8> {
    let inside = [
        (1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>/Contents 4 0 R>>".to_owned()),
        (8, format!("<</Title({})>>", text("title"))),
    ];
    let mut heads = String::new();
    let mut bodies = String::new();
    for (number, object) in &inside {
        heads.push_str(&format!("{number} {} ", bodies.len()));
        bodies.push_str(object);
        bodies.push(' ');
    }
    let packed = |data: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(data, 9);
    let mut writer = Writer { out: b"%PDF-1.7\n".to_vec(), ..Writer::default() };
    writer.stream(4, "/Filter/FlateDecode", &packed(b"0 0 50 50 re f"));
    let head = format!("/Type/ObjStm/N {}/First {}/Filter/FlateDecode", inside.len(), heads.len());
    writer.stream(5, &head, &packed(format!("{heads}{bodies}").as_bytes()));
    let place =
        |number: usize| writer.offsets.iter().find(|(each, _)| *each == number).map_or(0, |(_, at)| *at);
    let table = writer.out.len();
    let mut rows: Vec<[u8; 4]> = vec![[0, 0, 0, 0]];
    for number in 1..=8_usize {
        rows.push(match number {
            4 | 5 => {
                let [high, low] = u16::try_from(place(number)).unwrap_or_default().to_be_bytes();
                [1, high, low, 0]
            }
            1 | 2 | 3 | 8 => [2, 0, 5, u8::try_from(number.min(4) - 1).unwrap_or_default()],
            6 => {
                let [high, low] = u16::try_from(table).unwrap_or_default().to_be_bytes();
                [1, high, low, 0]
            }
            _ => [0, 0, 0, 0],
        });
    }
    // Each row is written as its difference to the row above.
    let mut above = [0; 4];
    let mut coded = Vec::new();
    for row in rows {
        coded.push(2);
        coded.extend(row.iter().zip(above).map(|(byte, up): (&u8, u8)| byte.wrapping_sub(up)));
        above = row;
    }
    writer.stream(
        6,
        "/Type/XRef/Size 9/W[1 2 1]/Root 1 0 R/Info 8 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>",
        &packed(&coded),
    );
    writer.out.extend(format!("startxref\n{table}\n%%EOF\n").bytes());
    writer.out
}
