//! A tiny site with one form.

use super::TinySite;

pub const FORM: &str = "\
title: { hr: Upit, en: Question }
description: { hr: Pitajte., en: Ask. }
retention: upiti
sections:
  - id: you
    title: { hr: Vi, en: You }
    fields:
      - id: email
        kind: email
        mark: contact_email
        label: { hr: E-pošta, en: E-mail }
        missing: { hr: Upišite adresu., en: Enter your address. }
";

pub const MESSAGE: &str = "\
subject: { hr: \"Broj {reference}\", en: \"Reference {reference}\" }
body: { hr: \"{reference} {next}\", en: \"{reference} {next}\" }
next: { hr: [Javit ćemo se.], en: [We will write.] }
";

pub const CARD: &str = "\
title: { hr: Izvadak, en: Extract }
summary: { hr: Izvadak., en: Extract. }
fees:
  - id: extract
    label: { hr: Izvadak, en: Extract }
    per: copy
    amounts:
      - { valid_from: \"2026-01-01\", amount: \"3,00\" }
form: upit
";

pub const RETENTION: &str = "\
rows:
  - { id: upiti, class: upiti, data: { hr: Upiti, en: Questions }, basis: { hr: Privola, en: Consent }, period: { years: 1 }, from: closed }
  - { id: prilozi-bez-potvrde, data: { hr: Prilozi, en: Files }, basis: { hr: A, en: A }, period: { hours: 24 }, from: staged }
  - { id: preslika-odgovora, data: { hr: Preslika, en: Copy }, basis: { hr: A, en: A }, period: { minutes: 60 }, from: received }
  - { id: tekst-na-provjeru, data: { hr: Tekst, en: Proof }, basis: { hr: A, en: A }, period: { days: 30 }, from: sent }
  - { id: izvoz-podataka, data: { hr: Izvoz, en: Export }, basis: { hr: A, en: A }, period: { days: 14 }, from: sent }
  - { id: pisma, data: { hr: Pisma, en: Letters }, basis: { hr: A, en: A }, until: { hr: Do slanja., en: Until sent. } }
  - { id: zapis-radnji, data: { hr: Zapis, en: Log }, basis: { hr: A, en: A }, until: { hr: Trajno., en: For ever. }, to_be_confirmed: true }
  - { id: zastita-od-zloporabe, data: { hr: B, en: B }, basis: { hr: A, en: A }, until: { hr: Dan., en: A day. } }
";

/// The form `upit`, its letter, a card, and how long what is kept.
pub fn site() -> TinySite {
    let site = TinySite::new();
    site.write("content/obrasci/upit.yaml", FORM)
        .write("content/poruke/primljeno.yaml", MESSAGE)
        .write("content/postupci/izvadak.yaml", CARD)
        .write("content/cuvanje.yaml", RETENTION);
    site
}
