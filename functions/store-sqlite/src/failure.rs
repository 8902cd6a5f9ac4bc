//! SQLite's errors as the store's errors, without a single stored value.

use rusqlite::{ErrorCode, ffi};
use store::StoreError;

/// Takes only SQLite's result code from an error: its messages may quote what was stored.
pub(crate) fn store_error(error: rusqlite::Error) -> StoreError {
    let Some(code) = error.sqlite_error() else {
        return StoreError::Corrupt("a stored value has an unexpected shape".to_owned());
    };
    let text = format!("SQLite: {} (code {})", ffi::code_to_str(code.extended_code), code.extended_code);
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy(text),
        ErrorCode::DiskFull => StoreError::Full(text),
        ErrorCode::SystemIoFailure if is_write(code.extended_code) => StoreError::Full(text),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt(text),
        _ => StoreError::Failed(text),
    }
}

/// A file system that is full does not always say so: quotas and network disks answer a write with a plain
/// input/output error.
fn is_write(extended_code: i32) -> bool {
    matches!(
        extended_code,
        ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMSIZE
            | ffi::SQLITE_IOERR_SHMMAP
            | ffi::SQLITE_IOERR_COMMIT_ATOMIC
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> StoreError {
        let message = Some("quotes Ana Anić".to_owned());
        store_error(rusqlite::Error::SqliteFailure(ffi::Error::new(code), message))
    }

    #[test]
    fn each_kind_of_trouble_tells_the_caller_what_to_do() {
        assert!(matches!(failure(ffi::SQLITE_BUSY), StoreError::Busy(_)));
        assert!(matches!(failure(ffi::SQLITE_BUSY_SNAPSHOT), StoreError::Busy(_)));
        assert!(matches!(failure(ffi::SQLITE_FULL), StoreError::Full(_)));
        assert!(matches!(failure(ffi::SQLITE_IOERR_WRITE), StoreError::Full(_)));
        assert!(matches!(failure(ffi::SQLITE_IOERR_FSYNC), StoreError::Full(_)));
        assert!(matches!(failure(ffi::SQLITE_IOERR_READ), StoreError::Failed(_)));
        assert!(matches!(failure(ffi::SQLITE_CORRUPT), StoreError::Corrupt(_)));
        assert!(matches!(failure(ffi::SQLITE_NOTADB), StoreError::Corrupt(_)));
        assert!(matches!(failure(ffi::SQLITE_CONSTRAINT), StoreError::Failed(_)));
    }

    #[test]
    fn no_error_quotes_what_was_stored() {
        let shown = format!("{0} {0:?}", failure(ffi::SQLITE_CONSTRAINT));
        assert!(!shown.contains("Ana"), "{shown}");
        assert!(shown.contains("19"), "{shown}");
    }
}
