//! A moment in the words of a language, in the town's time.

use forms::long_date;
use forms::strings::Strings;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// "23. studenoga 2026. u 19:05 (CET)".
pub fn in_words(moment: Timestamp, zone: &TimeZone, strings: &Strings) -> String {
    let local = moment.to_zoned_datetime(zone.clone());
    strings.text(
        "service.moment",
        &[
            ("date", &long_date(local.date(), strings)),
            ("time", &local.strftime("%H:%M").to_string()),
            ("zone", &local.strftime("%Z").to_string()),
        ],
    )
}
