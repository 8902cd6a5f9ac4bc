//! The table of one deployment, and what lies in it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use sealing::{HashKey, HashKeys, Identity, Keys};
use serde_json::Value;
use store::{Records as _, Reference};
use store_dynamodb::{Credentials, DynamoStore, Settings, create_table};

/// Where the DynamoDB API is, for example `http://127.0.0.1:4566`; `tests/tools/with-ministack` sets it.
const ENDPOINT: &str = "ZAVICAJ_TEST_DYNAMODB";

pub struct Table {
    settings: Settings,
    runtime: tokio::runtime::Runtime,
    desk: Identity,
    hashing_key: String,
    desk_recipients: String,
    service_recipient: String,
}

impl Table {
    pub fn create(keys: &Path) -> Self {
        let endpoint = std::env::var(ENDPOINT);
        let endpoint = endpoint
            .unwrap_or_else(|_| panic!("{ENDPOINT} is not set: `tests/run lambda` starts a DynamoDB API"));
        let made = Keys::open_or_create(keys).unwrap();
        let read = |name: &str| fs::read_to_string(keys.join(name)).unwrap();
        let desk_recipients: Vec<_> = read("service/desk-recipients.txt")
            .lines()
            .filter(|line| line.starts_with("age1"))
            .map(str::to_owned)
            .collect();
        let number = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let table = Self {
            settings: Settings {
                table: format!("zavicaj-{}-{number}", std::process::id()),
                region: "eu-central-1".to_owned(),
                endpoint: Some(endpoint),
                files: None,
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
        };
        let client = table.settings.client();
        table.runtime.block_on(create_table(&client, &table.settings.table)).unwrap();
        table
    }

    /// What a deployment gives to its functions.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let key = self.hashing_key.lines().find(|line| !line.starts_with('#')).unwrap().trim();
        [
            ("ZAVICAJ_DYNAMODB_TABLE", self.settings.table.as_str()),
            ("ZAVICAJ_DYNAMODB_ENDPOINT", self.settings.endpoint.as_deref().unwrap()),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("ZAVICAJ_HASHING_KEY", key),
            ("ZAVICAJ_DESK_RECIPIENTS", &self.desk_recipients),
            ("ZAVICAJ_SERVICE_RECIPIENT", &self.service_recipient),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
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

fn as_text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::B(bytes) => String::from_utf8_lossy(bytes.as_ref()).into_owned(),
        other => format!("{other:?}"),
    }
}
