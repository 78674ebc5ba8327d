//! A form as it comes in: `multipart/form-data` (RFC 7578), bounded in size and in slowness.

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

/// What a form may have beside its file, in bytes.
const OVERHEAD: usize = 64 * 1024;
/// The most bytes of a form.
pub(super) const MOST: usize = LARGEST + OVERHEAD;
/// What is thrown away of a form that is too large, so that its sender gets to hear of it.
const THROWN_AWAY: usize = 32 * 1024 * 1024;
/// How long it is thrown away.
const THROWING: Duration = Duration::from_secs(10);

/// 413.
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
/// 415 for what is no form.
pub(super) fn boundary(headers: &HeaderMap) -> Result<String, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type
        .and_then(|value| multer::parse_boundary(value.to_str().ok()?).ok())
        .ok_or_else(form_needed)
}

/// 415.
pub(crate) fn form_needed() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "form_needed",
        "Send a form (`Content-Type: multipart/form-data` with its boundary) that has the file in its field `file`.",
    )
}

/// Bytes that the reader of forms may hold without having made anything of them: a head of a field
/// that goes on for megabytes is none.
const HELD: usize = 64 * 1024;

/// How many bytes have come in since the reader of a form last made something of them.
#[derive(Debug, Clone, Default)]
struct Held(Arc<AtomicUsize>);

/// What of a form is waited for, and for how long.
#[derive(Debug)]
pub(super) struct Waiting {
    held: Held,
    credit: Credit,
}

/// Why a form is not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// Its sender is gone, silent or too slow: nothing more is waited for.
    Lost(Problem),
    /// It is wrong, and the rest of it may be on its way.
    Wrong(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Wrong(problem)
    }
}

/// The fields of a form, as they come.
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
    /// The next of something that comes in, unless the sender is silent or too slow.
    ///
    /// # Errors
    /// 413, or 400 for a form that breaks off, stops, is too slow, or is none.
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
                    "The body did not arrive as a whole, or too slowly: send it again.",
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
        "The body is not the form that its Content-Type promises.",
    )
}

fn is<E: Error + 'static>(error: &multer::Error) -> bool {
    let multer::Error::StreamReadFailed(cause) = error else {
        return false;
    };
    cause.is::<E>()
}

/// Throws the rest of a form away, within bounds: a sender that is cut off while it sends may never
/// read why.
pub(super) async fn throw_away(body: &mut BodyDataStream) {
    let rest = async {
        let mut thrown = 0;
        while let Some(Ok(bytes)) = body.next().await {
            thrown += bytes.len();
            if thrown > THROWN_AWAY {
                break;
            }
        }
    };
    if timeout(THROWING, rest).await.is_err() {
        tracing::debug!("a sender went on sending what is too large");
    }
}

/// Whether the sender waits to be told before it sends.
pub(super) fn waits_to_be_told(headers: &HeaderMap) -> bool {
    headers.contains_key(header::EXPECT)
}

/// Whether the sender says beforehand that the body is too large.
pub(super) fn declares_too_much(body: &Body) -> bool {
    let declared = body.size_hint().exact();
    declared.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > MOST))
}

#[derive(Debug, thiserror::Error)]
#[error("the form is too large")]
struct TooLarge;

#[derive(Debug, thiserror::Error)]
#[error("nothing can be made of the form")]
struct Shapeless;

/// A body, piece by piece. The reader of forms takes all that there is at once into its memory:
/// after each piece it is told that there is nothing yet, so that it deals with the piece first.
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
