//! A page as a person without script sees it: title, text, links, forms.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::http::Answer;

/// Elements without an end tag (HTML standard, 13.1.2).
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// An answer that is a page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Status, headers, HTML.
    pub answer: Answer,
    /// The text in the window's title.
    pub title: String,
    /// The text of the first heading.
    pub heading: String,
    /// All text, with single spaces.
    pub text: String,
    /// Targets and texts of links.
    pub links: Vec<(String, String)>,
    /// Targets and texts of the links in the summary of errors.
    pub errors: Vec<(String, String)>,
    /// The `id`s on the page.
    pub ids: Vec<String>,
    /// The forms.
    pub forms: Vec<Form>,
}

/// A form with what is in it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Its `id`.
    pub id: String,
    /// Where it posts to.
    pub action: String,
    /// Its controls in order.
    pub controls: Vec<Control>,
}

/// An input, select, text area or button.
#[derive(Debug, Clone)]
pub struct Control {
    /// Its `type`; `textarea`, `select` and `submit` for those elements.
    pub kind: String,
    /// Its posted name.
    pub name: String,
    /// Its value now.
    pub value: String,
    /// Ticked, of a radio or checkbox.
    pub ticked: bool,
    /// The values of a select's options.
    pub options: Vec<String>,
    /// The form it names instead of the one around it.
    owner: String,
}

impl Page {
    /// Reads an answer.
    pub fn new(answer: Answer) -> Self {
        let mut reading = Reading::default();
        // Browsers read both line ends as one character (HTML standard, 13.2.3.5).
        reading.read(&answer.body.replace("\r\n", "\n"));
        let mut page = reading.finish(answer);
        page.text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
        page
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    /// The form that posts to `action`.
    pub fn form(&self, action: &str) -> Form {
        let form = self.forms.iter().find(|form| form.action == action);
        form.unwrap_or_else(|| {
            panic!("no form to {action} on the page “{}” ({}): {}", self.title, self.status(), self.text)
        })
        .clone()
    }

    /// Whether files can be added here.
    pub fn asks_for_files(&self) -> bool {
        self.forms.iter().any(|form| form.controls.iter().any(|control| control.kind == "file"))
    }

    /// The form with an `id`.
    pub fn form_with_id(&self, id: &str) -> Form {
        let form = self.forms.iter().find(|form| form.id == id);
        form.unwrap_or_else(|| panic!("no form {id} on the page “{}”: {}", self.title, self.text)).clone()
    }

    /// The form with an input for files of this name.
    pub fn form_for_file(&self, input: &str) -> Form {
        let has = |form: &&Form| {
            form.controls.iter().any(|control| control.kind == "file" && control.name == input)
        };
        let form = self.forms.iter().find(has);
        form.unwrap_or_else(|| panic!("nothing takes {input} on the page “{}”: {}", self.title, self.text))
            .clone()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        let location = self.answer.header("location");
        location.unwrap_or_else(|| panic!("{} is no redirect: {}", self.status(), self.text))
    }
}

impl Form {
    /// Fills in an answer as a person would: types, chooses or ticks. The control must be there.
    pub fn fill(&mut self, name: &str, value: &str) -> &mut Self {
        let mut found = false;
        for control in self.controls.iter_mut().filter(|control| control.name == name) {
            match control.kind.as_str() {
                "radio" => {
                    control.ticked = control.value == value;
                    found |= control.ticked;
                }
                "checkbox" if control.value == value => (control.ticked, found) = (true, true),
                "checkbox" | "hidden" | "submit" => {}
                "select" => {
                    assert!(control.options.iter().any(|option| option == value), "{name} offers no {value}");
                    (control.value, found) = (value.to_owned(), true);
                }
                _ => (control.value, found) = (value.to_owned(), true),
            }
        }
        assert!(found, "the form has no {name} that takes {value:?}");
        self
    }

    /// Fills in several answers.
    pub fn fill_all(&mut self, answers: &[(String, String)]) -> &mut Self {
        for (name, value) in answers {
            self.fill(name, value);
        }
        self
    }

