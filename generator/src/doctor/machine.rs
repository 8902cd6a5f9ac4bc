//! Clock and disk.

use std::path::Path;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Place, text};

/// Clocks of a file system may be this much off.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);
/// Below it, warn: the database, its log and a backup beside it need room.
const LOW_BYTES: u64 = 2_000_000_000;
/// Below it, the next file that somebody attaches may be refused.
const FULL_BYTES: u64 = 200_000_000;

pub(super) fn examine(place: &Place, now: Timestamp) -> Vec<Finding> {
    let mut found = vec![clock(place, now)];
    found.extend(disk(place));
    found
}

/// Links expire, promised dates are counted and limits reset by this clock.
fn clock(place: &Place, now: Timestamp) -> Finding {
    const SUBJECT: &str = "clock";
    let help = || {
        text(
            "uključite usklađivanje sata: timedatectl set-ntp true",
            "turn on time synchronisation: timedatectl set-ntp true",
        )
    };
    let shown = now.strftime("%Y-%m-%d %H:%M:%S UTC");
    let newest = newest_change(&place.data);
    let is_behind = newest.is_some_and(|newest| newest.duration_since(now) > TOLERANCE);
    // No release of this program is older than that.
    if is_behind || now < Timestamp::from_second(1_780_000_000).unwrap_or(Timestamp::MIN) {
        return Finding::wrong(
            SUBJECT,
            text(
                format!("sat kasni: pokazuje {shown}, a podaci su zapisani poslije toga"),
                format!("the clock is behind: it says {shown}, and data were written after that"),
            ),
            help(),
        );
    }
    match Path::new("/run/systemd/timesync/synchronized").exists() {
        true => Finding::good(SUBJECT, text("sat je usklađen", "the clock is synchronised")),
        false => Finding::warning(
            SUBJECT,
            text(
                format!("ne znam usklađuje li se sat; pokazuje {shown}"),
                format!("cannot tell whether the clock is synchronised; it says {shown}"),
            ),
            help(),
        ),
    }
}

fn newest_change(folder: &Path) -> Option<Timestamp> {
    let entries = std::fs::read_dir(folder).ok()?;
    let times = entries.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok());
    times.max().and_then(|time: SystemTime| Timestamp::try_from(time).ok())
}

#[cfg(unix)]
fn disk(place: &Place) -> Option<Finding> {
    const SUBJECT: &str = "disk";
    let folder = place.data.ancestors().find(|folder| folder.exists())?;
    let path = folder.display();
    let free = match rustix::fs::statvfs(folder) {
        Ok(state) => state.f_bavail.saturating_mul(state.f_frsize),
        Err(error) => {
            return Some(Finding::warning(
                SUBJECT,
                text(format!("{path}: {error}"), format!("{path}: {error}")),
                super::Text::default(),
            ));
        }
    };
    let megabytes = free / 1_000_000;
    let said = text(
        format!("slobodno mjesta za {path}: {megabytes} MB"),
        format!("free space for {path}: {megabytes} MB"),
    );
    let help = text(
        "oslobodite prostor ili povećajte disk; kad je pun, prijave se odbijaju uz molbu za novi pokušaj",
        "free some space or enlarge the disk; when it is full, submissions are refused with a request to try again",
    );
    Some(match free {
        free if free < FULL_BYTES => Finding::wrong(SUBJECT, said, help),
        free if free < LOW_BYTES => Finding::warning(SUBJECT, said, help),
        _ => Finding::good(SUBJECT, said),
    })
}

#[cfg(not(unix))]
fn disk(_place: &Place) -> Option<Finding> {
    None
}
