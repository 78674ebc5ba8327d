//! `GET`, `POST /support/survey/{token}`: the page of the link in a survey mail. No login is needed, since
//! only the customer has the link. Opening the page changes nothing; the `POST` of its form uses the link.

use crate::{
    error::Problem,
    extract::PathId,
    idempotency::{Asker, Idempotency},
    openapi::{Access, Operation},
    state::ApiState,
    views::survey::{self as view, Page, Wrong, page},
};
use actions::{
    error::ActionError,
    tickets::read::{self, Survey, SurveyState},
};
use axum::{
    extract::{Form, State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    field_error::{FieldError, FieldErrors},
    ids::TicketId,
    reader::ObjectReader,
    tickets::{NewRating, survey},
};
use futures_util::FutureExt;
use platform::work::UnitOfWork;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgExecutor;

/// The form as the customer sends it.
#[derive(Debug, Default, Deserialize)]
pub struct Filled {
    rating: Option<String>,
    feedback: Option<String>,
}

impl Filled {
    /// The text as it was typed: forms send line breaks as two characters, and `maxlength` counts them as one.
    fn typed(self) -> Self {
        let feedback = self.feedback.map(|text| text.replace("\r\n", "\n"));
        Self { feedback, ..self }
    }

    fn stars(&self) -> Option<i64> {
        self.rating.as_deref()?.parse().ok()
    }

    /// The form to show again, with the reasons of the refusal.
    fn again<'a>(&'a self, wrong: &'a [Wrong]) -> view::Filled<'a> {
        view::Filled {
            rating: self.stars().and_then(|stars| i16::try_from(stars).ok()),
            feedback: self.feedback.as_deref().unwrap_or_default(),
            wrong,
        }
    }
}

/// Shows the form. An invalid link gets a page with 404.
///
/// # Errors
/// 503 where the database is unavailable.
pub async fn get(State(api): State<ApiState>, token: PathId) -> Result<Response, Problem> {
    let Some((ticket, cycle)) = claim(&api, &token) else {
        return Ok(not_found());
    };
    let Some(survey) = found(&api.cx.pool, ticket, cycle).await? else {
        return Ok(not_found());
    };
    Ok(match survey.state {
        SurveyState::Open => page(
            StatusCode::OK,
            &survey.language,
            &Page::Form(&survey.number, view::Filled::default()),
        ),
        SurveyState::Answered => page(StatusCode::OK, &survey.language, &Page::Answered),
        SurveyState::Over => page(StatusCode::OK, &survey.language, &Page::Over),
    })
}

/// Stores the rating. Refusals are pages: 404 for an invalid link, 409 for a ticket that was rated or
/// reopened, 422 for a wrong form.
///
/// # Errors
/// 400 for an unfit idempotency key, 409, 422 for a key in use; 503 where the database is unavailable.
pub async fn post(
    State(api): State<ApiState>,
    token: PathId,
    idempotency: Idempotency,
    filled: Result<Form<Filled>, FormRejection>,
) -> Result<Response, Problem> {
    let Some((ticket, cycle)) = claim(&api, &token) else {
        return Ok(not_found());
    };
    let filled = filled.map(|Form(filled)| filled.typed());
    let filled = filled.unwrap_or_default();
    let sent = format!("{filled:?}").into();
    let asker = Asker::Survey(ticket, cycle);
    idempotency
        .once(&api.cx, asker, Some(sent), |work| {
            answer(work, ticket, cycle, filled).boxed()
        })
        .await
}

async fn answer(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    cycle: i32,
    filled: Filled,
) -> Result<Response, Problem> {
    let Some(survey) = found(&mut *work.tx, ticket, cycle).await? else {
        return Ok(not_found());
    };
    let language = &survey.language;
    let rating = match rating(&filled) {
        Ok(rating) => rating,
        Err(wrong) => {
            let again = Page::Form(&survey.number, filled.again(&wrong));
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, language, &again));
        }
    };
    match actions::tickets::rate_by_survey(work, ticket, cycle, rating).await {
        Ok(_) => Ok(page(StatusCode::OK, language, &Page::Thanks)),
        Err(ActionError::Conflict {
            code: "rated_already",
            ..
        }) => Ok(page(StatusCode::CONFLICT, language, &Page::Answered)),
        Err(ActionError::Conflict { .. }) => Ok(page(StatusCode::CONFLICT, language, &Page::Over)),
        Err(error) => Err(error.into()),
    }
}

fn claim(api: &ApiState, token: &PathId) -> Option<(TicketId, i32)> {
    survey::verify(&api.cx.config.auth.jwt_secret, token.as_str())
}

async fn found(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    cycle: i32,
) -> Result<Option<Survey>, Problem> {
    match read::survey(db, ticket, cycle).await {
        Ok(survey) => Ok(Some(survey)),
        Err(ActionError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The rating, or the reasons of its refusal.
fn rating(filled: &Filled) -> Result<NewRating, Vec<Wrong>> {
    let feedback = filled
        .feedback
        .as_deref()
        .filter(|feedback| !feedback.trim().is_empty());
    let mut faults = FieldErrors::new();
    let rating = NewRating::parse(filled.stars(), feedback, &mut faults);
    let wrong = |field_error: &FieldError| match (field_error.field.as_str(), field_error.code) {
        ("rating", _) => Wrong::NoStar,
        (_, "nul_character") => Wrong::Unreadable,
        _ => Wrong::TooLong,
    };
    let rating = faults.finish(rating);
    rating.map_err(|faults| faults.iter().map(wrong).collect())
}

fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "en", &Page::NotFound)
}

fn body(body: &mut ObjectReader) {
    body.need("rating");
    body.text("rating");
    body.text("feedback");
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "showSurvey",
        Access::Anybody,
        "Show the survey that a mail links to",
    )
    .description("An HTML page. Opening it changes nothing.")
    .pages()
}

pub(crate) fn post_operation() -> Operation {
    Operation::new(
        "answerSurvey",
        Access::Anybody,
        "Answer the survey that a mail links to",
    )
    .description("The form of the page sends this request. Each resolution can be rated once.")
    .body(body, json!({"rating": "5", "feedback": "Quick!"}))
    .pages()
}
