//! What the binaries share: settings from a function's variables, and the service made of them once.
//!
//! ```text
//! variables, files beside the binary ─► settings ─► Service (DynamoDB, keys, bundle)
//! src/bin/<function>.rs: lambda::router(service, "<form>") ─► lambda_http::run
//! API Gateway event ─► http::Request ─► router ─► http::Response ─► API Gateway answer
//! ```
//!
//! # What the deployment gives to a function
//!
//! | variable | meaning | if absent |
//! |---|---|---|
//! | `ZAVICAJ_BUNDLE` | path of the form bundle that `zavicaj build` writes | `forms.json` beside the binary |
//! | `ZAVICAJ_DESK_RECIPIENTS` | the desk's public keys (`age1…`), divided by spaces or commas | `desk-recipients.txt` beside the binary |
//! | `ZAVICAJ_SERVICE_RECIPIENT` | the public key of the mail service (`age1…`) | required |
//! | `ZAVICAJ_HASHING_KEY` | 64 hexadecimal digits, injected by the deployment from its secret store; after a rotation the newest first, older ones after a space | `hashing.key` beside the binary |
//! | `ZAVICAJ_RECEIPT_KEY` | 64 hexadecimal digits that sign receipts; older ones after a space | receipts have no signature |
//! | `ZAVICAJ_PROOF_OF_WORK` | `always` while programs press: browsers calculate before they send | never |
//! | `ZAVICAJ_DYNAMODB_TABLE`, `ZAVICAJ_DYNAMODB_ENDPOINT`, `AWS_…` | see [`store_dynamodb::Settings`] | |
//!
//! No private key of the desk or of the mail service is ever here.

mod client;
mod log;
mod settings;

pub use client::router;
pub use settings::{StartError, service};
