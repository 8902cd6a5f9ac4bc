//! The pages and what hangs on them, copied into a new list of objects.
//!
//! Document, pages, form and annotations are copied by the keys that are known to be needed; what hangs under
//! them (fonts, pictures, colours, drawing instructions) is copied whole, without metadata and private data.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::file::File;
use super::object::{Dictionary, Object};
use super::{BROKEN, picture};
use crate::{Limits, Refusal};

/// Keys whose values are metadata wherever they stand; what they point to is copied under no other key either.
pub(super) const LEFT_OUT: &[&[u8]] = &[b"Metadata", b"PieceInfo", b"Thumb"];
/// Keys that are left out wherever they stand: what they name is no part of how a page looks.
const ALSO_LEFT_OUT: &[&[u8]] = &[
    b"Alternates",
    b"Author",
    b"CreationDate",
    b"Creator",
    b"CreatorInfo",
    b"Keywords",
    b"LastModified",
    b"ModDate",
    b"OPI",
    b"Producer",
    b"Subject",
    b"Title",
];
/// Objects that are no fonts, pictures or the like, and so are not copied as such.
const NO_RESOURCES: &[&[u8]] = &[
    b"Action",
    b"Annot",
    b"Catalog",
    b"Filespec",
    b"Outlines",
    b"Page",
    b"Pages",
    b"Sig",
    b"StructElem",
    b"StructTreeRoot",
];

const DOCUMENT: &[&[u8]] = &[b"AcroForm", b"OCProperties", b"Pages", b"Type"];
const PAGES: &[&[u8]] = &[
    b"Annots",
    b"ArtBox",
    b"BleedBox",
    b"Contents",
    b"Count",
    b"CropBox",
    b"Group",
    b"Kids",
    b"MediaBox",
    b"Parent",
    b"Resources",
    b"Rotate",
    b"TrimBox",
    b"Type",
    b"UserUnit",
];
const FORM: &[&[u8]] = &[b"DA", b"DR", b"Fields", b"NeedAppearances", b"Q"];
const FIELD: &[&[u8]] = &[
    b"AP", b"AS", b"BS", b"Border", b"DA", b"DR", b"DV", b"F", b"FT", b"Ff", b"Kids", b"MK", b"MaxLen",
    b"Opt", b"Parent", b"Q", b"Rect", b"Subtype", b"T", b"TI", b"Type", b"V",
];
const MARK: &[&[u8]] = &[
    b"AP",
    b"AS",
    b"BE",
    b"BS",
    b"Border",
    b"C",
    b"CA",
    b"DA",
    b"F",
    b"IC",
    b"InkList",
    b"L",
    b"LE",
    b"Q",
    b"QuadPoints",
    b"Rect",
    b"Subtype",
    b"Type",
    b"Vertices",
];
/// Annotations that are seen on the page. Links, notes and the like are not.
const SEEN: &[&[u8]] = &[
    b"Caret",
    b"Circle",
    b"FreeText",
    b"Highlight",
    b"Ink",
    b"Line",
    b"PolyLine",
    b"Polygon",
    b"Square",
    b"Squiggly",
    b"Stamp",
    b"StrikeOut",
    b"Underline",
    b"Watermark",
];

/// What an object is to the one that points to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Document,
    Pages,
    Form,
    /// An annotation or a field of a form; often both at once.
    Annotation,
    Anything,
}

/// An object to be written.
pub(super) struct Written {
    pub object: Object,
    pub data: Option<Vec<u8>>,
}

/// Copies the pages. The first object is the document; numbers count from 1.
pub(super) fn pages(file: &mut File<'_>, limits: &Limits) -> Result<Vec<Written>, Refusal> {
    let root = file.trailers.first().and_then(|trailer| trailer.get(b"Root")).ok_or(BROKEN)?;
    let Object::Reference(root) = *root else { return Err(BROKEN) };
    let mut inflated = file.inflated;
    let mut copy = Copy {
        file,
        numbers: BTreeMap::new(),
        waiting: VecDeque::new(),
        in_tree: BTreeSet::new(),
        page_count: 0,
    };
    copy.reference(root, Role::Document);
    let mut written = Vec::new();
    while let Some((number, role)) = copy.waiting.pop_front() {
        let entry = copy.file.entries.get(&number).ok_or(BROKEN)?;
        let (object, data) = match (&entry.object, &entry.data) {
            (Object::Dictionary(dictionary), Some(data)) => {
                let data = copy.file.content.get(data.clone()).ok_or(BROKEN)?;
                match picture::stream(dictionary, data, limits, &mut inflated)? {
                    Some((dictionary, data)) => {
                        (copy.value(&Object::Dictionary(dictionary), Role::Anything)?, Some(data))
                    }
                    None => (Object::Null, None),
                }
            }
            (object, _) => (copy.value(object, role)?, None),
        };
        if copy.page_count > limits.most_pages {
            return Err(Refusal::TooManyPages);
        }
        written.push(Written { object, data });
    }
    if copy.page_count == 0 { Err(BROKEN) } else { Ok(written) }
}

struct Copy<'a, 'b> {
    file: &'a File<'b>,
    /// New numbers. What is reached in two roles is written twice, each time by the rules of the role.
    numbers: BTreeMap<(u32, Role), u32>,
    waiting: VecDeque<(u32, Role)>,
    /// Pages and nodes that hang in the tree: each once, or the tree would have no end.
    in_tree: BTreeSet<u32>,
    page_count: usize,
}

