//! `GET`, `POST /support/survey/{token}`: the page of the link in a survey mail. No login is needed, since
//! only the customer has the link. Opening the page changes nothing; the `POST` of its form uses the link.

use crate::{
    error::Problem,
    extract::PathId,
    idempotency::{Asker, Idempotency},
    openapi::{Access, Operation},
    query::Query,
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
    reader::{ObjectReader, QueryReader},
    tickets::{NewRating, survey},
};
use futures_util::FutureExt;
use platform::{config::Brand, work::UnitOfWork};
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

/// Shows the form, with the rating of the link chosen, if it has one. An invalid link gets a page with 404.
///
/// # Errors
/// 400 for a rating that is none; 503 where the database is unavailable.
pub async fn get(
    State(api): State<ApiState>,
    token: PathId,
    query: Query,
) -> Result<Response, Problem> {
    let brand = &api.cx.config.brand;
    let Some((ticket, cycle)) = claim(&api, &token) else {
        return Ok(not_found(brand));
    };
    let Some(survey) = found(&api.cx.pool, ticket, cycle).await? else {
        return Ok(not_found(brand));
    };
    let filled = view::Filled {
        rating: query.read(|query| Some(chosen(query)))?,
        ..view::Filled::default()
    };
    let what = match survey.state {
        SurveyState::Open => Page::Form(&survey.number, filled),
        SurveyState::Answered => Page::Answered,
        SurveyState::Over => Page::Over,
    };
    Ok(page(brand, StatusCode::OK, &survey.language, &what))
}

/// The rating of the star that was followed in the mail.
fn chosen(query: &mut QueryReader) -> Option<i16> {
    let rating = query.integer("rating", 1..=5)?;
    rating.try_into().ok()
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
        return Ok(not_found(&api.cx.config.brand));
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
        return Ok(not_found(&work.cx.config.brand));
    };
    let cx = work.cx;
    let page = |status, what: &Page<'_>| page(&cx.config.brand, status, &survey.language, what);
    let rating = match rating(&filled) {
        Ok(rating) => rating,
        Err(wrong) => {
            let again = Page::Form(&survey.number, filled.again(&wrong));
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again));
        }
    };
    match actions::tickets::rate_by_survey(work, ticket, cycle, rating).await {
        Ok(_) => Ok(page(StatusCode::OK, &Page::Thanks)),
        Err(ActionError::Conflict {
            code: "rated_already",
            ..
        }) => Ok(page(StatusCode::CONFLICT, &Page::Answered)),
        Err(ActionError::Conflict { .. }) => Ok(page(StatusCode::CONFLICT, &Page::Over)),
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

fn not_found(brand: &Brand) -> Response {
    page(brand, StatusCode::NOT_FOUND, "en", &Page::NotFound)
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
    .description(
        "An HTML page. Opening it changes nothing. The stars in the mail link to it with a `rating`, which is chosen in the form.",
    )
    .query(chosen)
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
