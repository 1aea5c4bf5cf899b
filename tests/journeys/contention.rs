//! Rights that change while others read them, before a database that refuses what is in each other's way, as DynamoDB does.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::{join, join_all};
use journeys::{Client, Grants, House, check, expect, invitation, relations, resource, texts};
use serde_json::{Value, json};

async fn reason(asker: &Client, organization: &str) -> String {
    check(asker, "read", organization).await.text_at("/data/attributes/reason")
}

/// Asks until the work is done, and answers how often. Every answer is the same yes.
async fn ask_until(done: &AtomicBool, asker: &Client, organization: &str) -> u64 {
    let mut asked = 0;
    while !done.load(Ordering::SeqCst) {
        assert_eq!(reason(asker, organization).await, "allowed");
        asked += 1;
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_go_on_while_two_imports_change_the_accounts_rights() {
    let (house, contention, cable) = House::start_where_transactions_conflict().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (ann, _) = account.user(&house, "ann", "Lite", Grants::organizations(&[&bakery])).await;
    let import = |name: &str| -> Value {
        let row = |number| {
            let email = format!("{name}-{number}@bakery.example");
            invitation(&email, "Lite", Grants::organizations(&[&bakery]))["data"].clone()
        };
        json!({"data": (0..100).map(row).collect::<Vec<_>>()})
    };
    let (first, second) = (import("first"), import("second"));
    cable.forget();
    let done = AtomicBool::new(false);
    let imports = async {
        let both =
            join(account.administrator.post("/users", &first), account.administrator.post("/users", &second));
        let (first, second) = both.await;
        done.store(true, Ordering::SeqCst);
        [first.unwrap(), second.unwrap()]
    };
    let asking = join_all((0..4).map(|_| ask_until(&done, &ann, &bakery)));
    let (imported, asked) = join(imports, asking).await;
    for answer in imported {
        expect(answer, 201);
    }
    let (asked, refused) = (asked.iter().sum::<u64>(), contention.conflicts());
    assert!(asked > 0 && refused > 0, "{asked} checks, {refused} requests refused");
    // Reads without a transaction are in nobody's way. What is left for a transaction is rare.
    let reads = cable.operations_of("check-access");
    let batches = reads.iter().filter(|read| *read == "BatchGetItem").count();
    let transactions = reads.iter().filter(|read| *read == "TransactGetItems").count();
    let asked = usize::try_from(asked).unwrap();
    assert!(batches <= 3 * asked && transactions <= asked, "{asked} checks: {batches}, {transactions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_six_changes_at_once_none_is_refused() {
    let (house, contention, _) = House::start_where_transactions_conflict().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let rows: Vec<Value> = (0..6)
        .map(|number| {
            let email = format!("user-{number}@bakery.example");
            invitation(&email, "Lite", Grants::organizations(&[&bakery]))["data"].clone()
        })
        .collect();
    let invited = expect(account.administrator.post("/users", &json!({ "data": rows })).await.unwrap(), 201);
    let ids: Vec<String> = texts(&invited, "/id");
    let promoted = resource("users", json!({"role-name": "Editor"}));
    let changed = join_all(ids.iter().map(|id| {
        let path = format!("/users/{id}");
        let (admin, promoted) = (&account.administrator, &promoted);
        async move { admin.patch(&path, promoted).await.unwrap() }
    }));
    for answer in changed.await {
        expect(answer, 200);
    }
    assert!(contention.conflicts() > 0, "nobody was in anybody's way");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_very_next_check_obeys() {
    let (house, _, cable) = House::start_where_transactions_conflict().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[&bakery]).await;
    let (ann, _) =
        account.user(&house, "ann", "Lite", Grants { groups: &[&desk], ..Grants::default() }).await;
    let spare = account.organization("Spare").await;
    assert_eq!(reason(&ann, &bakery).await, "allowed");
    let group = format!("/groups/{desk}");
    for _ in 0..25 {
        for (organization, answer) in [(&spare, "organization-not-granted"), (&bakery, "allowed")] {
            let body = relations("groups", &[("organizations", &[organization])]);
            expect(account.administrator.patch(&group, &body).await.unwrap(), 200);
            assert_eq!(reason(&ann, &bakery).await, answer);
        }
    }
    // In an account that is settled, a check is one request.
    cable.forget();
    assert_eq!(reason(&ann, &bakery).await, "allowed");
    assert_eq!(cable.operations_of("check-access"), ["BatchGetItem"]);
}
