//! One conditional transaction: its actions, what DynamoDB says to them, and the wait before the next attempt.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use store::StoreError;

use crate::failure::{from_code, store_error};
use crate::item::Attributes;
use crate::keys::Key;

/// How often a transaction that met another one is tried before the caller is asked to come back.
pub(crate) const ATTEMPTS: usize = 8;
const FIRST_WAIT_MS: u64 = 20;
const LONGEST_WAIT_MS: u64 = 1000;

/// How many actions one transaction of DynamoDB may have.
const MOST_ACTIONS: usize = 100;

const NEW: &str = "attribute_not_exists(pk)";

/// What an action of a transaction is for, so that the reason of a cancellation can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The check key is used up.
    CheckKey,
    /// The newest equal answers.
    Answers,
    /// A one-time token is used up.
    Token,
    /// A staged file becomes part of a record, or goes.
    File,
    /// How many files a batch has.
    Batch,
    /// The mark of an object in the bucket.
    Upload,
    /// The submission and what lies beside it.
    Record,
    /// The id of a message or of a parcel.
    Id,
    /// What has no condition.
    Unconditional,
}

/// What DynamoDB said to one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// All of it is written.
    Written,
    /// Refused because of an item that this action found; nothing was written.
    Refused(Purpose),
    /// Met another transaction, or too many; nothing was written.
    Met,
}

/// A condition, and the values that it names.
pub(crate) struct Condition<'a> {
    pub(crate) expression: &'a str,
    pub(crate) values: Vec<(&'a str, AttributeValue)>,
}

impl<'a> Condition<'a> {
    pub(crate) fn plain(expression: &'a str) -> Self {
        Self { expression, values: Vec::new() }
    }

    pub(crate) fn with(expression: &'a str, name: &'a str, value: AttributeValue) -> Self {
        Self { expression, values: vec![(name, value)] }
    }
}

/// The actions of one transaction, in the order in which their refusals count.
pub(crate) struct Transaction<'a> {
    table: &'a str,
    purposes: Vec<Purpose>,
    actions: Vec<TransactWriteItem>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn on(table: &'a str) -> Self {
        Self { table, purposes: Vec::new(), actions: Vec::new() }
    }

    #[cfg(test)]
    pub(crate) fn actions(&self) -> &[TransactWriteItem] {
        &self.actions
    }

    /// How many more actions fit.
    pub(crate) fn room(&self) -> usize {
        MOST_ACTIONS.saturating_sub(self.actions.len())
    }

    /// Writes an item that no other may be in the place of.
    pub(crate) fn put_new(&mut self, purpose: Purpose, item: Attributes) -> Result<(), StoreError> {
        self.put_if(purpose, item, Some(Condition::plain(NEW)))
    }

    /// Writes an item, whatever was in its place, if the condition holds for that.
    pub(crate) fn put_if(
        &mut self,
        purpose: Purpose,
        item: Attributes,
        condition: Option<Condition<'_>>,
    ) -> Result<(), StoreError> {
        let mut put = Put::builder().table_name(self.table).set_item(Some(item));
        if let Some(condition) = condition {
            put = put
                .condition_expression(condition.expression)
                .set_expression_attribute_names(names_in(condition.expression));
            for (name, value) in condition.values {
                put = put.expression_attribute_values(name, value);
            }
        }
        self.add(purpose, TransactWriteItem::builder().put(put.build().map_err(not_built)?).build());
        Ok(())
    }

    /// Writes nothing in this place, and asks that the condition holds for what is there.
    pub(crate) fn check(
        &mut self,
        purpose: Purpose,
        key: Key,
        condition: Condition<'_>,
    ) -> Result<(), StoreError> {
        let mut check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition.expression)
            .set_expression_attribute_names(names_in(condition.expression));
        for (name, value) in condition.values {
            check = check.expression_attribute_values(name, value);
        }
        let check = check.build().map_err(not_built)?;
        self.add(purpose, TransactWriteItem::builder().condition_check(check).build());
        Ok(())
    }

    /// Changes an item as `expression` says; the values are those of the expression and of the condition.
    pub(crate) fn update(
        &mut self,
        purpose: Purpose,
        key: Key,
        expression: &str,
        values: Vec<(&str, AttributeValue)>,
        condition: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut update = Update::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .update_expression(expression)
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_names(names_in(&format!(
                "{expression} {}",
                condition.unwrap_or_default()
            )));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        self.add(purpose, TransactWriteItem::builder().update(update.build().map_err(not_built)?).build());
        Ok(())
    }

    /// Removes an item, if the condition holds for it.
    pub(crate) fn delete(
        &mut self,
        purpose: Purpose,
        key: Key,
        condition: Option<Condition<'_>>,
    ) -> Result<(), StoreError> {
        let mut delete = Delete::builder().table_name(self.table).set_key(Some(key.attributes()));
        if let Some(condition) = condition {
            delete = delete
                .condition_expression(condition.expression)
                .set_expression_attribute_names(names_in(condition.expression));
            for (name, value) in condition.values {
                delete = delete.expression_attribute_values(name, value);
            }
        }
        self.add(purpose, TransactWriteItem::builder().delete(delete.build().map_err(not_built)?).build());
        Ok(())
    }

    fn add(&mut self, purpose: Purpose, action: TransactWriteItem) {
        self.purposes.push(purpose);
        self.actions.push(action);
    }

    /// Sends it once. The SDK repeats a call whose answer was lost under the same request token, so that such a
    /// repetition cannot refuse itself.
    pub(crate) async fn commit(self, client: &Client) -> Result<Attempt, StoreError> {
        if self.actions.len() > MOST_ACTIONS {
            return Err(StoreError::Failed("DynamoDB: too much for one transaction".to_owned()));
        }
        let answer = client.transact_write_items().set_transact_items(Some(self.actions)).send().await;
        let Err(error) = answer else {
            return Ok(Attempt::Written);
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        {
            return decide(&self.purposes, cancelled.cancellation_reasons());
        }
        // The SDK has waited and repeated by now, where that could help.
        Err(store_error(&error))
    }
}

