//! `GET /notifications`: what the caller was told in the app, newest first.

use crate::{
    error::Problem,
    openapi::{Access, Operation, Resource},
    query::Query,
    respond::Answer,
    signed_in::SignedIn,
    views::{notification::NotificationView, page::Pagination},
};
use actions::notifications::in_app::{self, Filter, MOST_COUNTED, Part};
use axum::extract::State;
use domain::{
    field_error::Constraint,
    ids::NotificationId,
    paging::{PageRequest, Start},
    reader::QueryReader,
};
use platform::context::Context;

/// Lists notifications: `unread=true`, `page` or `cursor`, `limit`.
///
/// # Errors
/// 400, 401, 422.
pub async fn list(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    query: Query,
) -> Result<Answer, Problem> {
    let (filter, section) = query.read(self::query)?;
    let part = Part {
        filter,
        after: match section.start {
            Start::After(id) => Some(NotificationId(id)),
            Start::Page(_) => None,
        },
        offset: section.offset(),
        limit: section.limit,
    };
    let mut db = cx.snapshot().await?;
    let listed = in_app::list(&mut db, &actor, part).await?;
    drop(db);
    let next = listed.next.map(|next| next.to_string());
    let pagination = Pagination::of(section, listed.total.min(MOST_COUNTED))
        .counted(listed.total <= MOST_COUNTED)
        .followed_by(next);
    let views: Vec<_> = listed.entries.iter().map(NotificationView::from).collect();
    Ok(Answer::of("notifications", views)
        .with("unreadCount", listed.unread.min(MOST_COUNTED))
        .with("pagination", pagination))
}

fn query(query: &mut QueryReader) -> Option<(Filter, PageRequest)> {
    query.mean(&[(
        "unread",
        "Only notifications that are not read yet, if it is `true`.",
    )]);
    let unread = query.text("unread");
    query.errors().ask("unread", Constraint::Flag);
    let filter = match unread.as_deref() {
        None | Some("false") => Filter::All,
        Some("true") => Filter::Unread,
        Some(_) => {
            let must = "must be true or false";
            query.errors().add("unread", "unknown_value", must);
            return None;
        }
    };
    Some((filter, PageRequest::read(query)?))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "listNotifications",
        Access::SignedIn,
        "List your notifications",
    )
    .description(
        "The newest come first. `unreadCount` counts up to 10 000. A notification about a ticket that you may no longer see \
         is neither listed nor counted. Notifications are kept for 90 days.",
    )
    .query(query)
    .answers::<Vec<NotificationView>>("notifications")
    .answers_like("unreadCount", &3_i64)
    .answers::<Pagination>("pagination")
    .answer_named("NotificationList")
    .leads_to("notifications/0/id", Resource::Notification)
}
