//! The closed form language: one definition, and everything that follows from it.
//!
//! ```text
//! content/obrasci/*.yaml ─ yaml ─► Definition ─ check ─► Form         or every Problem, with its place
//! bundle (JSON) ─────────────────────────────────────────┘
//!
//! posted pairs ─ RawAnswers ─ validate ─► Answers                     or every Violation, with its input
//!                    │                      ├─ registrar::sheets        for the office, a JMB masked
//!                    │                      ├─ attachments::asked     which files are asked for next
//!                    ├─ html::form_page     ├─ html::check_page       with fees::due from procedure::Cards
//!                    └─ groups::edited      ├─ summary, plain text
//!                                           ├─ promise                 by when, from cards and calendar
//!                                           ├─ canonical bytes, facets, contact, warnings
//!                                           └─ json_schema
//! ```
//!
//! Nothing here reads files, clocks or chance: all of it comes as arguments. Everything per kind of field is a
//! `match` without wildcard over [`definition::Kind`].

mod answers;
pub mod attachments;
pub mod calendar;
mod check;
mod clean;
pub mod control;
mod countries;
mod dates;
pub mod definition;
pub mod email;
pub mod fees;
mod form;
pub mod groups;
pub mod html;
pub mod jmb;
mod money;
mod names;
pub mod need;
mod personal;
mod problem;
pub mod procedure;
mod promise;
mod raw;
pub mod registrar;
pub mod retention;
pub mod rules;
#[cfg(feature = "samples")]
pub mod samples;
mod schema;
pub mod strings;
pub mod strings_needed;
pub mod summary;
mod validate;
mod value;
mod violation;
mod warning;
mod words;
#[cfg(feature = "yaml")]
mod yaml;

pub use answers::{Answers, Contact, Foreign};
pub use countries::{countries, country_name, is_country};
pub use dates::long_date;
pub use form::{Form, Unsound};
pub use money::Money;
pub use names::element_id;
pub use personal::Personal;
pub use problem::{Bilingual, Problem};
pub use promise::{Promise, is_provisional, promise};
pub use raw::RawAnswers;
pub use schema::json_schema;
pub use validate::validate;
pub use value::{Entry, Value};
pub use violation::{Rule, Violation};
pub use warning::{Doubt, Warning};
pub use words::Words;
