//! A dynoxide of one's own for measurements, which nobody has asked yet: every round finds one like the first.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use data_encoding::BASE64;
use serde_json::{Value, json};
use tests::http::Request;

use crate::table::signed;

/// More than what one round writes.
const ROOM_BYTES: usize = 64 << 20;
/// None is larger than DynamoDB's 400 kB.
const ROOM_ITEMS: usize = 200;

/// It is ended when the value goes.
pub struct Engine {
    /// Where its DynamoDB API is.
    pub endpoint: String,
    /// Ends it with its last command.
    tool: Child,
}

impl Engine {
    pub fn start() -> Self {
        let command = ["--optimized", "sh", "-c", "echo $ZAVICAJ_TEST_DYNAMODB; exec cat"];
        let mut tool = Command::new(tests::site::repository().join("tests/tools/with-dynoxide"))
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut endpoint = String::new();
        BufReader::new(tool.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
        assert!(endpoint.starts_with("http://"), "no dynoxide: {endpoint:?}");
        let engine = Self { endpoint: endpoint.trim_end().to_owned(), tool };
        engine.grow();
        engine
    }

    /// Fills a table and drops it. All that it holds lies in one block of memory: when that is full, one request waits
    /// some milliseconds until it is copied to a block of twice the size. Now there is room for what a round writes.
    fn grow(&self) {
        let name = "room";
        let keys = json!({ "AttributeName": "pk", "KeyType": "HASH" });
        let attributes = json!({ "AttributeName": "pk", "AttributeType": "S" });
        let content = BASE64.encode(&vec![0; ROOM_BYTES / ROOM_ITEMS]);
        self.ask(
            "CreateTable",
            json!({ "TableName": name, "KeySchema": [keys], "AttributeDefinitions": [attributes], "BillingMode": "PAY_PER_REQUEST" }),
        );
        for number in 0..ROOM_ITEMS {
            let item = json!({ "pk": { "S": number.to_string() }, "content": { "B": content } });
            self.ask("PutItem", json!({ "TableName": name, "Item": item }));
        }
        self.ask("DeleteTable", json!({ "TableName": name }));
    }

    fn ask(&self, action: &str, wish: Value) {
        let answer = Request::new("POST", "/")
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", &format!("DynamoDB_20120810.{action}"))
            .header("X-Amz-Date", "20261123T000000Z")
            .header("Authorization", &signed("test/20261123/eu-central-1/dynamodb/aws4_request"))
            .body(wish.to_string())
            .send(self.endpoint.trim_start_matches("http://"));
        assert_eq!(answer.status, 200, "{action}: {}", answer.body);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.tool.stdin.take());
        let _ = self.tool.wait();
    }
}
