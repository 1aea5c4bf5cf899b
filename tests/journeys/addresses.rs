//! What is no address of the API, and what an address does not take: refused in the API's own words, by the gateway's last route.

use journeys::{House, refused};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_refused_like_everything_else() {
    let house = House::start().await;
    for path in ["/nowhere", "/users/7/nowhere", "/Users", "//users", "/api/users", "/nowhere%2fusers"] {
        let answer = refused(house.nobody.get(path).await.unwrap(), 404, "no-such-address");
        assert_eq!(answer.header("content-type"), Some("application/vnd.api+json"), "{path}");
        assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{path}");
        assert_eq!(answer.header("allow"), None, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_an_address_does_not_take_is_refused_with_those_that_it_takes() {
    let house = House::start().await;
    let mut tried = 0;
    for function in house.functions_of_the_api() {
        for route in &function.routes {
            let path = route.path.replace("{id}", "1").replace("{user}", "1").replace("{token}", "none");
            let path = path.replace("{type}", "documents").replace("{asset}", "1");
            let answer = house.nobody.send(Method::TRACE, &path, &[], None).await.unwrap();
            let answer = refused(answer, 405, "method-not-allowed");
            let allowed: Vec<&str> = answer.header("allow").unwrap_or_default().split(", ").collect();
            assert!(allowed.contains(&route.method), "{} {}: {allowed:?}", route.method, route.path);
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

/// A wrong door costs no table anything.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_not_asked() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    cable.forget();
    refused(house.nobody.get("/nowhere").await.unwrap(), 404, "no-such-address");
    let description = house.nobody.get("/openapi.json").await.unwrap();
    assert_eq!((description.status, description.header("content-type")), (200, Some("application/json")));
    assert_eq!(description.text_at("/openapi"), "3.1.0");
    refused(house.nobody.get("/openapi.json?pretty=yes").await.unwrap(), 400, "unknown-parameter");
    assert!(cable.costs_of_requests().is_empty(), "{:?}", cable.costs());
}