impl Copy<'_, '_> {
    fn reference(&mut self, number: u32, role: Role) -> Object {
        if self.file.tainted.contains(&number) || !self.file.entries.contains_key(&number) {
            return Object::Null;
        }
        let next = u32::try_from(self.numbers.len() + 1).unwrap_or(u32::MAX);
        let new = *self.numbers.entry((number, role)).or_insert_with(|| {
            self.waiting.push_back((number, role));
            next
        });
        Object::Reference(new)
    }

    fn value(&mut self, object: &Object, role: Role) -> Result<Object, Refusal> {
        Ok(match object {
            Object::Reference(number) => self.reference(*number, role),
            Object::Array(values) => {
                let seen = values.iter().filter(|value| role != Role::Annotation || self.is_seen(value));
                let seen: Vec<_> = seen.collect();
                Object::Array(
                    seen.into_iter().map(|value| self.value(value, role)).collect::<Result<_, _>>()?,
                )
            }
            Object::Dictionary(dictionary) => Object::Dictionary(self.dictionary(dictionary, role)?),
            Object::Text(_) if matches!(role, Role::Document | Role::Pages) => Object::Null,
            other => other.clone(),
        })
    }

    fn dictionary(&mut self, dictionary: &Dictionary, role: Role) -> Result<Dictionary, Refusal> {
        if role == Role::Anything && dictionary.name(b"Type").is_some_and(|name| NO_RESOURCES.contains(&name))
        {
            return Ok(Dictionary::default());
        }
        let is_field = matches!(dictionary.name(b"Subtype"), None | Some(b"Widget"));
        if role == Role::Pages {
            self.node(dictionary)?;
        }
        if let (Role::Document, Some(Object::Reference(top))) = (role, dictionary.get(b"Pages")) {
            self.in_tree.insert(*top);
        }
        let mut pairs = Vec::new();
        for (key, value) in &dictionary.0 {
            let key = key.as_slice();
            // Where no known key holds a text, one that is there was put there by a mistake or on purpose.
            let is_text = matches!(value, Object::Text(_));
            let keeps = match role {
                Role::Document => DOCUMENT.contains(&key) && !is_text,
                Role::Pages => PAGES.contains(&key) && !is_text,
                Role::Form => FORM.contains(&key),
                Role::Annotation if is_field => FIELD.contains(&key) && self.is_plain_value(key, value),
                Role::Annotation => {
                    let is_words = dictionary.name(b"Subtype") == Some(b"FreeText") && key == b"Contents";
                    is_words || (MARK.contains(&key) && (!is_text || key == b"DA"))
                }
                Role::Anything => !LEFT_OUT.contains(&key) && !ALSO_LEFT_OUT.contains(&key),
            };
            if keeps {
                let value = self.value(value, role_of(role, key))?;
                pairs.push((key.to_vec(), value));
            }
        }
        Ok(Dictionary(pairs))
    }

    /// Counts pages, and sees to it that their tree is one.
    fn node(&mut self, dictionary: &Dictionary) -> Result<(), Refusal> {
        let kids = match dictionary.name(b"Type") {
            Some(b"Page") => {
                self.page_count += 1;
                return Ok(());
            }
            Some(b"Pages") => dictionary.get(b"Kids").ok_or(BROKEN)?,
            _ => return Err(BROKEN),
        };
        let kids = self.resolved(kids).and_then(Object::as_array).ok_or(BROKEN)?.to_vec();
        let each_once = kids.iter().all(|kid| match kid {
            Object::Reference(number) => self.in_tree.insert(*number),
            _ => false,
        });
        if each_once { Ok(()) } else { Err(BROKEN) }
    }

    fn resolved<'o>(&'o self, object: &'o Object) -> Option<&'o Object> {
        match object {
            Object::Reference(number) => self.file.entries.get(number).map(|entry| &entry.object),
            direct => Some(direct),
        }
    }

    /// Whether an annotation is seen on the page, or is a field of a form.
    fn is_seen(&self, value: &Object) -> bool {
        match self.resolved(value) {
            Some(Object::Dictionary(dictionary)) => match dictionary.name(b"Subtype") {
                Some(b"Widget") => true,
                Some(kind) => SEEN.contains(&kind),
                None => dictionary.get(b"FT").or(dictionary.get(b"Kids")).is_some(),
            },
            Some(_) | None => false,
        }
    }

    /// A field's value is a text or a choice. A signature names the signer and is broken by any change.
    fn is_plain_value(&self, key: &[u8], value: &Object) -> bool {
        !matches!(key, b"V" | b"DV") || !matches!(self.resolved(value), Some(Object::Dictionary(_)) | None)
    }
}

fn role_of(role: Role, key: &[u8]) -> Role {
    match (role, key) {
        (Role::Document, b"Pages") | (Role::Pages, b"Kids" | b"Parent") => Role::Pages,
        (Role::Document, b"AcroForm") => Role::Form,
        (Role::Pages, b"Annots") | (Role::Form, b"Fields") | (Role::Annotation, b"Kids" | b"Parent") => {
            Role::Annotation
        }
        // Boxes, types and the like: never a text.
        (Role::Pages, b"Resources" | b"Contents" | b"Group") | (Role::Document, b"OCProperties") => {
            Role::Anything
        }
        (Role::Document | Role::Pages, _) => role,
        (Role::Form | Role::Annotation | Role::Anything, _) => Role::Anything,
    }
}
