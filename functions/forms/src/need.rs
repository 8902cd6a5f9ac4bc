//! The question path before a form: a few questions whose answers are links, and what follows from them. Nothing
//! is sent or kept; every question and every outcome is a page of its own.

use serde::{Deserialize, Serialize};

use crate::words::Words;

/// Whether somebody needs the form at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedCheck {
    /// The name of the path ("Treba li Vam nova isprava?").
    pub title: Words,
    /// Text above the first question; blank lines divide paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<Words>,
    /// The questions; the first one begins the path, answers lead only onward.
    pub questions: Vec<Question>,
    /// Where the path ends.
    pub outcomes: Vec<Outcome>,
}

/// A question with answers that are links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Name in the URL.
    pub id: String,
    /// The question.
    pub question: Words,
    /// A line under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Words>,
    /// What can be answered.
    pub answers: Vec<Reply>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The words of the link.
    pub label: Words,
    /// The question or outcome to which it leads.
    pub next: String,
}

/// An end of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Name in the URL.
    pub id: String,
    /// What follows, in a sentence.
    pub title: Words,
    /// What to do; blank lines divide paragraphs.
    pub text: Words,
    /// Whether the form is what the person needs; it stays within reach in any case.
    #[serde(default)]
    pub order: bool,
}

/// A page of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop<'a> {
    /// A question.
    Question(&'a Question),
    /// An end.
    Outcome(&'a Outcome),
}

impl NeedCheck {
    /// The page of a name; the first question where the name is empty.
    pub fn stop(&self, id: &str) -> Option<Stop<'_>> {
        if id.is_empty() {
            return self.questions.first().map(Stop::Question);
        }
        let question = self.questions.iter().find(|question| question.id == id).map(Stop::Question);
        question.or_else(|| self.outcomes.iter().find(|outcome| outcome.id == id).map(Stop::Outcome))
    }

    /// The names of all pages: empty for the first question, whose page begins the path.
    pub fn stops(&self) -> impl Iterator<Item = &str> {
        let later = self.questions.iter().skip(1).map(|question| question.id.as_str());
        let ends = self.outcomes.iter().map(|outcome| outcome.id.as_str());
        std::iter::once("").chain(later).chain(ends)
    }
}

impl Stop<'_> {
    /// What stands at the top of the page.
    pub fn title(&self, lang: &str) -> &str {
        match self {
            Self::Question(question) => question.question.get(lang),
            Self::Outcome(outcome) => outcome.title.get(lang),
        }
    }
}