/// The first action that was not content decides: a refusal behind a conflict may be of another kind once the
/// conflict is over (identical arrivals meet on the check key *and* on the reference).
fn decide(purposes: &[Purpose], reasons: &[CancellationReason]) -> Result<Attempt, StoreError> {
    for (purpose, reason) in purposes.iter().zip(reasons) {
        match reason.code() {
            None | Some("None") => {}
            Some("ConditionalCheckFailed") => return Ok(Attempt::Refused(*purpose)),
            Some(code) => {
                return match from_code(code) {
                    StoreError::Busy(_) => Ok(Attempt::Met),
                    other => Err(other),
                };
            }
        }
    }
    Err(StoreError::Failed("DynamoDB: a transaction was cancelled without a reason".to_owned()))
}

/// What is said when no attempt got through.
pub(crate) fn always_met() -> StoreError {
    StoreError::Busy("DynamoDB: other transactions were always faster".to_owned())
}

/// Waits before an attempt that is not the first: twice as long each time, and anything up to that, so that those
/// who met do not meet again. This randomness decides nothing but a wait, hence it is not an argument.
pub(crate) async fn wait_before(attempt: usize) {
    let Some(doublings) = attempt.checked_sub(1).and_then(|doublings| u32::try_from(doublings).ok()) else {
        return;
    };
    let longest = FIRST_WAIT_MS.saturating_mul(2_u64.saturating_pow(doublings)).min(LONGEST_WAIT_MS);
    let random = getrandom::u64().unwrap_or(longest);
    tokio::time::sleep(Duration::from_millis(1 + random % longest)).await;
}

/// The attributes that an expression writes as `#attribute`, because their names are words of DynamoDB's own.
pub(crate) fn names_in(expression: &str) -> Option<HashMap<String, String>> {
    let names: HashMap<_, _> = expression
        .split('#')
        .skip(1)
        .filter_map(|after| {
            after.split(|character: char| !character.is_alphanumeric() && character != '_').next()
        })
        .map(|name| (format!("#{name}"), name.to_owned()))
        .collect();
    (!names.is_empty()).then_some(names)
}

pub(crate) fn not_built(_: BuildError) -> StoreError {
    StoreError::Failed("a request could not be built".to_owned())
}
