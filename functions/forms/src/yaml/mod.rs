//! Definitions and cards from YAML, with the place of every mistake.
//!
//! The source is read into a tree of values with places first, and the tree into a definition afterwards, so
//! that one unknown key does not hide the next mistake.

mod calendar;
mod card;
mod fields;
mod form;
mod need;
mod node;
mod reader;
mod retention;

pub(crate) use calendar::read_calendar;
pub(crate) use card::read_card;
pub(crate) use form::read_form;
pub(crate) use retention::read_retention;
