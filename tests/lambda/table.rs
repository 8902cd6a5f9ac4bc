//! The table of one deployment, and what lies in it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use sealing::{HashKey, HashKeys, Identity, Keys};
use serde_json::Value;
use store::{Records as _, Reference};
use store_dynamodb::{Bucket, Credentials, DynamoStore, Settings, create_table};

/// Where the DynamoDB API is, for example `http://127.0.0.1:4566`; `tests/tools/with-ministack` sets it.
pub fn endpoint() -> String {
    set("ZAVICAJ_TEST_DYNAMODB")
}

/// Where everything else of AWS is: buckets, secrets, letters.
fn services() -> String {
    set("ZAVICAJ_TEST_S3")
}

fn set(variable: &str) -> String {
    let value = std::env::var(variable);
    value.unwrap_or_else(|_| panic!("{variable} is not set: `tests/run lambda` starts what it names"))
}

pub struct Table {
    settings: Settings,
    runtime: tokio::runtime::Runtime,
    desk: Identity,
    hashing_key: String,
    desk_recipients: String,
    service_recipient: String,
    /// Variables with names of secrets.
    secrets: Vec<(&'static str, String)>,
}

impl Table {
    /// A new one, with a bucket of its own.
    pub fn create(endpoint: String, keys: &Path) -> Self {
        let number = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let name = format!("zavicaj-{}-{number}", std::process::id());
        let mut table = Self::named(name, endpoint, keys);
        let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
        table.of_bucket("PUT", "", place);
        for (variable, file) in [
            ("ZAVICAJ_HASHING_KEY_SECRET", "hashing.key"),
            ("ZAVICAJ_SERVICE_IDENTITY_SECRET", "identity.age"),
            ("ZAVICAJ_RECEIPT_KEY_SECRET", "receipt.key"),
        ] {
            let text = fs::read_to_string(keys.join("service").join(file)).unwrap();
            let name = table.keep_secret(file, &text);
            table.secrets.push((variable, name));
        }
        let client = table.settings.client();
        table.runtime.block_on(create_table(&client, &table.settings.table)).unwrap();
        table
    }

    fn named(table: String, endpoint: String, keys: &Path) -> Self {
        let files = Bucket { name: table.clone(), endpoint: Some(services()) };
        let made = Keys::open_or_create(keys).unwrap();
        let read = |name: &str| fs::read_to_string(keys.join(name)).unwrap();
        let desk_recipients: Vec<_> = read("service/desk-recipients.txt")
            .lines()
            .filter(|line| line.starts_with("age1"))
            .map(str::to_owned)
            .collect();
        Self {
            settings: Settings {
                table,
                region: "eu-central-1".to_owned(),
                endpoint: Some(endpoint),
                files: Some(files),
                credentials: Credentials {
                    access_key_id: "test".to_owned(),
                    secret_access_key: "test".to_owned(),
                    session_token: None,
                },
            },
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            desk: read("desk/identity.age").parse().unwrap(),
            hashing_key: read("service/hashing.key"),
            desk_recipients: desk_recipients.join(","),
            service_recipient: made.service_identity.recipient().to_string(),
            secrets: Vec::new(),
        }
    }

    /// The DynamoDB API that it is in.
    pub fn endpoint(&self) -> &str {
        self.settings.endpoint.as_deref().unwrap()
    }

