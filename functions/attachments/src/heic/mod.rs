//! HEIC (ISO/IEC 23008-12 over 14496-12): the primary picture is looked up and written into a new file.
//!
//! ```text
//! boxes ─ boxes::read ─► meta ─ items::read ─► Items ─ picture::of ─► Picture ─ write::file ─► bytes
//! ```

mod boxes;
mod coded;
mod items;
mod picture;
mod write;

use crate::{Kind, Limits, Refusal, polyglot};

const BROKEN: Refusal = Refusal::Broken(Kind::Heic);
const UNSUPPORTED: Refusal = Refusal::Unsupported(Kind::Heic);

/// The picture without metadata.
pub(crate) fn clean(content: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let file = boxes::File::read(content)?;
    if polyglot::is_foreign(file.behind) {
        return Err(Refusal::Polyglot);
    }
    let items = items::read(file.meta)?;
    let picture = picture::of(&items, content, limits)?;
    write::file(&picture)
}
