//! `/admin/webhooks`: the systems that are told of events, and the log of what they were told, for admins.

pub mod create;
pub mod delete;
pub mod deliveries;
pub mod get;
pub mod list;
pub mod patch;
pub mod redeliver;
pub mod rotate_secret;
pub mod test;

use crate::{error::Problem, extract::PathId, openapi::Resource, respond::Answer, views::webhook};
use actions::webhooks::{Delivery, store};
use domain::ids::WebhookId;
use platform::{context::Context, outbound::Destination};
use sqlx::PgConnection;

/// The newest attempts of a delivery that are shown.
const SHOWN_ATTEMPTS: i64 = 20;
/// A secret, for the document.
const EXAMPLE_SECRET: &str = "whsec_QmFpVGVjaCBTdXBwb3J0IGV4YW1wbGUgc2VjcmV0ISE=";

/// The id of the webhook in the path.
fn webhook(id: &PathId) -> Result<WebhookId, Problem> {
    id.parse(Resource::Webhook.key())
}

/// Whether a URL may be called, as far as that can be known before its name is looked up.
fn fit(cx: &Context, url: &str) -> Result<(), String> {
    let parsed = Destination::parse(url, &cx.config.outbound);
    parsed.map(drop).map_err(|unfit| unfit.to_string())
}

/// A response with one delivery.
async fn shown(db: &mut PgConnection, delivery: &Delivery) -> Result<Answer, Problem> {
    let attempts = store::attempts_of(db, &[delivery.id], SHOWN_ATTEMPTS).await?;
    let view = webhook::DeliveryView::of(delivery, &attempts);
    Ok(Answer::of("delivery", view))
}
