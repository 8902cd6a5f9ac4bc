//! HEIC: a grid of two coded tiles. The slices are made up: nothing here decodes them.

use super::planted;

fn part(name: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), &name[..], &content].concat()
}

fn unit(kind: u8, data: &[u8]) -> Vec<u8> {
    [&[kind << 1, 1], data].concat()
}

fn setup() -> Vec<u8> {
    let mut out = [&[1][..], &[0; 20], &[0b1111_1111]].concat();
    let sets: [(u8, Vec<u8>); 4] = [
        (32, unit(32, b"video")),
        (33, unit(33, b"sequence")),
        (34, unit(34, b"picture")),
        (39, unit(39, &planted("message-in-setup"))),
    ];
    out.push(4);
    for (kind, unit) in sets {
        let length = u16::try_from(unit.len()).unwrap_or_default();
        out.extend([&[kind | 0x80, 0, 1], &length.to_be_bytes()[..], &unit].concat());
    }
    out
}

fn coded(name: &str) -> Vec<u8> {
    let framed =
        |unit: Vec<u8>| [&u32::try_from(unit.len()).unwrap_or_default().to_be_bytes()[..], &unit].concat();
    [framed(unit(39, &planted("message"))), framed(unit(19, name.as_bytes()))].concat()
}

/// A photograph of two tiles, turned by a quarter, with a thumbnail, EXIF, XMP, a name, private boxes and a video.
pub fn heic() -> Vec<u8> {
    let exif = [&[0, 0, 0, 6][..], b"Exif\0\0II*\0", &planted("exif")].concat();
    let items: [(u16, &[u8; 4], Vec<u8>); 6] = [
        (1, b"hvc1", coded("first tile")),
        (2, b"hvc1", coded("second tile")),
        (3, b"grid", vec![0, 0, 0, 1, 0, 128, 0, 64]),
        (4, b"hvc1", coded("thumbnail KANARINAC-thumbnail-")),
        (5, b"Exif", exif),
        (6, b"mime", planted("xmp")),
    ];
    let head = part(b"ftyp", &[b"heic\0\0\0\0mif1heic"]);
    let before = head.len() + meta(&items, 0).len() + 8;
    let mut data: Vec<u8> = items.iter().flat_map(|item| item.2.clone()).collect();
    data.extend(planted("unused"));
    [
        head,
        meta(&items, before),
        part(b"mdat", &[&data]),
        part(b"mpvd", &[&planted("video")]),
        part(b"uuid", &[&[7; 16], &planted("private-box")]),
    ]
    .concat()
}

fn meta(items: &[(u16, &[u8; 4], Vec<u8>)], before: usize) -> Vec<u8> {
    let count = u16::try_from(items.len()).unwrap_or_default().to_be_bytes();
    let mut infos = [&[0; 4][..], &count].concat();
    let mut places = [&[0, 0, 0, 0, 0x44, 0][..], &count].concat();
    let mut offset = before;
    for (id, kind, data) in items {
        let info =
            [&[2, 0, 0, 0][..], &id.to_be_bytes(), &[0, 0], &kind[..], &planted("item-name"), &[0]].concat();
        infos.extend(part(b"infe", &[&info]));
        places.extend([&id.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
        places.extend(u32::try_from(offset).unwrap_or_default().to_be_bytes());
        places.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
        offset += data.len();
    }
    let boxes = [
        part(b"hvcC", &[&setup()]),
        part(b"ispe", &[&[0; 4], &[0, 0, 0, 64, 0, 0, 0, 64]]),
        part(b"ispe", &[&[0; 4], &[0, 0, 0, 128, 0, 0, 0, 64]]),
        part(b"irot", &[&[3]]),
        part(b"colr", &[b"prof", &planted("profile")]),
        part(b"pixi", &[&[0; 4], &[3, 8, 8, 8]]),
        part(b"udes", &[&[0; 4], &planted("description")]),
    ]
    .concat();
    let uses: [(u16, &[u8]); 4] =
        [(1, &[0x81, 2, 5]), (2, &[0x81, 2, 5]), (3, &[3, 0x84, 6, 7]), (4, &[0x81, 2])];
    let mut associations = [&[0; 4][..], &4_u32.to_be_bytes()].concat();
    for (id, numbers) in uses {
        associations.extend(id.to_be_bytes());
        associations.push(u8::try_from(numbers.len()).unwrap_or_default());
        associations.extend(numbers);
    }
    let handler = [&[0; 8][..], b"pict", &[0; 12], &planted("handler"), &[0]].concat();
    part(
        b"meta",
        &[
            &[0; 4],
            &part(b"hdlr", &[&handler]),
            &part(b"pitm", &[&[0; 4], &[0, 3]]),
            &part(b"iinf", &[&infos]),
            &part(
                b"iref",
                &[
                    &[0; 4],
                    &part(b"dimg", &[&[0, 3, 0, 2, 0, 1, 0, 2]]),
                    &part(b"thmb", &[&[0, 4, 0, 1, 0, 3]]),
                ],
            ),
            &part(b"iprp", &[&part(b"ipco", &[&boxes]), &part(b"ipma", &[&associations])]),
            &part(b"iloc", &[&places]),
            &part(b"uuid", &[&[9; 16], &planted("private-box-in-meta")]),
        ],
    )
}
