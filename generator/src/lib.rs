//! The site generator and local server of Zavičaj.
//!
//! ```text
//! content/ themes/ site.yaml
//!   │ source    files as they are                       Sources
//!   │ parse     typed front matter + Markdown           Document
//!   │ site      URLs, lists, terms, links, schedule     Site
//!   │ render    jobs → bytes (parallel, pure)           Output
//!   │ check     links, anchors, ids in the final HTML   Diagnostics
//!   │ writing   a queue before the disk
//!   ▼ publish   only what differs                       a folder
//!     serve     the same outputs from memory, with the form handlers
//! ```

pub mod build;
mod bytes;
pub mod cache;
pub mod check;
pub mod cli;
pub mod config;
pub mod contrast;
pub mod diagnostic;
pub mod doctor;
pub mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod html;
mod key_words;
mod locale;
mod minify;
pub mod parse;
pub mod precompress;
pub mod publish;
pub mod records;
pub mod render;
pub mod review;
pub mod serve;
pub mod sink;
pub mod site;
pub mod source;
pub mod statics;
mod store_words;
mod url_path;
mod writing;
mod yaml;
