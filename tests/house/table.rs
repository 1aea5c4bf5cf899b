//! The table as it is stored, for what no route shows: the activity log, and an invitation's own item.

use std::time::Duration;

use serde_json::{Map, Value, json};
use store::keys;

use crate::House;

/// DynamoDB wants one, and the embedded one believes any.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

impl House {
    /// Calls DynamoDB. `TableName` is added.
    pub async fn dynamodb(&self, operation: &str, mut request: Value) -> Value {
        request["TableName"] = json!(local::functions::TABLE);
        let target = format!("DynamoDB_20120810.{operation}");
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", target.as_str()),
            ("x-amz-date", "20261121T080000Z"),
            ("authorization", SIGNATURE),
        ];
        let sent = self.nobody.send(
            "POST".parse().unwrap(),
            &self.product.dynamodb_url,
            &headers,
            Some(request.to_string()),
        );
        let answer = sent.await.unwrap();
        assert_eq!(answer.status, 200, "{operation} {request}: {}", answer.text);
        answer.json()
    }

    /// The items of a partition, by rising sort key, their attributes without DynamoDB's types.
    pub async fn partition(&self, pk: &str) -> Vec<Value> {
        let request = json!({"KeyConditionExpression": "pk = :pk", "ConsistentRead": true,
            "ExpressionAttributeValues": {":pk": {"S": pk}}});
        let answer = self.dynamodb("Query", request).await;
        answer["Items"].as_array().unwrap().iter().map(plain).collect()
    }

    /// The activity log of this account in this month and the one before, oldest first.
    pub async fn log(&self, account: &str) -> Vec<Value> {
        let now = self.product.clock.now();
        let mut months = vec![now.before(Duration::from_secs(31 * 24 * 3_600)).month(), now.month()];
        months.dedup();
        let mut entries = Vec::new();
        for month in months {
            entries.extend(self.log_of(account, &month).await);
        }
        entries
    }

    /// The activity log of this account in this month, `yyyymm`, oldest first.
    pub async fn log_of(&self, account: &str, month: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        for pk in keys::log_lanes(account.parse().unwrap(), month) {
            entries.extend(self.partition(&pk).await);
        }
        entries.sort_by_key(|entry| entry["sk"].as_str().unwrap().to_owned());
        entries
    }

    /// What that log says was changed: no reads, and nothing that was refused.
    pub async fn changes(&self, account: &str) -> Vec<Value> {
        let mut entries = self.log(account).await;
        entries.retain(|entry| entry["action"] != "read" && entry["outcome"] == "allowed");
        entries
    }

    /// The invitation of a user as it is stored.
    pub async fn stored_invitation(&self, account: &str, user: &str) -> Value {
        let items = self.partition(&format!("A#{account}#USER#{user}")).await;
        items.into_iter().find(|item| item["sk"] == "INVITATION").unwrap_or_default()
    }
}

fn plain(item: &Value) -> Value {
    let attributes = item.as_object().into_iter().flatten();
    let plain: Map<String, Value> = attributes
        .map(|(name, typed)| {
            let value = typed.as_object().and_then(|typed| typed.values().next()).cloned();
            (name.clone(), value.unwrap_or_default())
        })
        .collect();
    Value::Object(plain)
}
