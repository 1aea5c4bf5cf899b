//! Tables for spreadsheets: the users and the log as CSV.

use journeys::{Grants, House, created, expect, invitation, invitations, refused, resource};
use reqwest::Method;
use serde_json::json;

use crate::filled::add_users;

/// The table at this address, its rows cell by cell, and where it goes on.
async fn table(client: &journeys::Client, path: &str) -> (Vec<Vec<String>>, Option<String>) {
    let answer = client.send(Method::GET, path, &[("accept", "text/csv")], None).await.unwrap();
    let answer = expect(answer, 200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment; filename=\""));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(answer.text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let next = answer
        .header("link")
        .map(|link| link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned());
    (rows, next)
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_exported_filtered_sorted_and_without_formulas() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let mut people = invitations(["eve@x.example", "+tel@x.example"], "Editor", Grants::ALL);
    people["data"][0]["attributes"]["first-name"] = json!("=HYPERLINK(\"evil\",\"Click, me\")");
    people["data"][0]["attributes"]["last-name"] = json!("Ed");
    created(admin.post("/users", &people).await.unwrap());
    // Once their mails are sent nothing changes any more.
    house.product.drain().await.unwrap();
    let (rows, next) = table(admin, "/users?sort=email").await;
    assert_eq!(next, None);
    assert_eq!(rows[0][..5], ["id", "name", "email", "role-name", "status"]);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[1][2], "'+tel@x.example");
    assert_eq!(rows[2][1..5], ["Ada Admin", "admin@acme.example", "Administrator", "active"]);
    assert_eq!(rows[3][1], "'=HYPERLINK(\"evil\",\"Click, me\") Ed");
    let (filtered, _) = table(admin, "/users?filter[status]=invited&filter[name]=hyperlink").await;
    assert_eq!(filtered[1..], rows[3..]);
    let (none, _) = table(admin, "/users?filter[name]=nobody").await;
    assert_eq!(none, rows[..1], "a table of nobody has its names all the same");
    refused(
        admin.send(Method::GET, "/users?sort=age", &[("accept", "text/csv")], None).await.unwrap(),
        400,
        "bad-parameter",
    );
    // Who may not list them may not export them.
    let (editor, _) = account.user(&house, "ed", "Editor", Grants::ALL).await;
    let answer = editor.send(Method::GET, "/users", &[("accept", "text/csv")], None).await.unwrap();
    refused(answer, 403, "role-too-low");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_goes_on_where_it_ended() {
    let house = House::start().await;
    let account = house.account("acme").await;
    add_users(&house, &account, 24).await;
    let (mut ids, mut next) = (Vec::new(), Some("/users?page[size]=10".to_owned()));
    let mut tables = 0;
    while let Some(path) = next {
        let (rows, more) = table(&account.administrator, &path).await;
        ids.extend(rows.into_iter().skip(1).map(|row| row[0].clone()));
        (next, tables) = (more, tables + 1);
    }
    assert_eq!((tables, ids.len()), (3, 25));
    assert!(ids.is_sorted());
    let whole = table(&account.administrator, "/users").await;
    assert_eq!((whole.0.len(), whole.1), (26, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_exported_as_it_is_listed() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    created(
        admin
            .post("/organizations", &resource("organizations", json!({"name": "@SUM(A1:A9)"})))
            .await
            .unwrap(),
    );
    created(admin.post("/users", &invitation("ed@x.example", "Editor", Grants::ALL)).await.unwrap());
    let path = "/logs?filter[action]=create";
    let listed = expect(admin.get(path).await.unwrap(), 200);
    let (rows, _) = table(admin, path).await;
    assert_eq!(rows[0][..4], ["id", "created-at", "action", "outcome"]);
    let listed: Vec<_> = listed.at("/data").as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(rows[1..].iter().map(|row| json!(row[0])).collect::<Vec<_>>(), listed);
    let organization = rows.iter().find(|row| row[4] == "organizations").unwrap();
    assert_eq!(organization[6], "'@SUM(A1:A9)");
}

/// In whatever column what people type stands, and however a spreadsheet parts the line: no cell begins with a formula.
#[tokio::test(flavor = "multi_thread")]
async fn no_column_of_any_table_holds_a_formula() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let noc = house.account("noc").await;
    let hostile = "x;=1+1";
    for account in [&account, &noc] {
        let named = resource("accounts", json!({"name": hostile}));
        expect(account.administrator.patch("/account", &named).await.unwrap(), 200);
        let own = resource("users", json!({"first-name": "=2", "last-name": hostile}));
        let path = format!("/users/{}", account.administrator_id);
        expect(account.administrator.patch(&path, &own).await.unwrap(), 200);
    }
    let organization = account.organization("-2;@SUM(A1)").await;
    account.organization(hostile).await;
    let key = json!({"name": "+3;-4", "role-name": "Administrator", "all-organizations": true});
    created(account.administrator.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let mut person = invitation("=eve@x.example", "Lite", Grants::organizations(&[&organization]));
    person["data"]["attributes"]["first-name"] = json!("@x");
    person["data"]["attributes"]["last-name"] = json!(hostile);
    created(account.administrator.post("/users", &person).await.unwrap());
    let offer = crate::glueconnect::offer("noc", "Editor", &[&organization]);
    created(account.administrator.post("/connections", &offer).await.unwrap());
    let agents = [("user-agent", "=cmd;=cmd"), ("accept", "text/csv")];
    expect(account.administrator.send(Method::GET, "/organizations", &agents[..1], None).await.unwrap(), 200);
    for path in ["/users", "/access/review", "/logs?filter[search]=x"] {
        let answer = account.administrator.send(Method::GET, path, &agents, None).await.unwrap();
        let whole = expect(answer, 200).text;
        assert!(whole.contains("'="), "{path}: {whole}");
        for cell in whole.split([';', ',', '\t', '\n', '\r']) {
            let cell = cell.trim_start_matches(['"', ' ']);
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{path}: {cell} in {whole}");
        }
    }
}
