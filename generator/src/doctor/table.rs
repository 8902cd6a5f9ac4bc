//! Whether the table answers, and where its copies are.

use sealing::{HashKey, HashKeys, Keys};

use super::{Finding, Place, text};
use crate::diagnostic::MessageLanguage::{En, Hr};
use crate::records::{Engine, Variable};

const SUBJECT: &str = "table";

pub(super) async fn examine(place: &Place, variable: Variable) -> Vec<Finding> {
    let mut found = vec![reached(place, variable).await];
    found.push(Finding::warning(
        "backup",
        text(
            "tablicu kopira DynamoDB, a ovaj program ne vidi je li to uključeno",
            "a table is copied by DynamoDB, and this program does not see whether that is on",
        ),
        text(
            "pogledajte: aws dynamodb describe-continuous-backups --table-name TABLICA",
            "look: aws dynamodb describe-continuous-backups --table-name TABLE",
        ),
    ));
    found
}

/// Asks for the first record of the audit trail: that needs the table, its name and the right to read it.
async fn reached(place: &Place, variable: Variable) -> Finding {
    let name = Engine::Dynamodb.place(&place.data, variable);
    // Nothing is signed or checked here, so missing keys (told under their own name) do not matter.
    let nobody = || HashKeys::new(HashKey::new([0; 32]), Vec::new());
    let audit = Keys::open(&place.keys).map_or_else(|_| nobody(), |keys| keys.hashing.derive("audit"));
    let asked = match Engine::Dynamodb.open(&place.data, audit, variable).await {
        Ok(Some(store)) => store.chains(None, 1).await.map(drop).map_err(Into::into),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match asked {
        Ok(()) => Finding::good(
            SUBJECT,
            text(format!("tablica {name} odgovara"), format!("the table {name} answers")),
        ),
        Err(error) => Finding::wrong(
            SUBJECT,
            text(format!("tablica {name} ne odgovara"), format!("the table {name} does not answer")),
            text(error.explain(Hr), error.explain(En)),
        ),
    }
}
