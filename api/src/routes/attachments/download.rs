//! `GET /support/attachments/{id}`: the bytes of an upload, with headers that keep scripts in it from running.

use super::disposition::disposition;
use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation, Resource},
    signed_in::SignedIn,
    state::ApiState,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::attachments::name_on_disk;
use futures_util::TryStreamExt;
use platform::error_chain::Chain;

/// Streams the bytes from the store.
///
/// # Errors
/// 400, 401, 404 where the caller may not see such an upload, 503.
pub async fn download(
    SignedIn { actor, .. }: SignedIn,
    State(api): State<ApiState>,
    id: PathId,
) -> Result<Response, Problem> {
    let id = id.parse(Resource::Attachment.key())?;
    let upload = actions::tickets::find_attachment(&api.cx.pool, &actor, id).await?;
    let content = api.files.get(id).await?;
    let content = content.inspect_err(move |error| {
        tracing::error!(attachment.id = %id, error = %Chain(error), "a download broke off");
    });
    let name = name_on_disk(&upload.file_name, &upload.content_type);
    let headers = [
        (header::CONTENT_TYPE, value(&upload.content_type)?),
        (header::CONTENT_LENGTH, upload.size.into()),
        (header::CONTENT_DISPOSITION, value(&disposition(&name))?),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    Ok((headers, Body::from_stream(content)).into_response())
}

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(Problem::unexpected)
}

pub(crate) fn operation() -> Operation {
    Operation::new("downloadAttachment", Access::SignedIn, "Download a file")
        .description(
            "Before the file is attached, only its uploader can download it; afterwards everybody who can see its ticket or \
             message. All others get 404. Browsers save the file and never display it (`Content-Disposition: attachment`), \
             under a name whose extension agrees with the type.",
        )
        .answers_bytes()
}
