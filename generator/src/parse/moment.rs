//! Moments as editors write them.

use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A moment that an editor wrote: the civil date is shown, the instant is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// UTC.
    pub instant: Timestamp,
    /// As the calendar of the town shows it.
    pub day: Date,
}

/// `2019-05-15` is local midnight; with a time, local time; with an offset, that instant.
pub(crate) fn read_moment(text: &str, time_zone: &TimeZone) -> Option<Moment> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Moment { instant, day: instant.to_zoned_datetime(time_zone.clone()).date() });
    }
    let local: DateTime = match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => date.at(0, 0, 0, 0),
        _ => text.parse().ok()?,
    };
    let zoned = local.to_zoned_datetime(time_zone.clone()).ok()?;
    Some(Moment { instant: zoned.timestamp(), day: local.date() })
}

impl BorshSerialize for Moment {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        let (seconds, nanoseconds) = (self.instant.as_second(), self.instant.subsec_nanosecond());
        let day = self.day;
        (seconds, nanoseconds, day.year(), day.month(), day.day()).serialize(writer)
    }
}

impl BorshDeserialize for Moment {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let (seconds, nanoseconds, year, month, day) = BorshDeserialize::deserialize_reader(reader)?;
        let instant = Timestamp::new(seconds, nanoseconds).map_err(io::Error::other)?;
        Ok(Self { instant, day: Date::new(year, month, day).map_err(io::Error::other)? })
    }
}
