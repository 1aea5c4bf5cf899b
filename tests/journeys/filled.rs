//! Accounts with more in them than anyone types: copies of items that were made through HTTP, written past the product.

use journeys::{Account, House};
use policy::LogEntryId;
use serde_json::{Value, json};
use store::{Key, keys};

/// Chooses at random, the same for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`. Xorshift, by Marsaglia (2003).
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    pub fn flip(&mut self) -> bool {
        self.roll(2) == 0
    }
}

/// The item of this key, with DynamoDB's types.
pub async fn item(house: &House, pk: &str, sk: &str) -> Value {
    let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
    let answer = house.dynamodb("GetItem", json!({"Key": key, "ConsistentRead": true})).await;
    assert!(answer["Item"].is_object(), "no item {pk} {sk}");
    answer["Item"].clone()
}

/// The key of an entry of the log with this id.
pub fn entry_key(account: &str, month: &str, id: u64) -> Key {
    keys::log_entry_in(account.parse().unwrap(), month, LogEntryId::new(id).unwrap())
}

/// As an id stands in a sort key.
pub fn padded(id: u64) -> String {
    format!("{id:016}")
}

/// The item with these attributes instead.
pub fn with(item: &Value, attributes: Value) -> Value {
    let mut item = item.clone();
    for (name, value) in attributes.as_object().unwrap() {
        match value {
            Value::Null => drop(item.as_object_mut().unwrap().remove(name)),
            value => item[name] = value.clone(),
        }
    }
    item
}

/// Writes items.
pub async fn write(house: &House, items: &[Value]) {
    for some in items.chunks(25) {
        let puts: Vec<Value> = some.iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
        house.dynamodb("BatchWriteItem", json!({"RequestItems": {local::functions::TABLE: puts}})).await;
    }
}

/// Says that so many more were written of what the account counts: `user_count`, …
pub async fn count(house: &House, account: &str, what: &str, more: usize) {
    let request = json!({"Key": {"pk": {"S": format!("A#{account}")}, "sk": {"S": "SECURITY"}},
        "UpdateExpression": "ADD #count :more", "ExpressionAttributeNames": {"#count": what},
        "ExpressionAttributeValues": {":more": {"N": more.to_string()}}});
    house.dynamodb("UpdateItem", request).await;
}

/// Adds `count` active users `user00001@…` to the account, copies of its Administrator but for the role, and answers their ids.
pub async fn add_users(house: &House, account: &Account, users: usize) -> Vec<String> {
    let (pk, first) = (format!("A#{}#USERS", account.id), account.administrator_id.parse::<u64>().unwrap());
    let template = item(house, &pk, &padded(first)).await;
    let address =
        item(house, &format!("A#{}#EMAILS", account.id), template["email"]["S"].as_str().unwrap()).await;
    let (mut items, mut ids) = (Vec::new(), Vec::new());
    for number in 1..=users {
        // Not in the order of the ids.
        let email = format!("user{:05}@acme.example", (number * 7_919) % 100_000);
        let id = first + number as u64;
        ids.push(id.to_string());
        let id = json!({"N": id.to_string()});
        items.push(with(&template, json!({
            "sk": {"S": padded(first + number as u64)}, "id": id, "email": {"S": email}, "role": {"S": "Editor"},
            "first_name": {"S": format!("User {number}")}, "last_name": {"S": ""},
        })));
        items.push(with(&address, json!({"sk": {"S": email}, "user_id": id})));
    }
    write(house, &items).await;
    count(house, &account.id, "user_count", users).await;
    ids
}
