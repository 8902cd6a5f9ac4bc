//! A browser without script: opens pages, posts forms from their own site, follows redirects when told to.

use crate::http::Request;
use crate::page::{Form, Page};
use crate::person::Person;

/// A browser at one server.
#[derive(Debug, Clone)]
pub struct Browser {
    address: String,
}

/// What a person has in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The address of the receipt's page.
    pub location: String,
    /// The number on it.
    pub reference: String,
}

impl Browser {
    /// At `127.0.0.1:PORT`.
    pub fn at(address: &str) -> Self {
        Self { address: address.to_owned() }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Opens an address.
    pub fn open(&self, path: &str) -> Page {
        Page::new(Request::new("GET", path).send(&self.address))
    }

    /// Posts to an address; redirects are not followed.
    pub fn post(&self, path: &str, pairs: &[(String, String)]) -> Page {
        Page::new(Request::form(&self.address, path, pairs).send(&self.address))
    }

    /// Presses the first button of a form.
    pub fn submit(&self, form: &Form) -> Page {
        self.post(&form.action, &form.pairs())
    }

    /// Presses a named button of a form.
    pub fn press(&self, form: &Form, button: &str, value: &str) -> Page {
        self.post(&form.action, &form.pairs_with(button, value))
    }

    /// Opens the form's page, fills it in and goes on to the page to check the answers: the form that confirms.
    pub fn check(&self, person: &Person) -> Form {
        let page = self.open(&person.page());
        assert_eq!(page.status(), 200, "{}", page.text);
        let mut form = page.form(&person.action("provjera"));
        form.fill_all(&person.answers);
        let checked = self.go_on(&form, person);
        assert_eq!(checked.status(), 200, "{:?}\n{}", checked.errors, checked.text);
        checked.form(&person.action("potvrda"))
    }

    /// Presses the first button of the form's page, and adds the person's files where the next page asks for them:
    /// the page to check the answers, or the one that says what is wrong.
    pub fn go_on(&self, form: &Form, person: &Person) -> Page {
        let mut page = self.submit(form);
        if person.files.is_empty() || page.status() != 200 || !page.asks_for_files() {
            return page;
        }
        for (field, content) in &person.files {
            page = self.attach(&page, field, content);
            assert_eq!(page.status(), 200, "{:?}\n{}", page.errors, page.text);
        }
        self.press(&page.form_with_id("files-form"), "_next", "1")
    }

    /// Chooses a file for a question of the page for files, and presses "add".
    pub fn attach(&self, page: &Page, field: &str, content: &[u8]) -> Page {
        let input = format!("_upload.{field}");
        let form = page.form_for_file(&input);
        let request = Request::with_file(&self.address, &form.action, &form.pairs(), &input, content);
        Page::new(request.send(&self.address))
    }

    /// Presses "send", follows the redirect, and reads the receipt.
    pub fn confirm(&self, form: &Form) -> Receipt {
        let answer = self.submit(form);
        assert_eq!(answer.status(), 303, "{}", answer.text);
        self.receipt(answer.location())
    }

    /// Reads a receipt.
    pub fn receipt(&self, location: &str) -> Receipt {
        let page = self.open(location);
        assert_eq!(page.status(), 200, "{}", page.text);
        // `ABCD-EFGH` in the only element of this class.
        let html = page.answer.body.split("class=\"reference\"").nth(1).expect("a reference");
        let reference: String = html
            .split_once('>')
            .map(|(_, text)| text.replace("<strong>", "").chars().take_while(|c| *c != '<').collect())
            .unwrap();
        assert!(!reference.is_empty(), "{html}");
        Receipt { location: location.to_owned(), reference }
    }

    /// All of it: from the form's page to the receipt.
    pub fn send(&self, person: &Person) -> Receipt {
        self.confirm(&self.check(person))
    }
}
