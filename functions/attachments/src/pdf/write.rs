//! One revision, with a plain cross-reference table (ISO 32000-2 §7.5.4).

use std::io::Write as _;

use super::UNSUPPORTED;
use super::object::{Dictionary, Object};
use super::rebuild::Written;
use crate::Refusal;

/// Writes the file; the first object is the document.
pub(super) fn file(objects: &[Written]) -> Result<Vec<u8>, Refusal> {
    // The second line says to programs that move files that this one is binary.
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::with_capacity(objects.len());
    for (place, written) in objects.iter().enumerate() {
        offsets.push(out.len());
        line(&mut out, format_args!("{} 0 obj\n", place + 1))?;
        match (&written.object, &written.data) {
            (Object::Dictionary(head), Some(data)) => {
                let length = Object::Number(data.len().to_string().into_bytes());
                let mut head = head.clone();
                head.0.push((b"Length".to_vec(), length));
                dictionary(&mut out, &head)?;
                out.extend_from_slice(b"\nstream\n");
                out.extend_from_slice(data);
                out.extend_from_slice(b"\nendstream");
            }
            (object, _) => value(&mut out, object)?,
        }
        out.extend_from_slice(b"\nendobj\n");
    }
    let table = out.len();
    line(&mut out, format_args!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1))?;
    for offset in offsets {
        line(&mut out, format_args!("{offset:010} 00000 n \n"))?;
    }
    let size = objects.len() + 1;
    line(&mut out, format_args!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n"))?;
    Ok(out)
}

/// Writing to memory does not fail.
fn line(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) -> Result<(), Refusal> {
    out.write_fmt(text).map_err(|_| UNSUPPORTED)
}

fn value(out: &mut Vec<u8>, object: &Object) -> Result<(), Refusal> {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Bool(true) => out.extend_from_slice(b"true"),
        Object::Bool(false) => out.extend_from_slice(b"false"),
        Object::Number(text) => out.extend_from_slice(text),
        Object::Name(text) => name(out, text)?,
        Object::Text(bytes) => {
            out.push(b'<');
            for byte in bytes {
                line(out, format_args!("{byte:02x}"))?;
            }
            out.push(b'>');
        }
        Object::Array(values) => {
            out.push(b'[');
            for (place, each) in values.iter().enumerate() {
                if place > 0 {
                    out.push(b' ');
                }
                value(out, each)?;
            }
            out.push(b']');
        }
        Object::Dictionary(pairs) => dictionary(out, pairs)?,
        Object::Reference(number) => line(out, format_args!("{number} 0 R"))?,
    }
    Ok(())
}

fn dictionary(out: &mut Vec<u8>, pairs: &Dictionary) -> Result<(), Refusal> {
    out.extend_from_slice(b"<<");
    for (key, each) in &pairs.0 {
        name(out, key)?;
        out.push(b' ');
        value(out, each)?;
    }
    out.extend_from_slice(b">>");
    Ok(())
}

fn name(out: &mut Vec<u8>, text: &[u8]) -> Result<(), Refusal> {
    out.push(b'/');
    for byte in text {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.' | b',' | b'*' | b'@') {
            out.push(*byte);
        } else {
            line(out, format_args!("#{byte:02x}"))?;
        }
    }
    Ok(())
}
