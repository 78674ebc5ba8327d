//! `POST /support/attachments`: uploads a file.

use crate::{
    client::ClientAddress,
    error::Problem,
    idempotency::{Asker, Idempotency},
    openapi::{Access, Example, ExampleStage, Operation, Resource},
    respond::Answer,
    signed_in::SignedIn,
    state::ApiState,
    unknown_parameters::UnknownParameters,
    uploads::receive,
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::{attachments::Upload, ids::AttachmentId};
use futures_util::FutureExt;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Stores a file. The bytes are stored while no transaction is open. One transaction then takes the
/// idempotency key, marks the upload as stored and keeps the response. A key that was used with another
/// file, by its name or its bytes, is refused.
///
/// # Errors
/// 400, 401, 409 for too many unattached uploads, 413, 415, 422, 429 for too many uploads at a time, 503.
pub async fn upload(
    SignedIn { actor, .. }: SignedIn,
    address: ClientAddress,
    State(api): State<ApiState>,
    idempotency: Idempotency,
    request: Request,
) -> Result<Response, Problem> {
    let (cx, asker) = (&api.cx, Asker::Person(actor));
    let unknown = UnknownParameters::of(request.extensions());
    let room = api.uploads.room(actor.id, address)?;
    let name = cx.ids.uuid(cx.clock.now()).to_string();
    let arrived = receive(&cx.config.attachments, api.uploads.pace, &name, request).await?;
    unknown.refuse()?;
    let fingerprint = arrived.fingerprint;
    if let Some(first) = idempotency.answered(cx, asker, &fingerprint).await? {
        return Ok(first);
    }
    let memory = api.uploads.memory().await.map_err(Problem::unexpected)?;
    let new = arrived.new.clone();
    let id =
        actions::attachments::keep(cx, &api.files, &actor, &new, arrived.bytes().await?).await?;
    drop((memory, room));
    let sent = Some(fingerprint.to_vec().into());
    idempotency
        .once(cx, asker, sent, |work| {
            async move {
                let upload = actions::attachments::announce(work, id).await?;
                let answer = Answer::of("attachment", View::from(&upload));
                Ok(answer.created(&upload.path()))
            }
            .boxed()
        })
        .await
}

/// A file that was uploaded.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Upload")]
struct View {
    /// The id of the upload, by which it is attached to a ticket or a message.
    id: AttachmentId,
    #[serde(flatten)]
    file: domain::attachments::Attachment,
}

impl Example for View {
    fn example(_: ExampleStage) -> Value {
        let id = AttachmentId(uuid::Uuid::from_u128(
            0x0199_9ec9_0c00_7000_8000_0000_0000_0007,
        ));
        json!(Self {
            id,
            file: domain::attachments::Attachment {
                url: format!("/api/v1/support/attachments/{id}"),
                file_name: "screenshot.png".to_owned(),
                content_type: Some("image/png".to_owned()),
                size: Some(48_213),
            },
        })
    }
}

impl From<&Upload> for View {
    fn from(upload: &Upload) -> Self {
        Self {
            id: upload.id,
            file: upload.attachment(),
        }
    }
}

pub(crate) fn operation() -> Operation {
    Operation::new("uploadAttachment", Access::SignedIn, "Upload a file")
        .description(
            "A file has at most 10 MiB. Its type is found from its bytes, and must be one of the accepted types. Attach the \
             file once, by its `id`, to a new ticket or a message. Until then only the uploader can see it, and it is deleted \
             after 24 hours. `url` is a path of this API, which needs a token like every other path.",
        )
        .uploads("file")
        .creates()
        .conflicts(&["too_many_uploads"])
        .answers::<View>("attachment")
        .leads_to("attachment/id", Resource::Attachment)
}
