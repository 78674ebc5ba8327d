//! `GET /admin/users/{id}`: shows an account.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    views::person::User,
};
use actions::people::store;
use axum::extract::State;
use platform::context::Context;

/// Shows an account.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 404.
pub async fn get(
    Admin(_): Admin,
    State(cx): State<Context>,
    id: PathId,
) -> Result<Answer, Problem> {
    let mut db = cx.pool.acquire().await?;
    let person = store::person(&mut db, super::person(&id)?, cx.config.tickets.load).await?;
    Ok(Answer::of("user", User::from(&person)))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getUser", Access::Roles("admins"), "Show an account")
        .description("The account as the person and the admins see it.")
        .answers::<User>("user")
}
