//! Whether the table answers, and where its copies are.

use sealing::{HashKey, HashKeys, Keys};

use super::{Finding, Place, text};
use crate::diagnostic::MessageLanguage::{En, Hr};
use crate::records::{self, Engine, Variable};

const SUBJECT: &str = "table";

pub(super) async fn examine(place: &Place, variable: Variable) -> Vec<Finding> {
    vec![reached(place, variable).await, recovered(variable).await]
}

/// Asks how far back the table can be recovered. An engine that cannot say it, or does not let this machine ask, is no
/// fault of the table.
async fn recovered(variable: Variable) -> Finding {
    let command = |name: &str, more: &str| format!("aws dynamodb {name} --table-name TABLE{more}");
    match records::recovery_days(variable).await {
        Ok(Some(days)) => Finding::good(
            "backup",
            text(
                format!("tablica se može vratiti na svaku sekundu unatrag {days} dana"),
                format!("the table can be recovered to every second of the last {days} days"),
            ),
        ),
        Ok(None) => {
            let on = command(
                "update-continuous-backups",
                " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
            );
            Finding::wrong(
                "backup",
                text(
                    "povrat tablice na trenutak u prošlosti isključen je: obrisano ili pokvareno ostaje izgubljeno",
                    "recovery of the table to a moment in the past is off: what is erased or damaged stays lost",
                ),
                text(format!("uključite ga: {on}"), format!("turn it on: {on}")),
            )
        }
        Err(error) => {
            let look = command("describe-continuous-backups", "");
            Finding::warning(
                "backup",
                text(
                    format!(
                        "ne zna se može li se tablica vratiti na trenutak u prošlosti: {}",
                        error.explain(Hr)
                    ),
                    format!(
                        "whether the table can be recovered to a moment in the past is not known: {}",
                        error.explain(En)
                    ),
                ),
                text(format!("pogledajte: {look}"), format!("look: {look}")),
            )
        }
    }
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
