//! How stores keep a moment: whole nanoseconds since 1970, so that a time comes back exactly as it was given.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::StoreError;

/// Nanoseconds since 1970-01-01T00:00Z; fails for moments that 64 bits cannot hold (before 1677, after 2262).
pub fn to_nanoseconds(moment: Timestamp) -> Result<i64, StoreError> {
    i64::try_from(moment.as_nanosecond())
        .map_err(|_| StoreError::Failed("a time lies too far from today".to_owned()))
}

/// The moment that [`to_nanoseconds`] was given.
pub fn from_nanoseconds(nanoseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .map_err(|_| StoreError::Corrupt("a stored time is out of range".to_owned()))
}

/// The UTC day that a submission of this moment is counted under.
pub fn utc_day(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment).date()
}
