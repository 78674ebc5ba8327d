//! Receives one upload: a form with one file in the field `file`, which is inspected while it arrives.

use super::{
    form::{self, Refused, Waiting},
    name,
    pace::Pace,
    spool::Spool,
};
use crate::error::Problem;
use axum::extract::Request;
use domain::{
    attachments::{Inspector, Kind, LARGEST, NewUpload, file_name},
    field_error::FieldErrors,
};
use multer::{Field, Multipart};
use platform::config;
use sha2::{Digest, Sha256};
use std::io;

/// The field of the file.
const FILE: &str = "file";
/// The number of fields after which reading stops.
const MOST_FAULTS: usize = 20;
/// The most characters of a field name in a field error.
const LONGEST_NAME: usize = 100;

/// A file that was received as a whole, and is accepted.
pub struct Arrived {
    /// Its name, type and size.
    pub new: NewUpload,
    /// Distinguishes this upload from others: SHA-256 of name and bytes.
    pub fingerprint: [u8; 32],
    spool: Spool,
    size: usize,
}

impl Arrived {
    /// Its bytes.
    ///
    /// # Errors
    /// 503 where the disk failed.
    pub async fn bytes(self) -> Result<Vec<u8>, Problem> {
        let read = self.spool.read(self.size).await;
        read.map_err(disk)
    }
}

/// Receives the file of a request. `name` is unique among the spooled files.
///
/// # Errors
/// 413 for a file that is too large, 415 where the body is not a form, 400 for a form that breaks off or is
/// too slow, 422 with every field error, 503 where the disk cannot be written to.
pub async fn receive(
    config: &config::Attachments,
    pace: Pace,
    name: &str,
    request: Request,
) -> Result<Arrived, Problem> {
    let (parts, body) = request.into_parts();
    let too_much = form::declares_too_much(&body);
    let mut body = body.into_data_stream();
    let received = match form::boundary(&parts.headers) {
        _ if too_much => Err(form::too_large().into()),
        Ok(boundary) => match Spool::new(&config.arriving, name).await {
            Ok(spool) => {
                let (fields, waiting) = form::fields(&mut body, boundary, pace);
                read(config, fields, waiting, spool).await
            }
            Err(error) => Err(disk(error).into()),
        },
        Err(problem) => Err(problem.into()),
    };
    match received {
        Ok(arrived) => Ok(arrived),
        Err(Refused::Lost(problem)) => Err(problem),
        Err(Refused::Wrong(problem)) => {
            if !form::expects_response(&parts.headers) {
                form::discard_rest(&mut body).await;
            }
            Err(problem)
        }
    }
}

async fn read(
    config: &config::Attachments,
    mut fields: Multipart<'_>,
    mut waiting: Waiting,
    spool: Spool,
) -> Result<Arrived, Refused> {
    let mut spool = Some(spool);
    let mut arrived = None;
    let mut faults = FieldErrors::new();
    let mut is_whole = false;
    for _ in 0..MOST_FAULTS {
        let Some(mut field) = waiting.next(fields.next_field()).await? else {
            is_whole = true;
            break;
        };
        match (field.name() == Some(FILE), spool.take()) {
            (true, Some(empty)) => {
                let file = Incoming::read(&mut field, &mut waiting, empty).await?;
                let name = name::of_file(field.headers());
                arrived = file.finish(name.as_deref(), &config.kinds, &mut faults);
                continue;
            }
            (true, None) => faults.add(FILE, "one_file", "was sent twice: send one file at a time"),
            (false, unused) => {
                spool = unused;
                let name: String = field
                    .name()
                    .unwrap_or_default()
                    .chars()
                    .take(LONGEST_NAME)
                    .collect();
                faults.add(name, "unknown_field", "is not a known field");
            }
        }
        while waiting.next(field.chunk()).await?.is_some() {}
    }
    if is_whole && spool.is_some() {
        faults.required(FILE);
    }
    let arrived = faults.finish(arrived).map_err(Problem::invalid)?;
    Ok(arrived)
}

/// A file that was received as a whole, and is not yet accepted.
struct Incoming {
    spool: Spool,
    size: usize,
    inspector: Inspector,
    digest: Sha256,
}

impl Incoming {
    async fn read(
        field: &mut Field<'_>,
        waiting: &mut Waiting,
        spool: Spool,
    ) -> Result<Self, Refused> {
        let mut incoming = Self {
            spool,
            size: 0,
            inspector: Inspector::default(),
            digest: Sha256::new(),
        };
        while let Some(bytes) = waiting.next(field.chunk()).await? {
            incoming.size += bytes.len();
            if incoming.size > LARGEST {
                return Err(form::too_large().into());
            }
            incoming.inspector.look(&bytes);
            incoming.digest.update(&bytes);
            incoming.spool.write(&bytes).await.map_err(disk)?;
        }
        Ok(incoming)
    }

    fn finish(
        self,
        name: Option<&str>,
        allowed: &[&'static Kind],
        faults: &mut FieldErrors,
    ) -> Option<Arrived> {
        if self.size == 0 {
            faults.add(FILE, "empty_file", "must not be empty");
            return None;
        }
        let found = self.inspector.find();
        let allows = |kind: &&'static Kind| allowed.contains(kind);
        let Some(kind) = found.ok().filter(allows) else {
            let found = found.map_or_else(|other| other, |kind| kind.media_type);
            let allowed: Vec<_> = allowed.iter().map(|kind| kind.extension()).collect();
            let message = format!(
                "has the content type {found}; the accepted types are {}",
                allowed.join(", ")
            );
            faults.add(FILE, "type_not_allowed", message);
            return None;
        };
        let file_name = file_name(name, kind);
        let fingerprint = Sha256::new()
            .chain_update(&file_name)
            .chain_update([0])
            .chain_update(self.digest.finalize())
            .finalize();
        Some(Arrived {
            new: NewUpload {
                file_name,
                content_type: kind.media_type,
                size: i64::try_from(self.size).ok()?,
            },
            fingerprint: fingerprint.into(),
            spool: self.spool,
            size: self.size,
        })
    }
}

/// 503: the disk is full or cannot be written to. A later attempt may succeed.
fn disk(error: io::Error) -> Problem {
    Problem::unavailable(
        "No file can be stored at the moment: try again shortly.",
        NotSpooled(error),
    )
}

#[derive(Debug, thiserror::Error)]
#[error("an upload could not be written to the disk")]
struct NotSpooled(#[source] io::Error);
