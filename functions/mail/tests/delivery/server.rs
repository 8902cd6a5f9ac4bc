//! To a mail server, with everything that may go wrong on the way.

use std::time::Duration;

use jiff::SignedDuration;
use mail::{Account, Delivery, Security, Smtp, SmtpSettings, Transport};
use store::{MessageState, Outbox as _};

use crate::office::Office;
use crate::sink::{Mode, Sink, Trouble};

fn settings(sink: &Sink, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".into(),
        port: sink.address.port(),
        security,
        account: None,
        trusted: Some(sink.certificate.clone().into_bytes()),
        patience: Duration::from_secs(10),
        greeting: "grad.example".into(),
    }
}

fn transport(sink: &Sink, security: Security) -> Transport {
    Smtp::new(&settings(sink, security)).unwrap().into()
}

#[tokio::test]
async fn a_letter_arrives_over_tls_and_over_starttls_with_the_account() {
    for (mode, security) in [(Mode::Tls, Security::Tls), (Mode::StartTls, Security::StartTls)] {
        let sink = Sink::start(mode, "localhost");
        let mut settings = settings(&sink, security);
        settings.account = Some(Account { user: "grad".into(), password: "tajna".into() });
        let mut office = Office::with(Smtp::new(&settings).unwrap().into());
        office.arrives("a1", office.sealed("Tekst\n.točka")).await;
        assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)], "{mode:?}");
        let [letter] = &sink.taken()[..] else { panic!("one letter") };
        assert!(letter.encrypted, "{mode:?}");
        assert_eq!(letter.from, "MAIL FROM:<no-reply@grad.example>");
        assert_eq!(letter.to, ["RCPT TO:<ana@example.org>"]);
        assert!(letter.data.contains("Message-ID: <a1@grad.example>\r\n"), "{}", letter.data);
        assert!(letter.data.contains("\r\n.to=C4=8Dka"), "{}", letter.data);
        // base64 of "\0grad\0tajna" (RFC 4616)
        assert_eq!(letter.account.as_deref(), Some("AGdyYWQAdGFqbmE="));
    }
}

#[tokio::test]
async fn a_server_with_another_name_or_an_unknown_certificate_gets_nothing() {
    let stranger = Sink::start(Mode::StartTls, "mail.drugi.example");
    let unknown = Sink::start(Mode::Tls, "localhost");
    let mut untrusting = settings(&unknown, Security::Tls);
    untrusting.trusted = None;
    let without_tls = Sink::start(Mode::Clear, "localhost");
    for (sink, transport) in [
        (&stranger, transport(&stranger, Security::StartTls)),
        (&unknown, Smtp::new(&untrusting).unwrap().into()),
        // It does not offer STARTTLS: whoever took that offer away would otherwise read along.
        (&without_tls, transport(&without_tls, Security::StartTls)),
    ] {
        let mut office = Office::with(transport);
        office.arrives("a1", office.sealed("Tekst")).await;
        let round = office.round().await;
        assert!(matches!(&round[..], [(_, Delivery::Postponed { attempt: 1, .. })]), "{round:?}");
        assert!(sink.taken().is_empty());
    }
}

#[tokio::test]
async fn a_refused_address_is_given_up_at_once_and_the_reason_does_not_repeat_it() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect([Trouble::Says("RCPT", "550 5.1.1 <ana@example.org> unknown")]);
    let mut office = Office::with(transport(&sink, Security::StartTls));
    office.arrives("a1", office.sealed("Tekst")).await;
    office.arrives("a2", office.sealed("Tekst")).await;
    let reason = "the mail server said 550 5.1.1".to_owned();
    assert_eq!(
        office.round().await,
        [("a1".to_owned(), Delivery::GivenUp { reason }), ("a2".to_owned(), Delivery::Sent)],
        "one bad address holds nobody up"
    );
    office.wait(SignedDuration::from_hours(24));
    assert_eq!(office.round().await, []);
}

#[tokio::test]
async fn a_busy_server_gets_the_letter_the_next_time() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect([
        Trouble::Says("RCPT", "451 4.7.1 greylisted"),
        Trouble::Says("MAIL", "421 4.3.2 going down"),
        Trouble::Says("CONTENT", "452 4.3.1 disk full"),
        Trouble::HangsUp("DATA"),
        Trouble::HangsUp("EHLO"),
    ]);
    let mut office = Office::with(transport(&sink, Security::StartTls));
    office.arrives("a1", office.sealed("Tekst")).await;
    for seconds in [30, 60, 120, 240, 480] {
        let round = office.round().await;
        let [(_, Delivery::Postponed { next, reason, .. })] = &round[..] else { panic!("{round:?}") };
        assert_eq!(*next, office.now.checked_add(SignedDuration::from_secs(seconds)).unwrap());
        assert!(!reason.contains('@'), "{reason}");
        office.wait(SignedDuration::from_secs(seconds));
    }
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    assert_eq!(sink.taken().len(), 1);
}

#[tokio::test]
async fn a_server_that_takes_its_time_gets_the_letter_once() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect([Trouble::TakesItsTime(Duration::from_secs(1))]);
    let mut office = Office::with(transport(&sink, Security::StartTls));
    office.arrives("a1", office.sealed("Tekst")).await;
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    assert_eq!(sink.taken().len(), 1);
}

