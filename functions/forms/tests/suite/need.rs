use forms::Form;
use forms::html::{NeedView, need_page, need_url};
use forms::need::Stop;

use crate::support::{LANGUAGES, definition, shipped, strings};

const PATH: &str = "need_check:
  title: {hr: Treba li?}
  questions:
    - id: one
      question: {hr: Prvo?}
      answers:
        - {label: {hr: Da}, next: two}
        - {label: {hr: Ne}, next: end}
    - id: two
      question: {hr: Drugo?}
      answers:
        - {label: {hr: Da}, next: end}
  outcomes:
    - {id: end, title: {hr: Kraj}, text: {hr: Gotovo.}, order: true}
";

fn problems(path: &str) -> Vec<String> {
    let source = format!("{path}{}", definition("- {id: a, kind: name, label: {hr: A}}"));
    let found = Form::from_yaml("proba", &source, &["hr"]).err().unwrap_or_default();
    found
        .iter()
        .map(|problem| {
            let help = problem.help.as_ref().map_or("", |help| help.en.as_str());
            format!("{}:{} {} {} {help}", problem.line, problem.column, problem.code, problem.message.en)
        })
        .collect()
}

#[test]
fn a_path_that_leads_nowhere_is_refused_with_its_place() {
    assert!(problems(PATH).is_empty());
    let wrong = PATH.replace("next: two", "next: tow").replace(
        "      answers:\n        - {label: {hr: Da}, next: end}",
        "      answers:\n        - {label: {hr: Da}, next: one}",
    );
    insta::assert_snapshot!(problems(&wrong).join("\n"));
}

#[test]
fn every_answer_of_the_shipped_path_leads_on_and_every_way_ends_at_the_form() {
    let form = shipped("zahtjev-za-ispravu");
    let need = form.need_check().unwrap();
    let url = "/obrasci/zahtjev-za-ispravu/";
    for lang in LANGUAGES {
        let strings = strings(lang);
        let pages: Vec<&str> = need.stops().collect();
        for name in &pages {
            let stop = need.stop(name).unwrap();
            let html =
                need_page(&NeedView { need, stop, lang, strings: &strings, form_url: url }).into_string();
            assert!(html.contains(&format!("href=\"{url}\"")), "{name}: the form is within reach");
            assert!(!html.contains('«') && !html.contains("<script") && !html.contains("<form"), "{name}");
            for link in html.split("href=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)) {
                assert!(
                    link == url || pages.iter().any(|known| need_url(url, known) == link),
                    "{name}: {link}"
                );
            }
        }
    }
    assert!(need.stop("nothing").is_none());
    assert!(need.outcomes.iter().any(|outcome| outcome.order));
}

#[test]
fn who_holds_a_certificate_since_mid_2013_is_told_first_that_none_is_needed() {
    let form = shipped("zahtjev-za-ispravu");
    let need = form.need_check().unwrap();
    let follow = |id: &str, answer: usize| {
        let Some(Stop::Question(question)) = need.stop(id) else { panic!("{id} is no question") };
        question.answers[answer].next.clone()
    };
    let second = follow("", 0);
    let Some(Stop::Outcome(outcome)) = need.stop(&follow(&second, 0)) else { panic!("no outcome") };
    assert!(!outcome.order);
    assert!(outcome.text.get("hr").contains("nemaju rok valjanosti"));
}
