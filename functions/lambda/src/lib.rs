//! What the binaries share: settings from a function's variables, keys from AWS, and the life of an instance.
//!
//! ```text
//! variables, files beside the binary ─► settings: Start (clients, bundle; no key, no connection)
//! src/bin/registration.rs, certificate_request.rs, status.rs
//!     event ─► run ─► host: keys at the first request ─► functions::form_router, afterwards_router ─► answer
//! src/bin/notify.rs, bounce.rs, purge.rs
//!     event ─► run ─► notify │ bounce │ purge: keys at the first event ─► store, letters
//! journal: one JSON object a line, with the metrics
//! ```
//!
//! # What the deployment gives to a function
//!
//! | variable | meaning | if absent |
//! |---|---|---|
//! | `ZAVICAJ_BUNDLE` | path of the form bundle that `zavicaj build` writes | `forms.json` beside the binary |
//! | `ZAVICAJ_DESK_RECIPIENTS` | the desk's public keys (`age1…`), divided by spaces or commas | `desk-recipients.txt` beside the binary |
//! | `ZAVICAJ_SERVICE_RECIPIENT` | the public key of the mail service (`age1…`) | required |
//! | `ZAVICAJ_HASHING_KEY_SECRET` | name or ARN of the secret with the key of keyed hashes: 64 hexadecimal digits; after a rotation the newest first, older ones after a space or on lines of their own | required |
//! | `ZAVICAJ_SERVICE_IDENTITY_SECRET` | of the one with the private key of the mail service, the text of `identity.age`; needed by `status`, `notify`, `purge`, and by a function of a register: changes are told to the old address | letters cannot be opened, nor what the office wrote |
//! | `ZAVICAJ_RECEIPT_KEY_SECRET` | of the one that signs receipts, like the first; needed by `status` | receipts have no signature |
//! | `ZAVICAJ_LOCAL_KEYS` | a folder with the files of `keys/service` instead of secrets: for trying on one machine | Secrets Manager |
//! | `ZAVICAJ_PROOF_OF_WORK` | `always` while programs press: browsers calculate before they send | never |
//! | `ZAVICAJ_SERVERS_BEFORE` | how many servers of ours the visitor's connection passes before the gateway: 1 with CloudFront | 0 |
//! | `ZAVICAJ_EDGE_KEY_SECRET` | of the one that CloudFront sends along in `X-Zavicaj-Edge`: only who shows it is believed about the visitor's address | every caller is |
//! | `ZAVICAJ_SES_CONFIGURATION_SET` | the configuration set whose events reach `bounce` | SES tells nothing |
//! | `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SECRETS_MANAGER`, `AWS_ENDPOINT_URL_SESV2` | other endpoints, as for AWS's own tools | AWS of the region |
//! | `ZAVICAJ_DYNAMODB_TABLE`, `ZAVICAJ_DYNAMODB_ENDPOINT`, `AWS_…` | see [`store_dynamodb::Settings`] | |
//!
//! Keys are fetched at the first request and kept while the instance lives; where they cannot be had, people get a page
//! that loses nothing (503), and the next request asks again. After a rotation, publish the functions anew: instances
//! that live keep the keys that they have. No private key of the desk is ever here.
//!
//! `GET …/spremno` of a function that answers people, and the event `{"ready": true}` of the others, say whether keys and
//! table answer.

mod aws;
mod bounce;
mod deadline;
mod door;
mod extension;
mod host;
mod journal;
mod notify;
mod purge;
mod reply;
mod run;
mod secrets;
mod ses;
mod settings;

pub use bounce::{Bounce, Returned, returned};
pub use door::request;
pub use host::Host;
pub use journal::{Journal, Level};
pub use notify::{Notify, messages};
pub use purge::Purge;
pub use reply::Reply;
pub use run::{serve, work};
pub use secrets::{Edge, Keys, SecretError, Secrets};
pub use settings::{Start, StartError};
