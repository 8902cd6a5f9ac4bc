//! PDF (ISO 32000-2): read whole, screened, and written again from its pages.
//!
//! ```text
//! bytes ─ xref::read ─► Table ─ file::load ─► File ─ screen::judge ─ rebuild::pages ─► Rebuilt ─ write::file ─► bytes
//! ```
//!
//! Only what hangs on the pages is written; earlier revisions, document information and whatever nothing points
//! to are not looked for and removed but never copied.

mod file;
mod filter;
mod object;
mod picture;
mod rebuild;
mod screen;
mod write;
mod xref;

use crate::reader::{find, find_last};
use crate::{Kind, Limits, Refusal, polyglot};

const BROKEN: Refusal = Refusal::Broken(Kind::Pdf);
const UNSUPPORTED: Refusal = Refusal::Unsupported(Kind::Pdf);

/// The document without metadata.
pub(crate) fn clean(content: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let start = find_last(content, b"startxref").ok_or(BROKEN)?;
    let tail = content.get(start..).unwrap_or_default();
    let end = find(tail, b"%%EOF").ok_or(BROKEN)?;
    if polyglot::is_foreign(tail.get(end + 5..).unwrap_or_default()) {
        return Err(Refusal::Polyglot);
    }
    let mut file = file::load(content, start)?;
    screen::judge(&file)?;
    let rebuilt = rebuild::pages(&mut file, limits)?;
    write::file(&rebuilt)
}
