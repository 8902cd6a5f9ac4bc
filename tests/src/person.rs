//! People who do not exist, and what they fill in.

use serde_json::{Value, json};

/// Somebody in front of a form.
#[derive(Debug, Clone)]
pub struct Person {
    /// The form's id.
    pub form: &'static str,
    /// The language of the page; `hr` has no prefix.
    pub language: &'static str,
    /// Names of controls and what is typed, chosen or ticked.
    pub answers: Vec<(String, String)>,
    /// The fields of the files that are asked for after the answers, and the files.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// What the desk reads in the end.
    pub arrives: Value,
}

impl Person {
    /// The address of the form's page.
    pub fn page(&self) -> String {
        match self.language {
            "hr" => format!("/obrasci/{}/", self.form),
            other => format!("/{other}/obrasci/{}/", self.form),
        }
    }

    /// Where the form's pages post to: `provjera` or `potvrda`.
    pub fn action(&self, step: &str) -> String {
        format!("/usluge/{}/{step}", self.form)
    }

    /// The same person with one answer changed.
    pub fn but(mut self, name: &str, value: &str) -> Self {
        let answer = self.answers.iter_mut().find(|(answer, _)| answer == name);
        answer.unwrap_or_else(|| panic!("{name} is not answered")).1 = value.to_owned();
        self
    }

    /// The same person on the page of another language.
    pub fn reading(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Somebody who joins the register.
    pub fn who_registers() -> Self {
        let answers = [
            ("record_kind", "person"),
            ("given_name", "Đurđica"),
            ("family_name", "Čačić-Žužul"),
            ("email", "durdica@example.org"),
            ("country", "CH"),
            ("city", "Zürich"),
            ("settlement", "Šipovača"),
            ("generation", "second"),
            ("languages", "hbs"),
            ("languages", "de"),
            ("interests", "culture"),
            ("interests", "mentoring"),
            ("profession", "medicinska sestra & <primalja>"),
            ("sector", "zdravstvo"),
            ("association", "Klub \"Ljubušaka\""),
            ("consent_register", "1"),
            ("consent_newsletter", "1"),
        ];
        let arrives = json!({
            "record_kind": "person",
            "given_name": "Đurđica",
            "family_name": "Čačić-Žužul",
            "email": "durdica@example.org",
            "country": "CH",
            "city": "Zürich",
            "settlement": "Šipovača",
            "generation": "second",
            "languages": ["hbs", "de"],
            "interests": ["culture", "mentoring"],
            "profession": "medicinska sestra & <primalja>",
            "sector": "zdravstvo",
            "association": "Klub \"Ljubušaka\"",
            "consent_register": { "agreed_to_version": "2026-11" },
            "consent_newsletter": { "agreed_to_version": "2026-11" },
        });
        Self::new("registracija", &answers, arrives)
    }

    /// Somebody who orders a certificate about a relative.
    pub fn who_orders() -> Self {
        let answers = [
            ("given_name", "Željko"),
            ("family_name", "Šćepanović"),
            ("document_kind", "passport"),
            ("document_number", "X1234567"),
            ("email", "zeljko@example.org"),
            ("phone", "+49 (0)171 / 1234567"),
            ("address", "Hauptstraße 5\n80331 München"),
            ("country", "DE"),
            ("for_whom", "other"),
            ("relation", "grandchild"),
            ("person_given_name", "Ljubica"),
            ("person_family_name", "Šćepanović"),
            ("birth_name", "Đikić"),
            ("father_name", "Nedjeljko Đikić"),
            ("mother_name", "Njegoslava Đikić"),
            ("birth_date.day", "1"),
            ("birth_date.month", "1"),
            ("birth_date.year", "1990"),
            ("birth_place", "Vitina"),
            ("jmb", "0101990360007"),
            ("register_settlement", "Vitina"),
            ("certificates.0.kind", "marriage_intl"),
            ("certificates.0.copies", "2"),
            ("certificates.0.language", "hr"),
            ("certificates.0.script", "latin"),
            ("certificates.0.country_of_use", "DE"),
            ("spouse_name", "Ćiril Šćepanović"),
            ("marriage_date.unknown", "1"),
            ("marriage_place", "Ljubuški"),
            ("purpose", "mirovina"),
            ("delivery", "attorney"),
            ("attorney_name", "Zdenka Čuljak"),
            ("note", "Vjenčani oko 1955.\nHvala & lijep pozdrav <3"),
            ("truth", "1"),
        ];
        let arrives = json!({
            "given_name": "Željko",
            "family_name": "Šćepanović",
            "document_kind": "passport",
            "document_number": "X1234567",
            "email": "zeljko@example.org",
            "phone": "+491711234567",
            "address": "Hauptstraße 5\n80331 München",
            "country": "DE",
            "for_whom": "other",
            "relation": "grandchild",
            "person_given_name": "Ljubica",
            "person_family_name": "Šćepanović",
            "birth_name": "Đikić",
            "father_name": "Nedjeljko Đikić",
            "mother_name": "Njegoslava Đikić",
            "birth_date": "1990-01-01",
            "birth_place": "Vitina",
            "jmb": "0101990360007",
            "register_settlement": "Vitina",
            "certificates": [{
                "kind": "marriage_intl", "copies": 2, "language": "hr", "script": "latin", "country_of_use": "DE",
            }],
            "spouse_name": "Ćiril Šćepanović",
            "marriage_date": { "unknown": true },
            "marriage_place": "Ljubuški",
            "purpose": "mirovina",
            "delivery": "attorney",
            "attorney_name": "Zdenka Čuljak",
            "note": "Vjenčani oko 1955.\nHvala & lijep pozdrav <3",
            "truth": { "agreed_to_version": "2026-11" },
        });
        let files = vec![("document_copy", attachments::samples::jpeg())];
        Self { files, ..Self::new("zahtjev-za-ispravu", &answers, arrives) }
    }

    /// One for each form.
    pub fn everybody() -> [Self; 2] {
        [Self::who_registers(), Self::who_orders()]
    }

    fn new(form: &'static str, answers: &[(&str, &str)], arrives: Value) -> Self {
        let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { form, language: "hr", answers, files: Vec::new(), arrives }
    }
}