    /// What stands in a control now; of radios and checkboxes what is ticked.
    pub fn value(&self, name: &str) -> String {
        let now = self.controls.iter().filter(|control| control.name == name && control.is_successful());
        now.map(|control| control.value.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What is posted when the first button is pressed (or Enter).
    pub fn pairs(&self) -> Vec<(String, String)> {
        let successful = self.controls.iter().filter(|control| control.is_successful());
        // In text areas line breaks are sent as two characters (HTML standard, 4.10.21.4).
        successful.map(|control| (control.name.clone(), control.value.replace('\n', "\r\n"))).collect()
    }

    /// What is posted when the named button is pressed.
    pub fn pairs_with(&self, button: &str, value: &str) -> Vec<(String, String)> {
        let is_it =
            |control: &&Control| control.kind == "submit" && control.name == button && control.value == value;
        let button = self.controls.iter().find(is_it).unwrap_or_else(|| panic!("no button {button}={value}"));
        let mut pairs = self.pairs();
        pairs.push((button.name.clone(), button.value.clone()));
        pairs
    }
}

impl Control {
    fn is_successful(&self) -> bool {
        match self.kind.as_str() {
            // A file is sent by [`crate::Browser::attach`] only.
            "submit" | "file" => false,
            "radio" | "checkbox" => self.ticked,
            _ => !self.name.is_empty(),
        }
    }
}

/// What is known while tags go by.
#[derive(Default)]
struct Reading {
    title: String,
    heading: String,
    text: String,
    links: Vec<(String, String, bool)>,
    ids: Vec<String>,
    forms: Vec<Form>,
    loose: Vec<Control>,
    open: Vec<String>,
    /// How deep the summary of errors is, if we are in it.
    summary: Option<usize>,
    in_form: bool,
}

impl Reading {
    fn read(&mut self, html: &str) {
        let mut reader = Reader::from_str(html);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return,
                Ok(Event::Start(tag)) => self.begin(&tag),
                Ok(Event::Empty(tag)) => {
                    self.begin(&tag);
                    self.end(&name_of(&tag));
                }
                Ok(Event::End(tag)) => self.end(tag.name().as_ref()),
                Ok(Event::Text(text)) => self.say(&text.into_inner()),
                Ok(Event::GeneralRef(entity)) => {
                    let entity = format!("&{};", &*entity);
                    self.say(&quick_xml::escape::unescape(&entity).unwrap_or_default());
                }
                Ok(_) => {}
                Err(error) => panic!("the page cannot be read: {error}\n{html}"),
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>) {
        let name = name_of(tag);
        if !VOID.contains(&name.as_str()) {
            self.open.push(name.clone());
        }
        self.ids.extend(attribute(tag, "id"));
        let get = |name| attribute(tag, name).unwrap_or_default();
        if get("class").split(' ').any(|class| class == "error-summary") {
            self.summary = Some(self.open.len());
        }
        match name.as_str() {
            "a" => self.links.push((get("href"), String::new(), self.summary.is_some())),
            "form" => {
                self.in_form = true;
                self.forms.push(Form { id: get("id"), action: get("action"), controls: Vec::new() });
            }
            "input" | "textarea" | "select" | "button" => {
                let kind = match name.as_str() {
                    "input" => attribute(tag, "type").unwrap_or_else(|| "text".to_owned()),
                    "button" => "submit".to_owned(),
                    other => other.to_owned(),
                };
                let control = Control {
                    kind,
                    name: get("name"),
                    value: get("value"),
                    ticked: attribute(tag, "checked").is_some(),
                    options: Vec::new(),
                    owner: get("form"),
                };
                if control.owner.is_empty() && self.in_form {
                    self.forms.last_mut().unwrap().controls.push(control);
                } else {
                    self.loose.push(control);
                }
            }
            "option" => {
                if let Some(select) = self.control().filter(|control| control.kind == "select") {
                    select.options.push(get("value"));
                    if attribute(tag, "selected").is_some() {
                        select.value = get("value");
                    }
                }
            }
            // Text on both sides of a line break is not one word.
            "br" => self.text.push(' '),
            _ => {}
        }
    }

    fn control(&mut self) -> Option<&mut Control> {
        self.forms.last_mut()?.controls.last_mut()
    }

    fn end(&mut self, name: &str) {
        match name {
            "form" => self.in_form = false,
            // The parser of HTML drops one line break right after the start tag.
            "textarea" => {
                if let Some(area) = self.control() {
                    area.value = area.value.strip_prefix('\n').unwrap_or(&area.value).to_owned();
                }
            }
            _ => {}
        }
        if let Some(at) = self.open.iter().rposition(|open| open == name) {
            self.open.truncate(at);
        }
        if self.summary.is_some_and(|depth| self.open.len() < depth) {
            self.summary = None;
        }
        if !["b", "em", "strong", "span", "a", "abbr"].contains(&name) {
            self.text.push(' ');
        }
    }

    fn say(&mut self, text: &str) {
        let inside = |name: &str| self.open.iter().any(|open| open == name);
        if inside("title") && !inside("svg") {
            self.title.push_str(text);
        }
        if inside("textarea") {
            if let Some(area) = self.control() {
                area.value.push_str(text);
            }
            return;
        }
        if inside("a")
            && let Some(link) = self.links.last_mut()
        {
            link.1.push_str(text);
        }
        if inside("h1") {
            self.heading.push_str(text);
        }
        if inside("body") && !inside("script") && !inside("option") {
            self.text.push_str(text);
        }
    }

    fn finish(mut self, answer: Answer) -> Page {
        for control in self.loose {
            let owner = self.forms.iter_mut().find(|form| !form.id.is_empty() && form.id == control.owner);
            if let Some(form) = owner {
                form.controls.push(control);
            }
        }
        let of = |in_summary: bool| {
            let links = self.links.iter().filter(|link| link.2 == in_summary);
            links.map(|(to, text, _)| (to.clone(), text.trim().to_owned())).collect()
        };
        Page {
            answer,
            errors: of(true),
            links: of(false),
            title: self.title.trim().to_owned(),
            heading: self.heading.trim().to_owned(),
            text: self.text,
            ids: self.ids,
            forms: self.forms,
        }
    }
}

fn name_of(tag: &BytesStart<'_>) -> String {
    tag.name().as_ref().to_ascii_lowercase()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        tag.html_attributes().with_checks(false).flatten().find(|found| found.key.as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).unwrap().into_owned())
}