    /// What a deployment gives to its functions.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let secrets = self.secrets.iter().map(|(variable, name)| (*variable, name.as_str()));
        let files = self.settings.files.as_ref().unwrap();
        let all = [
            ("ZAVICAJ_S3_BUCKET", files.name.as_str()),
            ("ZAVICAJ_S3_ENDPOINT", files.endpoint.as_deref().unwrap()),
            ("ZAVICAJ_DYNAMODB_TABLE", self.settings.table.as_str()),
            ("ZAVICAJ_DYNAMODB_ENDPOINT", self.endpoint()),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_ENDPOINT_URL", files.endpoint.as_deref().unwrap()),
            ("ZAVICAJ_DESK_RECIPIENTS", &self.desk_recipients),
            ("ZAVICAJ_SERVICE_RECIPIENT", &self.service_recipient),
        ];
        all.into_iter().chain(secrets).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Puts a secret where functions look for it; answers its name.
    pub fn keep_secret(&self, what: &str, text: &str) -> String {
        let name = format!("{}/{what}", self.settings.table);
        let wish =
            serde_json::json!({ "Name": name, "SecretString": text, "ClientRequestToken": "0".repeat(32) });
        let scope = "test/20261123/eu-central-1/secretsmanager/aws4_request";
        let answer = tests::http::Request::new("POST", "/")
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", "secretsmanager.CreateSecret")
            .header("Authorization", &signed(scope))
            .body(wish.to_string())
            .send(services().trim_start_matches("http://"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        name
    }

    /// Asks the bucket itself, and answers what it said.
    fn of_bucket(&self, method: &str, query: &str, body: &str) -> String {
        let name = &self.settings.files.as_ref().unwrap().name;
        let request = tests::http::Request::new(method, &format!("/{name}{query}"))
            .header("Authorization", &signed("test/20261123/eu-central-1/s3/aws4_request"))
            .body(body);
        // Only a POST says its length by itself.
        let request = match method {
            "PUT" => request.header("Content-Length", &body.len().to_string()),
            _ => request,
        };
        let answer = request.send(services().trim_start_matches("http://"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// How many objects lie in the bucket.
    pub fn objects(&self) -> usize {
        self.of_bucket("GET", "?list-type=2", "").matches("<Key>").count()
    }

    /// Time passes: every lease is over, and every letter that was postponed is due.
    pub fn leases_end(&self) {
        let client = self.settings.client();
        for item in self.items().into_iter().filter(|item| item.contains_key("outbox_shard")) {
            let key = |name: &str| AttributeValue::S(item[name].clone());
            let update = client
                .update_item()
                .table_name(&self.settings.table)
                .key("pk", key("pk"))
                .key("sk", key("sk"))
                .update_expression("SET next_attempt_at = :then")
                .expression_attribute_values(":then", AttributeValue::N("1".to_owned()));
            self.runtime.block_on(update.send()).unwrap();
        }
    }

    /// Ids of the letters that wait, and of those that were handed over.
    pub fn letters(&self) -> (Vec<String>, Vec<String>) {
        let letters = self.items().into_iter().filter(|item| item["sk"] == "message");
        let (waiting, sent): (Vec<_>, Vec<_>) = letters.partition(|item| !item.contains_key("delivered_at"));
        let ids = |items: Vec<HashMap<String, String>>| {
            items.iter().map(|item| item["pk"].strip_prefix("outbox#").unwrap().to_owned()).collect()
        };
        (ids(waiting), ids(sent))
    }

    /// Every item as text: keys and all attributes, bytes as the letters they may be.
    pub fn items(&self) -> Vec<HashMap<String, String>> {
        let client = self.settings.client();
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let page = client.scan().table_name(&self.settings.table).set_exclusive_start_key(start).send();
            let page = self.runtime.block_on(page).unwrap();
            for item in page.items() {
                items.push(item.iter().map(|(name, value)| (name.clone(), as_text(value))).collect());
            }
            start = page.last_evaluated_key().cloned();
            if start.is_none() {
                return items;
            }
        }
    }

    /// How many items of a kind there are: `submission`, `message`, `check`, `payload`.
    pub fn count(&self, kind: &str) -> usize {
        self.items().iter().filter(|item| item["sk"] == kind).count()
    }

    fn audit(&self) -> HashKeys {
        let key = self.hashing_key.lines().find(|line| !line.starts_with('#')).unwrap();
        HashKeys::new(HashKey::from_hex(key).unwrap().derive("audit"), Vec::new())
    }

    /// What the registrar reads under a number.
    pub fn opened(&self, reference: &str) -> Value {
        let reference: Reference = reference.parse().unwrap();
        let store = DynamoStore::open(&self.settings, self.audit());
        let record = self.runtime.block_on(store.read(&reference)).unwrap().expect("a record");
        record.verify_audit(&self.audit()).unwrap();
        serde_json::from_slice(&self.desk.unseal(&record.payload).unwrap()).unwrap()
    }
}

/// The emulator asks who it is, and believes everybody.
pub fn signed(scope: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
}

fn as_text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::B(bytes) => String::from_utf8_lossy(bytes.as_ref()).into_owned(),
        other => format!("{other:?}"),
    }
}
