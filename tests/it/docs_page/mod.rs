//! The page of the API: what it promises to those who read it, and to the browsers that show it. A browser looks
//! at it in `tests/pages/run`.

mod examples;
mod guide;
mod shown;
mod site;

use crate::harness::App;
use api::problems;
use axum::{body::Body, http::Request};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use shown::Page;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn every_place_of_the_page_has_a_name_of_its_own_and_every_link_within_leads_to_one() {
    let page = Page::of(&App::new().await).await;
    let names = page.values("id=\"");
    let places: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(places.len(), names.len(), "a name stands twice");
    let links: BTreeSet<&str> = page.values("href=\"#").into_iter().collect();
    assert!(links.len() > 150, "{}", links.len());
    let lost: Vec<_> = links.difference(&places).collect();
    assert!(lost.is_empty(), "these lead nowhere: {lost:?}");
}

#[tokio::test]
async fn the_type_of_every_problem_leads_to_its_cause_and_its_cure() {
    let page = Page::of(&App::new().await).await;
    for known in problems::all() {
        let uri = problems::uri(known.code);
        let (path, fragment) = uri.split_once('#').unwrap();
        assert_eq!(path, "/docs");
        let text = page.text_of(fragment);
        for part in [known.code, known.title, &known.status.to_string()] {
            assert!(text.contains(part), "{uri} has no {part}");
        }
        for sentences in [known.cause, known.cure] {
            let first = sentences.split(['`', '.']).next().unwrap();
            assert!(text.contains(first), "{uri} does not say: {first}");
        }
    }
}

#[tokio::test]
async fn every_operation_has_its_parameters_its_fields_its_codes_and_an_example_in_each_language() {
    let app = App::new().await;
    let page = Page::of(&app).await;
    let (_, routes) = api::routes::all();
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let mut looked_at = 0;
    for route in &routes {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let Some(id) = operation["operationId"].as_str() else {
            continue;
        };
        let text = page.text_of(id);
        assert!(
            text.contains(&format!("{} {}", route.method, route.path)),
            "{id}"
        );
        let names = route.operation.parameters();
        let fields = route
            .operation
            .example()
            .and_then(serde_json::Value::as_object);
        let fields = fields.into_iter().flat_map(serde_json::Map::keys);
        for name in names.iter().chain(fields) {
            assert!(
                page.article(id).contains(&format!("{name}</code>")),
                "{id} has no row of {name}"
            );
        }
        for code in route.failures().values().flatten() {
            let link = format!("href=\"#{}\"", problems::anchor(code));
            assert!(page.article(id).contains(&link), "{id} has no {code}");
        }
        for language in ["curl", "python", "typescript"] {
            assert!(!page.sample(id, language).is_empty(), "{id} in {language}");
        }
        looked_at += 1;
    }
    assert!(looked_at > 40, "{looked_at}");
}

#[tokio::test]
async fn the_page_loads_nothing_and_allows_only_its_own_style_and_script() {
    let app = App::new().await;
    let page = Page::of(&app).await;
    for elsewhere in [
        " src=",
        "@import",
        "url(",
        " style=",
        " onclick=",
        "<link rel=\"stylesheet\"",
    ] {
        assert!(!page.html.contains(elsewhere), "{elsewhere}");
    }
    let policy = page.policy.as_str();
    for unsafe_word in ["unsafe", "*", "http:", "https:", "data:"] {
        assert!(!policy.contains(unsafe_word), "{policy}");
    }
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        let (_, rest) = page.html.split_once(&format!("<{element}>")).unwrap();
        let (content, others) = rest.split_once(&format!("</{element}>")).unwrap();
        assert!(
            !others.contains(&format!("<{element}")),
            "one {element} only"
        );
        let hash = STANDARD.encode(Sha256::digest(content));
        assert!(
            policy.contains(&format!("{directive} 'sha256-{hash}'")),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn a_browser_that_has_the_page_is_not_sent_it_again_and_a_first_one_gets_it_small() {
    let app = App::new().await;
    let ask = |name: &'static str, value: String| {
        let request = Request::get("/docs").header(name, value);
        let stranger = app.stranger();
        async move { stranger.send(request.body(Body::empty()).unwrap()).await }
    };
    let first = ask("accept-encoding", "gzip, deflate, br".to_owned()).await;
    assert_eq!(first.headers["content-encoding"], "gzip");
    assert_eq!(first.headers["cache-control"], "no-cache");
    let plain = app.stranger().downloads("/docs").await.2.len();
    assert!(plain > 200_000, "{plain}");
    let request = Request::get("/docs").header("accept-encoding", "gzip");
    let packed = app
        .stranger()
        .raw(request.body(Body::empty()).unwrap())
        .await
        .2;
    assert!(packed.len() < 100_000, "{} bytes compressed", packed.len());
    let tag = app.stranger().get("/docs").await.headers["etag"].clone();
    let again = ask("if-none-match", tag.to_str().unwrap().to_owned()).await;
    assert_eq!(again.status, 304);
    assert_eq!(again.headers["etag"], tag);
}

#[tokio::test]
async fn operations_stand_in_the_order_of_the_table_of_routes_within_the_order_of_tags() {
    let app = App::new().await;
    let page = Page::of(&app).await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let place = |id: &str| {
        page.html
            .find(&format!("<article class=\"operation\" id=\"{id}\""))
            .unwrap()
    };
    let (_, routes) = api::routes::all();
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    for route in &routes {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let Some(id) = operation["operationId"].as_str() else {
            continue;
        };
        let tag = operation["tags"][0].as_str().unwrap().to_owned();
        let at = place(id);
        let earlier = before.insert(tag, at).unwrap_or(0);
        assert!(earlier < at, "{id} stands before its neighbour");
    }
    let declared = document["tags"].as_array().into_iter().flatten();
    let places: Vec<usize> = declared
        .filter_map(|tag| before.get(tag["name"].as_str()?).copied())
        .collect();
    assert!(places.is_sorted(), "tags stand in another order");
}
