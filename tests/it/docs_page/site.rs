//! What browsers ask for by themselves.

use crate::harness::App;
use axum::{body::Body, http::Request};

#[tokio::test]
async fn the_root_leads_browsers_to_the_page_and_tells_programs_that_there_is_nothing() {
    let app = App::new().await;
    let ask = |accept: &'static str| {
        let request = Request::get("/")
            .header("accept", accept)
            .body(Body::empty());
        let stranger = app.stranger();
        async move { stranger.send(request.unwrap()).await }
    };
    let browser = ask("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").await;
    assert_eq!(browser.status, 307);
    assert_eq!(browser.headers["location"], "/docs");
    assert_eq!(browser.headers["vary"], "accept");
    for of_program in ["*/*", "application/json", "text/html;q=0"] {
        let answer = ask(of_program).await;
        assert_eq!(answer.refused(404), "no_such_path", "{of_program}");
        assert!(answer.body["detail"].as_str().unwrap().contains("/docs"));
        assert_eq!(answer.headers["vary"], "accept");
    }
    assert_eq!(app.stranger().get("/").await.refused(404), "no_such_path");
}

#[tokio::test]
async fn browsers_get_the_icon_that_they_ask_for() {
    let app = App::new().await;
    let (status, headers, bytes) = app.stranger().downloads("/favicon.ico").await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "image/x-icon");
    assert_eq!(bytes[..4], [0, 0, 1, 0], "an icon, and not another file");
}
