//! A form while it arrives: `multipart/form-data` (RFC 7578), with a largest size and a least pace.

use super::pace::{Credit, Pace};
use crate::error::Problem;
use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody},
    http::{HeaderMap, StatusCode, header},
};
use domain::attachments::LARGEST;
use futures_util::{Stream, StreamExt};
use multer::Multipart;
use std::{
    error::Error,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, timeout};

/// The most bytes of a form beside its file.
const OVERHEAD: usize = 64 * 1024;
/// The most bytes of a form.
pub(super) const MOST: usize = LARGEST + OVERHEAD;
/// Bytes that are still received of a refused form, so that its client reads the response.
const DISCARDED: usize = 32 * 1024 * 1024;
/// How long the rest of a refused form is received.
const DISCARDING: Duration = Duration::from_secs(10);

/// 413: the file is too large.
pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("A file may have at most {LARGEST} bytes."),
    )
}

/// The boundary between the fields of a form.
///
/// # Errors
/// 415 where the body is not a form.
pub(super) fn boundary(headers: &HeaderMap) -> Result<String, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type
        .and_then(|value| multer::parse_boundary(value.to_str().ok()?).ok())
        .ok_or_else(form_needed)
}

/// 415: the body is not a form.
pub(crate) fn form_needed() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "form_needed",
        "Send a form (`Content-Type: multipart/form-data` with its boundary) with the file in the field `file`.",
    )
}

/// The most bytes that the form reader may hold without a result: a head of a field that goes on for
/// megabytes is malformed.
const HELD: usize = 64 * 1024;

/// The bytes received since the last result of the form reader.
#[derive(Debug, Clone, Default)]
struct Held(Arc<AtomicUsize>);

/// The waiting for the next part of a form.
#[derive(Debug)]
pub(super) struct Waiting {
    held: Held,
    credit: Credit,
}

/// Why a form is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// The client is gone, silent or too slow: nothing more is received.
    Lost(Problem),
    /// The form is wrong, and the rest of it may be on its way.
    Wrong(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Wrong(problem)
    }
}

/// The fields of a form while they arrive.
pub(super) fn fields(
    body: &mut BodyDataStream,
    boundary: String,
    pace: Pace,
) -> (Multipart<'_>, Waiting) {
    let held = Held::default();
    let fields = Multipart::new(Paced::new(body, held.clone()), boundary);
    let credit = Credit::new(pace);
    (fields, Waiting { held, credit })
}

impl Waiting {
    /// The next result of the form reader, within the credit of the client.
    ///
    /// # Errors
    /// 413, or 400 for a form that breaks off, stops, is too slow or malformed.
    pub(super) async fn next<T>(
        &mut self,
        coming: impl Future<Output = multer::Result<T>>,
    ) -> Result<T, Refused> {
        let began = Instant::now();
        let come = timeout(self.credit.left(), coming).await;
        let received = self.held.0.swap(0, Ordering::Relaxed);
        self.credit.waited(began.elapsed(), received);
        match come {
            Ok(Ok(come)) => Ok(come),
            Ok(Err(error)) if is::<TooLarge>(&error) => Err(Refused::Wrong(too_large())),
            Ok(Err(error)) if is::<Shapeless>(&error) => Err(Refused::Wrong(malformed())),
            Ok(Err(multer::Error::StreamReadFailed(_))) | Err(_) => {
                Err(Refused::Lost(Problem::new(
                    StatusCode::BAD_REQUEST,
                    "body_not_received",
                    "The body did not arrive completely, or arrived too slowly: send it again.",
                )))
            }
            Ok(Err(_)) => Err(Refused::Wrong(malformed())),
        }
    }
}

fn malformed() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed_form",
        "The body is not a form with the boundary that its `Content-Type` names.",
    )
}

fn is<E: Error + 'static>(error: &multer::Error) -> bool {
    let multer::Error::StreamReadFailed(cause) = error else {
        return false;
    };
    cause.is::<E>()
}

