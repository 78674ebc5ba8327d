//! One upload is received: a form with one file in the field `file`, which is looked at as it comes.

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

/// The field that the file is in.
const FILE: &str = "file";
/// Faults after which nobody reads on.
const MOST_FAULTS: usize = 20;
/// Characters of a field's name that are told.
const LONGEST_NAME: usize = 100;

/// A file that arrived as a whole, and is taken.
pub struct Arrived {
    /// What it is.
    pub new: NewUpload,
    /// Tells this upload from others: SHA-256 of name and bytes.
    pub fingerprint: [u8; 32],
    spool: Spool,
    size: usize,
}

impl Arrived {
    /// Its bytes.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn bytes(self) -> Result<Vec<u8>, Problem> {
        let read = self.spool.read(self.size).await;
        read.map_err(disk)
    }
}

/// Receives the file of a request. `name` is one that nothing else has.
///
/// # Errors
/// 413 for a file that is too large, 415 for what is no form, 400 for a form that breaks off or is too
/// slow, 422 with every fault, 503 where the disk takes nothing.
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
            if !form::waits_to_be_told(&parts.headers) {
                form::throw_away(&mut body).await;
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
            (true, None) => faults.add(FILE, "one_file", "is there twice: send one file at a time"),
            (false, unused) => {
                spool = unused;
                let name: String = field
                    .name()
                    .unwrap_or_default()
                    .chars()
                    .take(LONGEST_NAME)
                    .collect();
                faults.add(name, "unknown_field", "is not a field that is known here");
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

/// A file of which all has come in, and nothing is decided.
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
            let message = format!("is {found} by its bytes; taken are {}", allowed.join(", "));
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

/// 503: the disk is full or cannot be written to. That is not the caller's fault, and no failure of ours
/// that another attempt would meet again.
fn disk(error: io::Error) -> Problem {
    Problem::unavailable(
        "No file can be taken at the moment: try again shortly.",
        NotSpooled(error),
    )
}

#[derive(Debug, thiserror::Error)]
#[error("what arrives cannot be put on the disk")]
struct NotSpooled(#[source] io::Error);
