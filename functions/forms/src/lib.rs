//! (to be written)
pub mod strings;
