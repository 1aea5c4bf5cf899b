//! The table of GlueConnect: every home role under every maximum role, for each action, asked through HTTP. Printed as
//! `tests/tables/effective-roles.txt`; `UPDATE_TABLES=1` writes it anew.

use std::path::Path;

use journeys::{Client, Grants, House, created, expect, resource};
use serde_json::json;

use crate::glueconnect::{ask, connect, enter, offer_all};

const ROLES: [&str; 6] = ["Lite", "Read-only", "Creator", "Editor", "Manager", "Administrator"];
const ACTIONS: [&str; 5] = ["read", "create", "update", "delete", "set-restrictions"];

#[tokio::test(flavor = "multi_thread")]
async fn six_home_roles_under_six_maximum_roles() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let own = noc.organization("Own client").await;
    let connection = connect(&house, &host, &noc, &offer_all("night-noc", "Read-only")).await;
    let mut people: Vec<(&str, Client)> = Vec::new();
    for role in ROLES {
        let grants = [own.as_str()];
        let grants = if role == "Lite" { Grants::organizations(&grants) } else { Grants::ALL };
        people.push((role, noc.user(&house, &role.to_lowercase(), role, grants).await.0));
    }

    let mut table = String::from(
        "home role | maximum role | effective role | read | create | update | delete | set-restrictions | create a group | invite a user\n",
    );
    for maximum in ROLES {
        let path = format!("/connections/{connection}");
        let body = resource("connections", json!({"maximum-role-name": maximum}));
        let changed = host.administrator.patch(&path, &body).await.unwrap();
        if maximum == "Lite" {
            // Lite is no maximum role: the host is told so, and nothing changes.
            journeys::refused(changed, 422, "lite-maximum-role");
            for (role, _) in &people {
                table.push_str(&format!("{role} | Lite | lite-maximum-role\n"));
            }
            continue;
        }
        expect(changed, 200);
        for (role, person) in &people {
            let entering = person
                .patch("/session", &resource("sessions", json!({"account-id": host.id})))
                .await
                .unwrap();
            if entering.status != 200 {
                let code = entering.text_at("/errors/0/code");
                table.push_str(&format!("{role} | {maximum} | {code}\n"));
                continue;
            }
            let inside = enter(person, &host.id).await;
            let mut cells = Vec::new();
            let mut effective = String::new();
            for action in ACTIONS {
                let answer = expect(ask(&inside, action, &bakery).await, 200);
                effective = answer.text_at("/data/attributes/effective-role-name");
                cells.push(match answer.text_at("/data/attributes/reason").as_str() {
                    "allowed" => "yes".to_owned(),
                    reason => reason.to_owned(),
                });
            }
            let group = inside.post("/groups", &resource("groups", json!({"name": "Mine"}))).await.unwrap();
            let user = journeys::invitation("eve@night.example", "Lite", Grants::organizations(&[&bakery]));
            let user = inside.post("/users", &user).await.unwrap();
            cells.extend([group, user].map(|answer| answer.text_at("/errors/0/code")));
            table.push_str(&format!("{role} | {maximum} | {effective} | {}\n", cells.join(" | ")));
        }
    }
    assert_eq!(table.lines().count(), 1 + 36, "every cell is visited:\n{table}");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables/effective-roles.txt");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = table.lines().zip(written.lines()).find(|(now, written)| now != written);
    assert!(
        table == written,
        "effective-roles.txt is not what the product answers; first (now, written): {differing:#?}"
    );

    // What the check says is what happens: a real change by each Editor and above, and none by those below.
    let body = resource("connections", json!({"maximum-role-name": "Administrator"}));
    expect(host.administrator.patch(&format!("/connections/{connection}"), &body).await.unwrap(), 200);
    for (role, person) in people.iter().filter(|(role, _)| *role != "Lite") {
        let inside = enter(person, &host.id).await;
        let made = inside
            .post("/organizations", &resource("organizations", json!({"name": format!("By {role}")})))
            .await
            .unwrap();
        if *role == "Read-only" {
            journeys::refused(made, 403, "role-too-low");
            continue;
        }
        let made = created(made).id();
        let deleted = inside.delete(&format!("/organizations/{made}"), None).await.unwrap();
        if *role == "Creator" {
            journeys::refused(deleted, 403, "role-too-low");
        } else {
            expect(deleted, 204);
        }
    }
}
