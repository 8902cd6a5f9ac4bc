//! Whether letters leave.

use super::{Finding, Place, text};

const SUBJECT: &str = "mail";

pub(super) fn examine(place: &Place) -> Vec<Finding> {
    let folder = place.data.join("mail");
    let lying = std::fs::read_dir(&folder).map_or(0, Iterator::count);
    vec![Finding::warning(
        SUBJECT,
        text(
            format!("poslužitelj e-pošte nije naveden: pisma ostaju u {} ({lying})", folder.display()),
            format!("no mail server is named: letters stay in {} ({lying})", folder.display()),
        ),
        text("šaljite ih odande ili navedite poslužitelj", "send them from there, or name a server"),
    )]
}