#[tokio::test]
async fn who_is_to_stop_hands_over_the_letter_in_hand_and_claims_no_other() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    let mut office = Office::with(transport(&sink, Security::StartTls));
    for id in ["a1", "a2", "a3"] {
        office.arrives(id, office.sealed("Tekst")).await;
    }
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let only_the_first = || asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
    assert_eq!(office.round_while(&only_the_first).await, [("a1".to_owned(), Delivery::Sent)]);
    // The others are not leased: they are due at once.
    assert_eq!(office.round().await.len(), 2);
    assert_eq!(sink.taken().len(), 3);
}

#[tokio::test]
async fn a_wrong_password_costs_no_letter() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect([Trouble::Says("AUTH", "535 5.7.8 no")]);
    let mut settings = settings(&sink, Security::StartTls);
    settings.account = Some(Account { user: "grad".into(), password: "kriva".into() });
    let mut office = Office::with(Smtp::new(&settings).unwrap().into());
    office.arrives("a1", office.sealed("Tekst")).await;
    office.arrives("a2", office.sealed("Tekst")).await;
    let round = office.round().await;
    let [(_, Delivery::Postponed { reason, .. })] = &round[..] else {
        panic!("one try is enough: {round:?}")
    };
    assert_eq!(reason, "the mail server said 535 5.7.8");
    office.wait(SignedDuration::from_secs(30));
    assert_eq!(office.round().await.len(), 2);
    assert_eq!(sink.taken().len(), 2);
}

#[tokio::test]
async fn a_letter_whose_confirmation_was_lost_comes_twice_with_one_id() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect([Trouble::TakesAndHangsUp]);
    let mut office = Office::with(transport(&sink, Security::StartTls));
    office.arrives("a1", office.sealed("Tekst")).await;
    assert!(matches!(office.round().await[..], [(_, Delivery::Postponed { .. })]));
    office.wait(SignedDuration::from_secs(30));
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    let [first, second] = &sink.taken()[..] else { panic!("at least once, never lost") };
    assert_eq!(first.data, second.data, "the same bytes: mail programs show one letter");
}

#[tokio::test]
async fn while_the_server_is_away_one_letter_is_tried_and_the_others_keep_their_attempts() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    let transport = transport(&sink, Security::StartTls);
    let port = sink.address.port();
    drop(sink);
    let mut office = Office::with(transport);
    for number in 1..=5 {
        office.arrives(&format!("a{number}"), office.sealed("Tekst")).await;
    }
    let round = office.round().await;
    assert_eq!(round.len(), 1, "{round:?}");
    let [(_, Delivery::Postponed { reason, .. })] = &round[..] else { panic!("{round:?}") };
    assert!(reason.starts_with("the mail server was not reached"), "{reason} (port {port})");
}

#[tokio::test]
async fn a_letter_without_a_server_waits_for_days_and_leaves_when_there_is_one() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect(std::iter::repeat_n(Trouble::Says("EHLO", "421 4.3.2 not now"), 30));
    let mut office = Office::with(transport(&sink, Security::StartTls));
    office.arrives("a1", office.sealed("Tekst")).await;
    let start = office.now;
    while let [(_, Delivery::Postponed { next, .. })] = &office.round().await[..] {
        office.now = *next;
    }
    assert!(office.now.duration_since(start) > SignedDuration::from_hours(40), "{} {start}", office.now);
    assert_eq!(sink.connections(), 31);
    assert_eq!(office.store.failed(10).await.unwrap(), []);
}

#[tokio::test]
async fn ten_attempts_take_about_four_and_a_half_hours_and_then_somebody_is_told() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect(std::iter::repeat_n(Trouble::Says("RCPT", "450 4.2.1 later"), 10));
    let mut office = Office::with(transport(&sink, Security::StartTls));
    office.arrives("a1", office.sealed("Tekst")).await;
    let start = office.now;
    let reason = loop {
        match &office.round().await[..] {
            [(_, Delivery::Postponed { next, .. })] => office.now = *next,
            [(_, Delivery::GivenUp { reason })] => break reason.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((sink.connections(), reason.as_str()), (10, "the mail server said 450 4.2.1"));
    let hours = office.now.duration_since(start).as_secs_f64() / 3600.0;
    assert!((4.0..=5.0).contains(&hours), "{hours} h");
    office.wait(SignedDuration::from_hours(24 * 30));
    assert_eq!(office.round().await, []);
    let [failed] = &office.store.failed(10).await.unwrap()[..] else {
        panic!("in the queue, for all to see")
    };
    assert!(matches!(&failed.message.state, MessageState::GivenUp { reason: said, .. } if *said == reason));
    // Somebody looked, and tries again.
    assert!(office.store.retry("a1", office.now).await.unwrap());
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    assert_eq!(office.store.failed(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_falls_asleep_is_left_in_time() {
    let sink = Sink::start(Mode::StartTls, "localhost");
    sink.expect([Trouble::Sleeps("MAIL"), Trouble::Sleeps("EHLO")]);
    let mut settings = settings(&sink, Security::StartTls);
    settings.patience = Duration::from_millis(300);
    let mut office = Office::with(Smtp::new(&settings).unwrap().into());
    office.arrives("a1", office.sealed("Tekst")).await;
    for _ in 0..2 {
        let begun = std::time::Instant::now();
        let round = office.round().await;
        let [(_, Delivery::Postponed { reason, .. })] = &round[..] else { panic!("{round:?}") };
        assert_eq!(reason, "the mail server is too slow");
        assert!(begun.elapsed() < Duration::from_secs(4));
        office.wait(SignedDuration::from_hours(1));
    }
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
}
