//! Who may read what was accepted: sealing (age, X25519) and keyed hashes (HMAC-SHA-256).
//!
//! ```text
//! keys/service/   hashing.key  identity.age  receipt.key  desk-recipients.txt ─┐  stays with the public side
//! keys/desk/      identity.age ────────────────────────────────────────────────┼─► the registrar's machine
//!                 each a ring: the newest makes what is new, older ones         │
//!                 still open and verify (KeyFolder: rotate, retire)             ▼
//! Sealer::seal_for_desk(answers)    ─► bytes that only the desk's identity opens
//! Sealer::seal_for_service(letter)  ─► bytes that the mail worker opens: Identity::unseal
//! HashKey::mac(purpose, parts)      ─► 32 bytes; HashKey::verify compares in constant time
//! ParcelKey::seal(copy, proof)      ─► bytes that only what the applicant holds opens
//! ReceiptKey::sign(receipt)         ─► 64 bytes that anybody checks with the published ReceiptPublicKey
//! ```
//!
//! Sealed bytes are the age v1 format: any `age` tool opens them with the identity file.

mod disk;
mod files;
mod hash;
mod parcel;
mod receipt;
mod ring;
mod rotation;
mod seal;

pub use files::{DeskKey, KeyError, Keys};
pub use hash::{HashKey, HashKeys};
pub use parcel::{ParcelKey, expand};
pub use receipt::{PublicKeyError, ReceiptKey, ReceiptKeys, ReceiptPublicKey};
pub use rotation::{KeyEntry, KeyFolder, KeyKind};
pub use seal::{Identity, KeyTextError, Recipient, SealError, Sealer, UnsealError};