/// Receives the rest of a refused form and discards it, within bounds: a client that is cut off while it
/// sends may never read the response.
pub(super) async fn discard_rest(body: &mut BodyDataStream) {
    let rest = async {
        let mut discarded = 0;
        while let Some(Ok(bytes)) = body.next().await {
            discarded += bytes.len();
            if discarded > DISCARDED {
                break;
            }
        }
    };
    if timeout(DISCARDING, rest).await.is_err() {
        tracing::debug!("a client went on sending a refused form");
    }
}

/// Whether the client waits for a response before it sends the body (`Expect: 100-continue`).
pub(super) fn expects_response(headers: &HeaderMap) -> bool {
    headers.contains_key(header::EXPECT)
}

/// Whether `Content-Length` says that the body is too large.
pub(super) fn declares_too_much(body: &Body) -> bool {
    let declared = body.size_hint().exact();
    declared.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > MOST))
}

#[derive(Debug, thiserror::Error)]
#[error("the form is too large")]
struct TooLarge;

#[derive(Debug, thiserror::Error)]
#[error("the form is malformed")]
struct Shapeless;

/// A body, chunk by chunk. The form reader takes all available bytes into its memory at once. So after each
/// chunk this stream is pending once, and the reader handles the chunk first.
struct Paced<'r> {
    body: &'r mut BodyDataStream,
    received: usize,
    held: Held,
    rests: bool,
}

impl<'r> Paced<'r> {
    fn new(body: &'r mut BodyDataStream, held: Held) -> Self {
        Self {
            body,
            received: 0,
            held,
            rests: false,
        }
    }
}

impl Stream for Paced<'_> {
    type Item = Result<Bytes, Box<dyn Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.held.0.load(Ordering::Relaxed) > HELD {
            return Poll::Ready(Some(Err(Shapeless.into())));
        }
        let Poll::Ready(next) = self.body.poll_next_unpin(cx) else {
            return Poll::Pending;
        };
        Poll::Ready(match next {
            Some(Ok(bytes)) => {
                self.rests = true;
                self.received += bytes.len();
                self.held.0.fetch_add(bytes.len(), Ordering::Relaxed);
                Some(if self.received > MOST {
                    Err(TooLarge.into())
                } else {
                    Ok(bytes)
                })
            }
            Some(Err(error)) => Some(Err(error.into())),
            None => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn a_form_that_comes_quickly_is_read_piece_by_piece() {
        let beginning = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
        let piece = Bytes::from(vec![b'x'; 10_000]);
        let pieces = std::iter::once(Bytes::from(beginning))
            .chain(std::iter::repeat_n(piece, 20))
            .chain([Bytes::from("\r\n--b--\r\n")]);
        let body = Body::from_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)));
        let mut body = body.into_data_stream();
        let (mut form, mut waiting) = fields(&mut body, "b".to_owned(), Pace::default());
        let mut field = waiting.next(form.next_field()).await.unwrap().unwrap();
        let mut largest = 0;
        let mut all = 0;
        while let Some(bytes) = waiting.next(field.chunk()).await.unwrap() {
            largest = largest.max(bytes.len());
            all += bytes.len();
        }
        assert_eq!(all, 200_000);
        assert!(largest <= 10_000, "{largest} bytes were held at a time");
    }

    #[tokio::test]
    async fn a_form_of_which_nothing_can_be_made_is_not_kept_in_memory() {
        for beginning in [
            "--b\r\nContent-Disposition: form-data; name=\"",
            "no boundary ",
        ] {
            let pieces = std::iter::once(Bytes::from(beginning))
                .chain(std::iter::repeat_n(Bytes::from(vec![b'x'; 10_000]), 900));
            let body = Body::from_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)));
            let mut body = body.into_data_stream();
            let (mut form, mut waiting) = fields(&mut body, "b".to_owned(), Pace::default());
            let refused = waiting.next(form.next_field()).await.map(drop);
            assert!(
                matches!(&refused, Err(Refused::Wrong(problem)) if problem.code() == "malformed_form"),
                "{refused:?}"
            );
            drop(form);
            let mut left = 0;
            while let Some(Ok(bytes)) = body.next().await {
                left += bytes.len();
            }
            assert!(left > 8_900_000, "only {left} bytes were left alone");
        }
    }
}
