//! DynamoDB's errors as the store's errors, without a single stored value.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use store::StoreError;

/// Takes only the error's code: messages may quote what was sent.
pub(crate) fn store_error<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata,
{
    match error {
        SdkError::ServiceError(service) => from_code(service.err().code().unwrap_or("unnamed error")),
        SdkError::ConstructionFailure(_) => StoreError::Failed("a request could not be built".to_owned()),
        // Whatever went wrong on the way may be over with the next request.
        _ => StoreError::Busy("DynamoDB: no usable answer".to_owned()),
    }
}

/// What an error code of DynamoDB, or of one item of a cancelled transaction, means for the caller.
pub(crate) fn from_code(code: &str) -> StoreError {
    let text = format!("DynamoDB: {code}");
    match code {
        "InternalServerError"
        | "InternalFailure"
        | "ProvisionedThroughputExceeded"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "ThrottlingError"
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
pub(crate) fn unless_refused<T, E, R>(answer: Result<T, SdkError<E, R>>) -> Result<Option<T>, StoreError>
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
