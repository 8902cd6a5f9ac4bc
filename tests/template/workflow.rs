//! .github/workflows/site.yaml: what runs for whom, and that nothing of it can be turned against the town.

use std::fs;

use serde_json::Value;

fn workflow() -> Value {
    let path = tests::site::repository().join(".github/workflows/site.yaml");
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn steps(job: &Value) -> &Vec<Value> {
    job["steps"].as_array().unwrap()
}

#[test]
fn a_pull_request_is_checked_and_can_publish_nothing() {
    let workflow = workflow();
    assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }));
    let check = &workflow["jobs"]["check"];
    assert!(check["permissions"].is_null() && check["environment"].is_null());
    assert_eq!(check["if"], "github.event_name == 'pull_request'");
    // A pull request of a stranger runs with these rights, never with those of the repository.
    assert!(
        workflow["on"].get("pull_request").is_some() && workflow["on"].get("pull_request_target").is_none()
    );
    let runs: Vec<_> = steps(check).iter().filter_map(|step| step["run"].as_str()).collect();
    assert!(runs.iter().any(|run| run.contains("zavicaj build --format github")), "{runs:?}");
    let preview = steps(check).iter().find(|step| step["with"]["name"] == "preview").unwrap();
    assert!(preview["with"]["path"].as_str().unwrap().contains("!public/.zavicaj"), "not for visitors");
}

#[test]
fn publishing_uses_a_role_for_the_moment_and_no_stored_key() {
    let workflow = workflow();
    let publish = &workflow["jobs"]["publish"];
    assert_eq!(publish["permissions"]["id-token"], "write");
    assert_eq!(publish["environment"], "production");
    assert!(publish["if"].as_str().unwrap().contains("github.event_name != 'pull_request'"));
    assert!(!workflow.to_string().contains("secrets."), "there is no secret to be stored");
    let deploys = steps(publish)
        .iter()
        .filter_map(|step| step["run"].as_str())
        .any(|run| run.contains("functions/deploy"));
    assert!(deploys && workflow["on"]["schedule"][0]["cron"].is_string());
}

/// GitHub keeps one run of a group waiting, and ends the one that waited before.
#[test]
fn an_hour_in_which_nothing_is_due_pushes_out_no_publication_and_none_goes_untested() {
    let workflow = workflow();
    assert!(workflow["concurrency"].is_null());
    let (due, publish) = (&workflow["jobs"]["due"], &workflow["jobs"]["publish"]);
    assert!(due["concurrency"].is_null() && due["if"].as_str().unwrap().contains("'schedule'"));
    assert_eq!(
        publish["concurrency"],
        serde_json::json!({ "group": "publish", "cancel-in-progress": false })
    );
    assert_eq!(publish["needs"], "due");
    let asks = publish["if"].as_str().unwrap();
    assert!(asks.contains("!cancelled()") && asks.contains("needs.due.outputs.answer == 'due'"), "{asks}");
    let tests = steps(publish).iter().find(|step| step["name"] == "Tests").unwrap();
    assert!(tests["if"].is_null(), "{tests}");
}

/// GitHub puts `${{ … }}` into a script as text: what somebody else wrote would be run.
#[test]
fn no_expression_becomes_part_of_a_script() {
    for job in workflow()["jobs"].as_object().unwrap().values() {
        for step in steps(job) {
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{run}");
        }
    }
}
