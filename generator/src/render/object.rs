//! Template values made directly, without a detour through a serializer: a page's are made for every page.

use tera::{Map, Value};

/// A map with these entries.
pub(super) fn object<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    let mut map = Map::default();
    map.reserve(N);
    extend(&mut map, entries);
    map
}

/// Adds entries, or replaces them.
pub(super) fn extend<const N: usize>(map: &mut Map, entries: [(&'static str, Value); N]) {
    for (key, value) in entries {
        map.insert(key.into(), value);
    }
}

/// A list.
pub(super) fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::from(items.into_iter().map(Into::into).collect::<Vec<Value>>())
}

/// A text.
pub(super) fn text(text: impl AsRef<str>) -> Value {
    Value::from(text.as_ref())
}

/// A value, or none.
pub(super) fn or_none<T>(value: Option<T>, make: impl FnOnce(T) -> Value) -> Value {
    value.map_or_else(Value::none, make)
}
