//! The question path before a form from its YAML.

use super::node::Node;
use super::reader::{Context, MapReader};
use crate::need::{NeedCheck, Outcome, Question, Reply};

pub(super) fn need_check(
    context: &mut Context,
    map: &mut MapReader<'_>,
    languages: &[&str],
) -> Option<NeedCheck> {
    let node = map.node(context, "need_check")?;
    let mut map = MapReader::new(context, node, "need_check", "need_check");
    let need = NeedCheck {
        title: map.required_words(context, "title", languages),
        intro: map.words(context, "intro"),
        questions: list(context, &mut map, "questions", languages, question),
        outcomes: list(context, &mut map, "outcomes", languages, outcome),
    };
    map.finish(context);
    Some(need)
}

fn list<T>(
    context: &mut Context,
    map: &mut MapReader<'_>,
    key: &'static str,
    languages: &[&str],
    read: fn(&mut Context, &Node, &str, &[&str]) -> T,
) -> Vec<T> {
    let Some(node) = map.required(context, key) else { return Vec::new() };
    let path = map.path_of(key);
    let nodes = context.list(node, key);
    nodes
        .iter()
        .enumerate()
        .map(|(index, node)| read(context, node, &format!("{path}/{index}"), languages))
        .collect()
}

fn question(context: &mut Context, node: &Node, path: &str, languages: &[&str]) -> Question {
    let mut map = MapReader::new(context, node, path, "questions");
    let question = Question {
        id: map.required_text(context, "id"),
        question: map.required_words(context, "question", languages),
        hint: map.words(context, "hint"),
        answers: list(context, &mut map, "answers", languages, reply),
    };
    map.finish(context);
    question
}

fn reply(context: &mut Context, node: &Node, path: &str, languages: &[&str]) -> Reply {
    let mut map = MapReader::new(context, node, path, "answers");
    let reply = Reply {
        label: map.required_words(context, "label", languages),
        next: map.required_text(context, "next"),
    };
    map.finish(context);
    reply
}

fn outcome(context: &mut Context, node: &Node, path: &str, languages: &[&str]) -> Outcome {
    let mut map = MapReader::new(context, node, path, "outcomes");
    let outcome = Outcome {
        id: map.required_text(context, "id"),
        title: map.required_words(context, "title", languages),
        text: map.required_words(context, "text", languages),
        order: map.bool(context, "order"),
    };
    map.finish(context);
    outcome
}
