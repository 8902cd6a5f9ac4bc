//! Mail that comes back.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mail::{Delivery, Returned, collect_returned};
use store::{MessageState, Outbox as _};

use crate::office::Office;

fn notification(action: &str, id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.org\r\nTo: no-reply@grad.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nana@example.org\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Final-Recipient: rfc822; ana@example.org\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{id}@grad.example>\r\nTo: ana@example.org\r\n\r\nTekst\r\n\
         --b--\r\n"
    )
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn look(office: &Office, folder: &Path) -> Returned {
    collect_returned(&office.store, folder, "grad.example", office.now).await.unwrap()
}

async fn office_with_a_letter_sent() -> (Office, PathBuf) {
    let mut office = Office::new();
    office.arrives("a1", office.sealed("Tekst")).await;
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    let folder = office.mail().with_file_name("vraceno");
    fs::create_dir(&folder).unwrap();
    (office, folder)
}

#[tokio::test]
async fn a_letter_that_came_back_is_told_once_and_its_notification_is_gone() {
    let (office, folder) = office_with_a_letter_sent().await;
    fs::write(folder.join("1"), notification("delayed", "a1")).unwrap();
    assert_eq!(look(&office, &folder).await, Returned::default());
    fs::write(folder.join("2"), notification("failed", "a1")).unwrap();
    fs::write(folder.join("3"), notification("failed", "a1")).unwrap();
    let bounced = ("a1".to_owned(), "5.1.1".to_owned());
    let found = look(&office, &folder).await;
    assert_eq!(found.bounced.first(), Some(&bounced));
    assert_eq!(names(&folder), [""; 0], "notifications hold the address");
    let [failed] = &office.store.failed(10).await.unwrap()[..] else {
        panic!("in the queue, for all to see")
    };
    let expected: (Timestamp, &str) = (office.now, "5.1.1");
    assert!(
        matches!(&failed.message.state, MessageState::Bounced { at, reason } if (*at, reason.as_str()) == expected)
    );
}

#[tokio::test]
async fn what_is_about_no_letter_of_ours_is_put_aside_and_kept() {
    let (office, folder) = office_with_a_letter_sent().await;
    fs::write(folder.join("1-strana"), notification("failed", "nepoznat")).unwrap();
    fs::write(folder.join("2-osoba"), "From: ana@example.org\r\nSubject: Hvala\r\n\r\nHvala!\r\n").unwrap();
    fs::write(folder.join("3-velika"), vec![b'x'; 1_000_001]).unwrap();
    fs::write(folder.join(".nedovrsena"), "From: ana").unwrap();
    assert_eq!(look(&office, &folder).await, Returned { bounced: vec![], others: 3 });
    assert_eq!(names(&folder), [".nedovrsena", "ostalo"]);
    assert_eq!(names(&folder.join("ostalo")), ["1-strana", "2-osoba", "3-velika"]);
    assert_eq!(look(&office, &folder).await, Returned::default());
    assert_eq!(office.store.failed(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let office = Office::new();
    let error = collect_returned(&office.store, Path::new("nema/mape"), "grad.example", office.now).await;
    assert!(error.unwrap_err().to_string().starts_with("nema/mape: "));
}
