//! `zavicaj serve` and `zavicaj desk` over a DynamoDB table: the program with the feature `aws`, beside an engine.
//!
//! ```text
//! browser ─► zavicaj serve --store dynamodb ─► table (ministack) ◄─ zavicaj desk --store dynamodb
//!                  └► data/mail/*.eml
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod line;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tests::http::Request;
use tests::program::{Run, command, run};
use tests::{Person, Server, Site, eventually};

use crate::line::Line;

/// Where the engine is.
fn engine() -> String {
    let endpoint = std::env::var("ZAVICAJ_TEST_DYNAMODB").unwrap_or_default();
    assert!(!endpoint.is_empty(), "ZAVICAJ_TEST_DYNAMODB is not set: `tests/run stores` starts an engine");
    endpoint
}

/// A town whose submissions lie in a table of its own.
struct Town {
    site: Site,
    place: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Town {
    fn new(name: &str) -> Self {
        Self::over(name, engine())
    }

    fn over(name: &str, endpoint: String) -> Self {
        let variables = vec![
            ("ZAVICAJ_DYNAMODB_TABLE", format!("zavicaj-served-{}-{name}", std::process::id())),
            ("ZAVICAJ_DYNAMODB_ENDPOINT", endpoint),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ];
        Self { site: Site::shipped(), place: tempfile::tempdir().unwrap(), variables }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn start(&self) -> Server {
        let mut with_variables = Command::new("env");
        with_variables.args(self.variables.iter().map(|(name, value)| format!("{name}={value}")));
        let (data, keys) = (self.folder("data"), self.folder("keys"));
        Server::start_under(Some(with_variables), &self.site.root(), &data, &keys, &["--store", "dynamodb"])
    }

    /// Starts a server that has to give up.
    fn refused(&self, keys: &str, without: &str) -> Run {
        let [root, data, keys] = [self.site.root(), self.folder("data"), self.folder(keys)];
        let [root, data, keys] = [&root, &data, &keys].map(|path| path.to_str().unwrap());
        let mut command = command([
            "serve", "--store", "dynamodb", "--root", root, "--data", data, "--keys", keys, "--port", "0",
            "--lang", "en",
        ]);
        let variables = self.variables.iter().filter(|(name, _)| *name != without);
        run(command.env_remove(without).envs(variables.map(|(name, value)| (*name, value))))
    }

    /// A desk command that has to succeed, read as JSON.
    fn desk(&self, arguments: &[&str]) -> Value {
        let [root, data, keys] = [self.site.root(), self.folder("data"), self.folder("keys")];
        let [root, data, keys] = [&root, &data, &keys].map(|path| path.to_str().unwrap());
        let place =
            ["--root", root, "--data", data, "--keys", keys, "--lang", "en", "--json", "--store", "dynamodb"];
        let mut command = command(["desk"].into_iter().chain(arguments.iter().copied()).chain(place));
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        let done = run(command.env("XDG_RUNTIME_DIR", self.place.path()));
        assert_eq!(done.code, Some(0), "{arguments:?}: {}", done.err);
        serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("no JSON: {}", done.out))
    }

    /// Another command on the table, with other variables.
    fn command(&self, arguments: &[&str], other: &[(&str, &str)]) -> Run {
        let [root, data, keys] = [self.site.root(), self.folder("data"), self.folder("keys")];
        let [root, data, keys] = [&root, &data, &keys].map(|path| path.to_str().unwrap());
        let mut place = vec!["--root", root, "--lang", "en", "--store", "dynamodb"];
        place.extend(match arguments {
            // A copy seals nothing, and needs no keys.
            ["backup", ..] => vec!["--data", data],
            // Who compares names opens nothing.
            ["verify", "files", ..] => vec![],
            _ => vec!["--data", data, "--keys", keys],
        });
        let mut command = command(arguments.iter().copied().chain(place));
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        run(command.envs(other.iter().copied()))
    }

    /// As an operator does it with the AWS CLI.
    fn turns_recovery_on(&self) {
        let variable = |wanted| &self.variables.iter().find(|(name, _)| *name == wanted).unwrap().1;
        let asked = serde_json::json!({
            "TableName": variable("ZAVICAJ_DYNAMODB_TABLE"),
            "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        });
        let request = Request::new("POST", "/")
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", "DynamoDB_20120810.UpdateContinuousBackups")
            // The engine verifies no signature; it reads the region here.
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20261127/eu-central-1/dynamodb/aws4_request",
            )
            .body(asked.to_string().into_bytes());
        let engine = variable("ZAVICAJ_DYNAMODB_ENDPOINT").trim_start_matches("http://").to_owned();
        let answer = request.send(&engine);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    fn letters(&self) -> usize {
        fs::read_dir(self.folder("data/mail")).map_or(0, |letters| {
            letters
                .filter(|letter| letter.as_ref().unwrap().path().extension().is_some_and(|it| it == "eml"))
                .count()
        })
    }
}

#[test]
fn what_people_send_to_the_server_lies_in_the_table_and_the_desk_works_it() {
    let town = Town::new("walk");
    let server = town.start();
    assert!(server.said().contains("-walk (DynamoDB)"), "{}", server.said());
    let mut references = Vec::new();
    for person in Person::everybody() {
        let receipt = server.browser().send(&person);
        let queue = town.desk(&["list"]);
        let queue = queue.as_array().unwrap();
        assert!(queue.iter().any(|row| row["reference"] == receipt.reference.as_str()), "{queue:?}");
        let shown = town.desk(&["show", &receipt.reference]).to_string();
        let name = person.arrives["given_name"].as_str().unwrap();
        assert!(shown.contains(name), "{shown}");
        references.push(receipt.reference);
    }
    // Each submission causes one.
    eventually(40, "the letters", || (town.letters() >= references.len()).then_some(()));
    assert!(!town.folder("data/submissions.sqlite3").exists(), "nothing lies in a database of this machine");
    assert!(server.stop().success());

    // Another start finds everything again; a copy of the desk needs no server.
    let certificate = references.last().unwrap();
    let moved = town.desk(&["move", certificate, "entry_found"]);
    assert_eq!(moved["stage"], "entry_found");
    let server = town.start();
    assert_eq!(town.desk(&["show", certificate])["history_holds"], true);
    assert!(server.stop().success());

    // New keys would fit none of it.
    let refused = town.refused("other-keys", "");
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("-walk (DynamoDB) holds submissions"), "{}", refused.err);
    assert!(!town.folder("other-keys").exists(), "and none are made");
}

#[test]
fn what_is_missing_is_named_before_anything_is_made() {
    let town = Town::new("missing");
    for variable in ["ZAVICAJ_DYNAMODB_TABLE", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"] {
        let refused = town.refused("keys", variable);
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains(&format!("the variable {variable} is not set")), "{}", refused.err);
    }
    assert!(!town.folder("keys").exists());
}

#[test]
fn a_person_whose_submission_met_a_broken_line_keeps_everything_and_sends_again_once() {
    let line = Line::to(&engine());
    let town = Town::over("line", line.endpoint.clone());
    let server = town.start();
    let browser = server.browser();
    type Break = fn(&Line);
    let breaks: [Break; 2] = [Line::cut, Line::lose_answers];
    let mut sent = 0;
    for person in Person::everybody() {
        for (number, break_line) in breaks.into_iter().enumerate() {
            let person = person.clone().but("email", &format!("osoba{number}@example.org"));
            let confirm = browser.check(&person);
            break_line(&line);
            let refused = browser.submit(&confirm);
            assert_eq!(refused.status(), 503, "{}", refused.text);
            assert!(refused.text.contains("Ništa nije izgubljeno"), "{}", refused.text);
            assert!(refused.answer.header("retry-after").is_some());
            let again = refused.form(&person.action("potvrda"));
            assert_eq!(again.pairs(), confirm.pairs(), "everything is kept");
            line.mend();
            let written = town.desk(&["list"]).as_array().unwrap().len();
            assert_eq!(written, sent + number, "the second break comes after the write, the first before it");
            let receipt = browser.confirm(&again);
            assert_eq!(browser.confirm(&again), receipt, "and once more");
            sent += 1;
            let queue = town.desk(&["list"]);
            assert_eq!(queue.as_array().unwrap().len(), sent, "written once: {queue}");
            assert!(queue.to_string().contains(&receipt.reference));
        }
    }
    assert!(server.said().contains("store-busy"), "the operator is told why: {}", server.said());
    assert!(!server.said().contains("@example.org"));
}

#[test]
fn the_audit_trail_of_a_table_is_verified_and_signed_and_the_doctor_asks_the_table() {
    let town = Town::new("audit");
    let server = town.start();
    let person = &Person::everybody()[0];
    server.browser().send(person);
    assert!(server.stop().success());
    let looked = town.command(&["verify", "audit", "--checkpoint"], &[]);
    assert_eq!(looked.code, Some(0), "{}", looked.err);
    assert!(
        looked.out.contains("Records: 1,") && looked.out.contains("Signed the state: "),
        "{}",
        looked.out
    );
    // The server signs as well.
    let signed = |told: &str| -> usize {
        let number = told.split("signed states that hold: ").nth(1).unwrap().lines().next().unwrap();
        number.parse().unwrap()
    };
    let again = town.command(&["verify", "audit"], &[]);
    assert_eq!(signed(&again.out), signed(&looked.out) + 1, "{}", again.out);

    let doctor = town.command(&["doctor"], &[]);
    assert!(doctor.out.contains("-audit (DynamoDB) answers"), "{}{}", doctor.out, doctor.err);
    assert_eq!(doctor.code, Some(2), "{}", doctor.out);
    assert!(doctor.out.contains("moment in the past is off"), "{}", doctor.out);
    assert!(doctor.out.contains("aws dynamodb update-continuous-backups"), "{}", doctor.out);
    town.turns_recovery_on();
    let doctor = town.command(&["doctor"], &[]);
    assert!(doctor.out.contains("to every second of the last 35 days"), "{}", doctor.out);
    let lost = town.command(&["doctor"], &[("ZAVICAJ_DYNAMODB_TABLE", "another")]);
    assert_eq!(lost.code, Some(2));
    assert!(lost.out.contains("another (DynamoDB) does not answer"), "{}", lost.out);
    assert!(lost.out.contains("moment in the past is not known"), "{}", lost.out);
}

#[test]
fn the_bucket_of_attached_files_is_compared_with_the_table() {
    let town = Town::new("files");
    let unset = town.command(&["verify", "files"], &[]);
    assert_eq!(unset.code, Some(2));
    assert!(unset.err.contains("the variable ZAVICAJ_S3_BUCKET is not set"), "{}", unset.err);

    let (name, endpoint) = (format!("zavicaj-files-{}", std::process::id()), engine());
    let bucket = [("ZAVICAJ_S3_BUCKET", &*name), ("ZAVICAJ_S3_ENDPOINT", &*endpoint)];
    let nowhere = town.command(&["verify", "files", "--remove"], &bucket);
    assert_eq!(nowhere.code, Some(2), "a table that is not there names nothing: {}", nowhere.out);
    assert!(town.start().stop().success());
    let put = |path: &str, body: &str| {
        let made = Request::new("PUT", &format!("/{name}{path}"))
            .header("Authorization", "AWS4-HMAC-SHA256 Credential=test/20261123/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=00")
            .header("Content-Length", &body.len().to_string())
            .body(body)
            .send(endpoint.trim_start_matches("http://"));
        assert_eq!(made.status, 200, "{}", made.body);
    };
    put(
        "",
        "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>",
    );
    // It may belong to an arrival that is being written in this moment.
    put("/files/0123-4567", "sealed");
    let looked = town.command(&["verify", "files", "--remove"], &bucket);
    assert_eq!(
        (looked.code, looked.out.as_str()),
        (Some(0), "Files without a record: 0\n"),
        "{}",
        looked.err
    );
}

#[test]
fn what_only_one_machines_database_can_do_says_who_does_it_for_a_table() {
    let town = Town::new("elsewhere");
    let file = town.folder("copy");
    let backup = town.command(&["backup", file.to_str().unwrap()], &[]);
    assert_eq!(backup.code, Some(2));
    assert!(backup.err.contains("restore-table-to-point-in-time"), "{}", backup.err);
    assert!(!file.exists());
    let retired = town.command(&["keys", "retire", "hashing", "0123456789abcdef", "--yes"], &[]);
    assert_eq!(retired.code, Some(2));
    assert!(
        retired.err.contains("nobody can count") && retired.err.contains("nothing was changed"),
        "{}",
        retired.err
    );
}
