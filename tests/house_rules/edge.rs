//! CloudFront before the API: what it adds is what the functions ask for, and without it nothing is asked.

use serde_json::json;

use crate::house_map::{names_in, text};
use crate::template::{Template, reference, resource_name};

#[test]
fn there_is_no_edge_unless_it_is_wanted() {
    let template = Template::read();
    assert_eq!(template.at("/Parameters/OriginSecretHash/Default"), "");
    assert_eq!(template.at("/Parameters/FirewallArn/Default"), "");
    let wanted = json!({"Fn::Not": [{"Fn::Equals": [reference("FirewallArn"), ""]}]});
    assert_eq!(template.at("/Conditions/HasEdge"), &wanted);
    assert_eq!(template.at("/Resources/Edge/Condition"), "HasEdge");
    assert_eq!(template.at("/Parameters/OriginSecret/NoEcho"), true);
    // The functions know the hash alone: whoever sees their settings sees that, and cannot go round with it.
    let variables = template.at("/Globals/Function/Environment/Variables");
    assert_eq!(variables[web::edge::VARIABLE], reference("OriginSecretHash"));
    assert!(!variables.to_string().contains("\"OriginSecret\""));
}

#[test]
fn what_the_edge_adds_is_what_the_functions_ask_for() {
    let template = Template::read();
    let edge = &template.properties("Edge", "AWS::CloudFront::Distribution")["DistributionConfig"];
    let added = json!([{"HeaderName": web::edge::HEADER, "HeaderValue": reference("OriginSecret")}]);
    assert_eq!(edge["Origins"][0]["OriginCustomHeaders"], added);
    assert_eq!(edge["WebACLId"], reference("FirewallArn"));
    // By its own name the API is closed wherever there is a domain, and an edge needs one.
    let closed = &template.properties("Api", "AWS::Serverless::HttpApi")["DisableExecuteApiEndpoint"];
    assert_eq!(closed, &json!({"Fn::If": ["HasDomain", true, false]}));
    let whole = template.at("/Rules/EdgeIsWhole/Assertions").to_string();
    for needed in ["OriginSecret", "DomainName", "EdgeCertificateArn"] {
        assert!(whole.contains(&format!("\"{needed}\"")), "{needed}");
    }
    // Functions that ask where nobody adds it would refuse everybody.
    assert!(template.at("/Rules/SecretNeedsEdge/Assertions").to_string().contains("\"FirewallArn\""));
    // Nothing of one client is kept for another: what is kept has the hash of its content in its address.
    let nothing_kept = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    assert_eq!(edge["DefaultCacheBehavior"]["CachePolicyId"], nothing_kept);
    for kept in edge["CacheBehaviors"].as_array().unwrap() {
        assert_eq!(kept["PathPattern"], "/console/assets/*");
    }
}

#[test]
fn every_function_behind_the_api_asks_for_it() {
    let template = Template::read();
    for name in names_in("functions") {
        let is_behind_the_api = !template.events(&resource_name(&name), "HttpApi").is_empty();
        let main = text(&format!("functions/{name}/src/main.rs"));
        assert_eq!(main.contains("use web::edge::run;"), is_behind_the_api, "{name}");
        assert!(!is_behind_the_api || !main.contains("lambda_http::run"), "{name}");
    }
}
