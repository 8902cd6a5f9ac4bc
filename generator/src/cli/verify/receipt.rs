//! `zavicaj verify receipt FILE`

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use functions::{ReceiptRefusal, SignedReceipt};
use sealing::ReceiptPublicKey;

use super::super::terminal::Terminal;
use super::super::{Common, Ended};
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;

/// Far more than any receipt or list of keys; whatever is longer is neither.
const LONGEST_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Args)]
pub(in super::super) struct Arguments {
    /// The downloaded receipt, or a text file with what the QR code says
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The town's public keys, as its site publishes them at /usluge/kljucevi/potvrde.pem
    #[arg(long, value_name = "FILE", default_value = "keys/service/receipt-public.pem")]
    keys: PathBuf,
    /// Also check that the receipt is for this sealed submission (a file as the desk exports it)
    #[arg(long, value_name = "FILE")]
    sealed: Option<PathBuf>,
}

pub(in super::super) fn run(
    arguments: &Arguments,
    common: &Common,
    terminal: &Terminal,
) -> Result<(), Ended> {
    let keys_file = if arguments.keys.is_relative() && !arguments.keys.exists() {
        common.root.join(&arguments.keys)
    } else {
        arguments.keys.clone()
    };
    let keys = ReceiptPublicKey::read_all(&text(&keys_file)?).map_err(|_| no_keys(&keys_file, terminal))?;
    let signed = match SignedReceipt::parse(&text(&arguments.file)?) {
        Ok(signed) => signed,
        Err(refusal) => return refused(&refusal, &arguments.file, terminal),
    };
    if let Err(refusal) = signed.verify(&keys) {
        return refused(&refusal, &arguments.file, terminal);
    }
    if let Some(sealed) = &arguments.sealed
        && !signed.receipt.is_for(&bytes(sealed, u64::MAX)?)
    {
        terminal.warn(terminal.text(
            "Potvrda je ispravna, ali nije za tu zapečaćenu datoteku.",
            "The receipt is good, but it is not for this sealed file.",
        ));
        return Err(Ended::Content);
    }
    let receipt = &signed.receipt;
    let (good, labels) = match terminal.language {
        MessageLanguage::Hr => (
            "Potvrda je ispravna: potpisao ju je ključ s tog popisa i ništa u njoj nije mijenjano.",
            ["Stranica", "Obrazac", "Broj", "Zaprimljeno (UTC)", "SHA-256", "Ključ"],
        ),
        MessageLanguage::En => (
            "The receipt is good: a key of that list signed it, and nothing in it was changed.",
            ["Site", "Form", "Reference", "Received (UTC)", "SHA-256", "Key"],
        ),
    };
    terminal.say(good);
    let values = [
        receipt.site.clone(),
        receipt.form.clone(),
        receipt.reference.to_string(),
        receipt.received_at.to_string(),
        receipt.sealed_sha256_hex(),
        signed.key_id.clone(),
    ];
    for (label, value) in labels.iter().zip(values) {
        terminal.say(&format!("{label}: {value}"));
    }
    Ok(())
}

fn refused(refusal: &ReceiptRefusal, file: &Path, terminal: &Terminal) -> Result<(), Ended> {
    let why = match (refusal, terminal.language) {
        (ReceiptRefusal::Unreadable, MessageLanguage::Hr) => {
            "u toj datoteci nema potvrde. Preuzmite je ponovno sa stranice potvrde i ne mijenjajte je.".to_owned()
        }
        (ReceiptRefusal::Unreadable, MessageLanguage::En) => {
            "there is no receipt in this file. Download it again from the page of the receipt and leave it unchanged.".to_owned()
        }
        (ReceiptRefusal::UnknownKey(key), MessageLanguage::Hr) => format!(
            "potpisana je ključem {key}, kojega nema na popisu. Preuzmite novi popis sa stranice grada i navedite ga uz --keys."
        ),
        (ReceiptRefusal::UnknownKey(key), MessageLanguage::En) => format!(
            "it was signed with the key {key}, which is not on the list. Download a new list from the town's site and name it with --keys."
        ),
        (ReceiptRefusal::Forged, MessageLanguage::Hr) => {
            "potpis ne odgovara tekstu: nešto je u potvrdi promijenjeno.".to_owned()
        }
        (ReceiptRefusal::Forged, MessageLanguage::En) => {
            "the signature does not belong to the text: something in the receipt was changed.".to_owned()
        }
    };
    let label = terminal.text("Potvrda nije ispravna", "The receipt is not good");
    terminal.warn(&format!("{label} ({}): {why}", file.display()));
    Err(Ended::Content)
}

fn no_keys(file: &Path, terminal: &Terminal) -> EnvironmentError {
    let shown = file.display();
    EnvironmentError::Other(match terminal.language {
        MessageLanguage::Hr => format!(
            "u {shown} nema javnog ključa. Preuzmite ih s /usluge/kljucevi/potvrde.pem i navedite datoteku uz --keys"
        ),
        MessageLanguage::En => format!(
            "there is no public key in {shown}. Download them from /usluge/kljucevi/potvrde.pem and name the file with --keys"
        ),
    })
}

fn text(path: &Path) -> Result<String, EnvironmentError> {
    // A file that is no text is no receipt: the words for that come later.
    Ok(String::from_utf8_lossy(&bytes(path, LONGEST_BYTES)?).into_owned())
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, EnvironmentError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|source| EnvironmentError::Io { verb: "read", path: path.to_owned(), source })?;
    Ok(bytes)
}
