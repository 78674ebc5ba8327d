//! The survey form: a star of the mail is chosen in it, and a refused form keeps what was typed.

use crate::{
    accounts::fills,
    harness::{Answer, App},
};
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The path of the survey of a closed ticket in that language.
async fn survey(app: &App, name: &str, language: &str) -> String {
    let customer = app.customer(name).await;
    let speaks = json!({"language": language});
    customer.patch("/api/v1/auth/me", speaks).await.ok();
    let ticket = customer.asks("general", "low").await;
    app.admin(&format!("Eve{name}"))
        .await
        .closes(&ticket)
        .await
        .ok();
    let secret = &app.cx.config.auth.jwt_secret;
    let token = domain::tickets::survey::token(secret, ticket.parse().unwrap(), 0);
    format!("/api/v1/support/survey/{token}")
}

fn page(answer: &Answer, status: StatusCode) -> &str {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer.body.as_str().unwrap()
}

#[tokio::test]
async fn a_survey_without_a_star_keeps_what_was_typed_and_says_why_in_the_readers_language() {
    let app = App::new().await;
    for (name, language, why) in [
        ("Ann", "en", "Please choose from 1 to 5 stars."),
        ("Asha", "sw", "Tafadhali chagua nyota 1 hadi 5."),
        ("Zoe", "fr", "Veuillez choisir de 1 à 5 étoiles."),
    ] {
        let path = survey(&app, name, language).await;
        let form = "feedback=Quick+%3C%2Ftextarea%3E%3Cscript%3E%26+%22kind%22%0D%0AThanks";
        for stars in ["", "rating=6&", "rating=none&"] {
            let refused = fills(&app, &path, &format!("{stars}{form}")).await;
            let shown = page(&refused, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(shown.contains(why), "{shown}");
            assert!(
                shown
                    .contains("<fieldset aria-invalid=\"true\" aria-describedby=\"rating-wrong\">")
            );
            assert!(shown.contains("id=\"rating-wrong\" role=\"alert\""));
            let typed =
                "\nQuick &lt;/textarea&gt;&lt;script&gt;&amp; &quot;kind&quot;\nThanks</textarea>";
            assert!(shown.contains(typed), "{shown}");
            assert!(!shown.contains(" checked>"));
        }
        // Nothing was spent.
        let taken = fills(&app, &path, &format!("rating=5&{form}")).await;
        page(&taken, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_survey_with_too_long_a_text_keeps_text_and_star_and_says_why() {
    let app = App::new().await;
    for (name, language, why) in [
        ("Ann", "en", "Your text is too long"),
        ("Asha", "sw", "Maandishi yako ni marefu mno"),
        ("Zoe", "fr", "Votre texte est trop long"),
    ] {
        let path = survey(&app, name, language).await;
        let text = "a".repeat(5_001);
        let refused = fills(&app, &path, &format!("rating=4&feedback={text}")).await;
        let shown = page(&refused, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(shown.contains(why) && shown.contains(&text));
        assert!(shown.contains("value=\"4\" required checked"));
        assert!(shown.contains("aria-invalid=\"true\" aria-describedby=\"feedback-wrong\""));
        assert!(!shown.contains("rating-wrong"));
    }
}

#[tokio::test]
async fn a_survey_tells_everything_that_is_wrong_at_once() {
    let app = App::new().await;
    let path = survey(&app, "Ann", "en").await;
    let refused = fills(&app, &path, &format!("feedback={}", "a".repeat(5_001))).await;
    let shown = page(&refused, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("rating-wrong") && shown.contains("feedback-wrong"));
    let refused = fills(&app, &path, "rating=3&feedback=a%00b").await;
    let shown = page(&refused, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("a character that we cannot accept"));
}

#[tokio::test]
async fn a_line_break_in_a_survey_counts_as_one_character_as_in_the_form() {
    let app = App::new().await;
    let path = survey(&app, "Ann", "en").await;
    let text = "a%0D%0A".repeat(2_500);
    let taken = fills(&app, &path, &format!("rating=4&feedback={text}")).await;
    page(&taken, StatusCode::OK);
    let kept = "select length(rating_feedback)::bigint from tickets";
    assert_eq!(app.count(kept).await, 5_000);
}

#[tokio::test]
async fn a_star_of_the_mail_is_chosen_in_the_form_and_rates_nothing() {
    let app = App::new().await;
    let path = survey(&app, "Ann", "en").await;
    let before = app.fingerprint().await;
    for stars in 1..=5 {
        let opened = app.stranger().get(&format!("{path}?rating={stars}")).await;
        let shown = page(&opened, StatusCode::OK);
        assert!(shown.contains(&format!("value=\"{stars}\" required checked")));
        assert_eq!(shown.matches("checked>").count(), 1, "{shown}");
    }
    assert_eq!(app.fingerprint().await, before);
    let plain = app.stranger().get(&path).await;
    assert!(!page(&plain, StatusCode::OK).contains("checked>"));
    for none in ["0", "6", "five"] {
        let refused = app.stranger().get(&format!("{path}?rating={none}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{none}");
    }
}

#[tokio::test]
async fn the_form_says_what_the_stars_mean_and_not_what_the_ticket_is_about() {
    let app = App::new().await;
    for (name, language, ends) in [
        ("Ann", "en", ["1: very dissatisfied", "5: very satisfied"]),
        (
            "Asha",
            "sw",
            ["1: sijaridhika kabisa", "5: nimeridhika sana"],
        ),
        (
            "Zoe",
            "fr",
            ["1\u{a0}: très insatisfait", "5\u{a0}: très satisfait"],
        ),
    ] {
        let path = survey(&app, name, language).await;
        let opened = app.stranger().get(&path).await;
        let shown = page(&opened, StatusCode::OK);
        assert!(ends.iter().all(|end| shown.contains(end)), "{shown}");
        // The number stays on one line.
        assert!(shown.contains("<span class=\"whole\">TKT-"), "{shown}");
        assert!(!shown.contains("Help"), "the subject: {shown}");
    }
}

#[tokio::test]
async fn a_page_allows_its_own_style_and_nothing_else() {
    let app = App::with(&[("BRAND_NAME", "Pamoja & Sons"), ("BRAND_COLOR", "#F2B705")]).await;
    let path = survey(&app, "Ann", "en").await;
    let opened = app.stranger().get(&path).await;
    let shown = page(&opened, StatusCode::OK);
    assert!(
        shown.contains("<p class=\"brand\">Pamoja &amp; Sons</p>"),
        "{shown}"
    );
    assert!(
        shown.contains("--accent:#f2b705;--on-accent:#000000"),
        "{shown}"
    );
    assert!(!shown.contains("<script") && !shown.contains(" style="));
    let (_, style) = shown.split_once("<style>").unwrap();
    let (style, _) = style.split_once("</style>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    assert_eq!(
        opened.headers["content-security-policy"],
        format!(
            "default-src 'none'; img-src data:; style-src 'sha256-{hash}'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'"
        )
    );
}
