//! The bytes of an item, the same however it came: attributes by name, each value with its type, each length before what it
//! measures. Two items have the same bytes only if they are the same item.

use std::collections::HashMap;

use serde_dynamo::AttributeValue;

use crate::hash::{Hash, Of};

/// The bytes of an item.
pub(crate) fn bytes_of(item: &HashMap<String, AttributeValue>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024);
    write_map(&mut bytes, item);
    bytes
}

/// The bytes of a value.
pub(crate) fn bytes_of_value(value: &AttributeValue) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_value(&mut bytes, value);
    bytes
}

/// The hash of an item whole: of an entry as it was sealed before parts of it were hashed apart.
pub(crate) fn whole_hash(item: &HashMap<String, AttributeValue>) -> Hash {
    Hash::of(Of::Leaf, &[&bytes_of(item)])
}

fn write_map(out: &mut Vec<u8>, map: &HashMap<String, AttributeValue>) {
    let mut names: Vec<_> = map.iter().collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    write_length(out, names.len());
    for (name, value) in names {
        write_bytes(out, name.as_bytes());
        write_value(out, value);
    }
}

fn write_value(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => {
            out.push(b's');
            write_bytes(out, text.as_bytes());
        }
        AttributeValue::N(number) => {
            out.push(b'n');
            write_bytes(out, number.as_bytes());
        }
        AttributeValue::B(bytes) => {
            out.push(b'b');
            write_bytes(out, bytes);
        }
        AttributeValue::Bool(yes) => out.extend([b'?', u8::from(*yes)]),
        AttributeValue::Null(_) => out.push(b'0'),
        AttributeValue::M(map) => {
            out.push(b'm');
            write_map(out, map);
        }
        AttributeValue::L(list) => {
            out.push(b'l');
            write_length(out, list.len());
            list.iter().for_each(|value| write_value(out, value));
        }
        AttributeValue::Ss(texts) => write_set(out, b'S', texts),
        AttributeValue::Ns(numbers) => write_set(out, b'N', numbers),
        AttributeValue::Bs(all) => write_set(out, b'B', all),
    }
}

/// Sets have no order of their own.
fn write_set<T: AsRef<[u8]>>(out: &mut Vec<u8>, kind: u8, members: &[T]) {
    let mut members: Vec<&[u8]> = members.iter().map(AsRef::as_ref).collect();
    members.sort_unstable();
    out.push(kind);
    write_length(out, members.len());
    members.into_iter().for_each(|member| write_bytes(out, member));
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn write_length(out: &mut Vec<u8>, length: usize) {
    out.extend(u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entry_hash;

    fn entry(pairs: &[(&str, AttributeValue)]) -> HashMap<String, AttributeValue> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn text(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn any_value() -> impl Strategy<Value = AttributeValue> {
        let plain = prop_oneof![
            "[a-c]{0,2}".prop_map(AttributeValue::S),
            "[1-9]{1,2}".prop_map(AttributeValue::N),
            prop::collection::vec(0_u8..3, 0..3).prop_map(AttributeValue::B),
            any::<bool>().prop_map(AttributeValue::Bool),
            Just(AttributeValue::Null(true)),
            prop::collection::btree_set("[a-c]{1,2}", 1..3)
                .prop_map(|set| AttributeValue::Ss(set.into_iter().collect())),
            prop::collection::btree_set("[1-9]{1,2}", 1..3)
                .prop_map(|set| AttributeValue::Ns(set.into_iter().collect())),
        ];
        plain.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(AttributeValue::L),
                prop::collection::hash_map("[a-c]{0,2}", inner, 0..3).prop_map(AttributeValue::M),
            ]
        })
    }

    fn any_item() -> impl Strategy<Value = HashMap<String, AttributeValue>> {
        prop::collection::hash_map("[a-c]{0,2}", any_value(), 0..4)
    }

    proptest! {
        #[test]
        fn two_items_have_the_same_hash_only_if_they_are_the_same(one in any_item(), other in any_item()) {
            prop_assert_eq!(entry_hash(&one) == entry_hash(&other), one == other);
        }

        #[test]
        fn one_byte_changed_anywhere_gives_another_hash(
            value in "[a-z ]{1,40}",
            position in any::<prop::sample::Index>(),
            to in any::<u8>(),
        ) {
            let mut bytes = value.clone().into_bytes();
            let position = position.index(bytes.len());
            prop_assume!(bytes[position] != to);
            let before = entry(&[("user_name", AttributeValue::B(bytes.clone())), ("action", text("read"))]);
            bytes[position] = to;
            let after = entry(&[("user_name", AttributeValue::B(bytes)), ("action", text("read"))]);
            prop_assert_ne!(entry_hash(&before), entry_hash(&after));
        }
    }

    #[test]
    fn neither_the_order_of_attributes_nor_that_of_a_set_matters() {
        let set =
            |members: &[&str]| AttributeValue::Ns(members.iter().map(|&text| text.to_owned()).collect());
        let one = entry(&[("a", text("1")), ("b", set(&["1", "2"]))]);
        let other = entry(&[("b", set(&["2", "1"])), ("a", text("1"))]);
        assert_eq!(entry_hash(&one), entry_hash(&other));
    }

    #[test]
    fn type_name_and_place_of_a_value_matter() {
        let number = |text: &str| AttributeValue::N(text.to_owned());
        let list = |values: &[&str]| AttributeValue::L(values.iter().map(|value| text(value)).collect());
        let items = [
            entry(&[]),
            entry(&[("a", text("1"))]),
            entry(&[("a", number("1"))]),
            entry(&[("a", AttributeValue::B(b"1".to_vec()))]),
            entry(&[("a", AttributeValue::Ss(vec!["1".to_owned()]))]),
            entry(&[("b", text("1"))]),
            entry(&[("a", text("")), ("b", text("1"))]),
            entry(&[("a", text("1")), ("b", text(""))]),
            entry(&[("a", list(&["1", "2"]))]),
            entry(&[("a", list(&["2", "1"]))]),
            entry(&[("a", list(&["12"]))]),
        ];
        for (place, item) in items.iter().enumerate() {
            for other in &items[place + 1..] {
                assert_ne!(entry_hash(item), entry_hash(other), "{item:?} {other:?}");
            }
        }
    }
}
