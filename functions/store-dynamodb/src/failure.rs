//! DynamoDB's errors as the store's errors, without a single stored value.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use store::StoreError;

/// Takes only the error's code: messages may quote what was sent.
pub(crate) fn store_error<E>(error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata,
{
    match error {
        SdkError::ServiceError(service) => match (service.err().code(), service.raw().status().as_u16()) {
            (Some(code), status) if !is_passing(status) => from_code(code),
            // Whatever its name: the server, or something on the way to it, could not do it now.
            (Some(code), _) => StoreError::Busy(format!("DynamoDB: {code}")),
            (None, status) if is_passing(status) => StoreError::Busy(format!("DynamoDB: status {status}")),
            (None, status) => StoreError::Failed(format!("DynamoDB: status {status}")),
        },
        SdkError::ConstructionFailure(_) => StoreError::Failed("a request could not be built".to_owned()),
        // Whatever went wrong on the way may be over with the next request.
        _ => StoreError::Busy("DynamoDB: no usable answer".to_owned()),
    }
}

/// Statuses of a server that has too much to do, or of a gateway that has no server.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// What an error code of DynamoDB, or of one item of a cancelled transaction, means for the caller.
pub(crate) fn from_code(code: &str) -> StoreError {
    let text = format!("DynamoDB: {code}");
    match code {
        "InternalServerError"
        | "InternalFailure"
        | "ProvisionedThroughputExceeded"
        | "ProvisionedThroughputExceededException"
        | "ReplicatedWriteConflictException"
        | "RequestLimitExceeded"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "ThrottlingError"
        | "ThrottledException"
        | "ThrottlingException"
        | "TransactionConflict"
        | "TransactionConflictException"
        | "TransactionInProgressException" => StoreError::Busy(text),
        "ItemCollectionSizeLimitExceeded"
        | "ItemCollectionSizeLimitExceededException"
        | "LimitExceededException" => StoreError::Full(text),
        _ => StoreError::Failed(text),
    }
}

/// A condition that does not hold is an answer, not an error.
pub(crate) fn unless_refused<T, E>(
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, StoreError>
where
    E: ProvideErrorMetadata,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(SdkError::ServiceError(error))
            if error.err().code() == Some("ConditionalCheckFailedException") =>
        {
            Ok(None)
        }
        Err(error) => Err(store_error(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What DynamoDB's documentation lists for the requests that this store makes.
    const BUSY: [&str; 12] = [
        "InternalServerError",
        "InternalFailure",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "ThrottlingError",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ProvisionedThroughputExceeded",
    ];
    const FULL: [&str; 3] = [
        "ItemCollectionSizeLimitExceeded",
        "ItemCollectionSizeLimitExceededException",
        "LimitExceededException",
    ];
    const FAILED: [&str; 8] = [
        "AccessDeniedException",
        "ExpiredTokenException",
        "IdempotentParameterMismatchException",
        "KMSAccessDeniedException",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
        "ValidationError",
        "ValidationException",
    ];

    #[test]
    fn what_passes_by_itself_is_busy_what_has_no_room_is_full_and_all_else_failed() {
        for code in BUSY {
            assert_eq!(from_code(code), StoreError::Busy(format!("DynamoDB: {code}")));
        }
        for code in FULL {
            assert_eq!(from_code(code), StoreError::Full(format!("DynamoDB: {code}")));
        }
        for code in FAILED {
            assert_eq!(from_code(code), StoreError::Failed(format!("DynamoDB: {code}")));
        }
    }
}
