//! The operator's log: one JSON object a line on standard error, which Lambda collects; metrics ride on the same lines.
//!
//! Keys `timestamp`, `level`, `message`, `requestId` are those by which Lambda filters. Lines with `_aws` are in the
//! embedded metric format: CloudWatch counts them without a call of the function. Nothing that a person wrote is in an
//! [`Event`], so nothing of it can be here.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use functions::Event;
use jiff::Timestamp;
use lambda_http::Context;
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "Zavicaj";

/// Writes lines about one function. Clones write to the same place, about the same invocation.
#[derive(Clone)]
pub struct Journal {
    function: Arc<str>,
    /// Lambda sends one request at a time to an instance.
    current: Arc<Mutex<Current>>,
    out: Arc<Mutex<dyn Write + Send>>,
}

#[derive(Default)]
struct Current {
    request_id: String,
    trace_id: Option<String>,
}

/// How much somebody should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It works.
    Info,
    /// Somebody was refused, or something will be tried again.
    Warn,
    /// Somebody has to look at it.
    Error,
}

impl Journal {
    /// Lines on standard error.
    pub fn new(function: &str) -> Self {
        Self::into(function, Arc::new(Mutex::new(std::io::stderr())))
    }

    /// Lines to somewhere else.
    pub fn into(function: &str, out: Arc<Mutex<dyn Write + Send>>) -> Self {
        Self { function: function.into(), current: Arc::default(), out }
    }

    /// From now on lines are about this invocation.
    pub fn begin(&self, context: &Context) {
        let trace_id = context.xray_trace_id.as_deref().map(|whole| {
            let root = whole.split(';').find_map(|part| part.trim().strip_prefix("Root="));
            root.unwrap_or(whole).to_owned()
        });
        let current = Current { request_id: context.request_id.clone(), trace_id };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    /// An invocation ended; its length is a metric.
    pub fn end(&self, milliseconds: f64, first: bool) {
        let fields = json!({ "Latency": milliseconds, "first": first });
        self.metric(Level::Info, "done", fields, &["function"], ("Latency", "Milliseconds"));
    }

    /// What the handlers tell. Submissions are counted by form and outcome.
    pub fn hear(&self, event: &Event) {
        let mut fields = Map::new();
        for (name, value) in event.fields() {
            fields.insert(name.to_owned(), value.into());
        }
        let level = match event {
            Event::Accepted { .. } | Event::Changed { .. } => Level::Info,
            Event::Refused { .. } | Event::TrapFilled { .. } => Level::Warn,
            Event::Failed { .. } | Event::NoLetter { .. } | Event::NoCopy { .. } | Event::Panicked => {
                Level::Error
            }
        };
        let form = match event {
            Event::Accepted { form, .. } => Some(form.as_str()),
            Event::Failed { form, .. } => form.as_deref(),
            // `<form>/<step>`; other doors are the names of pages.
            Event::Refused { door, .. } => door.split_once('/').map(|(form, _)| form),
            _ => None,
        };
        match form {
            Some(form) => {
                fields.insert("form".to_owned(), form.into());
                fields.insert("outcome".to_owned(), event.name().into());
                fields.insert("Submissions".to_owned(), 1.into());
                let dimensions = ["form", "outcome"];
                self.metric(level, event.name(), fields.into(), &dimensions, ("Submissions", "Count"));
            }
            None => self.line(level, event.name(), fields.into()),
        }
    }

    /// One line. `fields` is an object.
    pub fn line(&self, level: Level, message: &str, fields: Value) {
        self.write(Timestamp::now(), level, message, fields);
    }

    /// One line that counts one, under a name for which an alarm may be set.
    pub fn count(&self, level: Level, message: &str, mut fields: Value, name: &str) {
        fields[name] = 1.into();
        self.metric(level, message, fields, &["function"], (name, "Count"));
    }

    fn metric(
        &self,
        level: Level,
        message: &str,
        mut fields: Value,
        by: &[&str],
        (name, unit): (&str, &str),
    ) {
        let now = Timestamp::now();
        fields["_aws"] = json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE, "Dimensions": [by], "Metrics": [{ "Name": name, "Unit": unit }],
            }],
        });
        self.write(now, level, message, fields);
    }

    fn write(&self, now: Timestamp, level: Level, message: &str, fields: Value) {
        let level = match level {
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        };
        let mut line = json!({
            "timestamp": now.to_string(), "level": level, "function": &*self.function, "message": message,
        });
        {
            let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            if !current.request_id.is_empty() {
                line["requestId"] = current.request_id.as_str().into();
            }
            if let Some(trace_id) = &current.trace_id {
                line["traceId"] = trace_id.as_str().into();
            }
        }
        if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
            line.extend(fields);
        }
        // At once: standard error has no buffer, and each part of the line would be a call of the system.
        let line = format!("{line}\n");
        // A log that cannot be written must not cost a submission.
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What came in each write.
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_written_at_once() {
        let writes = Writes::default();
        let journal = Journal::into("status", Arc::new(Mutex::new(writes.clone())));
        journal.end(1.5, true);
        journal.line(Level::Warn, "store-busy", json!({ "form": "registracija" }));
        let lines = writes.0.lock().unwrap();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for line in &*lines {
            let text = line.strip_suffix(b"\n").unwrap();
            assert!(serde_json::from_slice::<Value>(text).unwrap().is_object());
        }
    }

    #[test]
    fn what_is_counted_is_a_metric_by_the_function_alone() {
        let writes = Writes::default();
        let journal = Journal::into("notify", Arc::new(Mutex::new(writes.clone())));
        journal.count(Level::Error, "letter-given-up", json!({ "id": "0a1b" }), "LettersGivenUp");
        let line: Value = serde_json::from_slice(&writes.0.lock().unwrap()[0]).unwrap();
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            (&metrics["Namespace"], &metrics["Dimensions"]),
            (&json!("Zavicaj"), &json!([["function"]]))
        );
        assert_eq!(metrics["Metrics"], json!([{ "Name": "LettersGivenUp", "Unit": "Count" }]));
        assert_eq!(
            (&line["LettersGivenUp"], &line["function"], &line["id"]),
            (&json!(1), &json!("notify"), &json!("0a1b"))
        );
    }
}
