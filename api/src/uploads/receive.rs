//! One upload is received: a form with one file in the field `file`, which is looked at as it comes.

use super::{
    form::{self, Held},
    spool::Spool,
};
use crate::error::Problem;
use axum::{body::BodyDataStream, extract::Request};
use multer::Field;
use sha2::{Digest, Sha256};
use shared::{
    attachments::{Inspector, Kind, LARGEST, NewUpload, file_name},
    config,
    fault::Faults,
};
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
/// 413 for a file that is too large, 415 for what is no form, 400 for a form that breaks off, 422
/// with every fault.
pub async fn receive(
    config: &config::Attachments,
    name: &str,
    request: Request,
) -> Result<Arrived, Problem> {
    let (parts, body) = request.into_parts();
    let too_much = form::declares_too_much(&body);
    let mut body = body.into_data_stream();
    let received = match form::boundary(&parts.headers) {
        _ if too_much => Err(form::too_large()),
        Ok(boundary) => {
            let spool = Spool::new(&config.arriving, name).await.map_err(disk)?;
            read(config, &mut body, boundary, spool).await
        }
        Err(problem) => Err(problem),
    };
    if received.is_err() && !form::waits_to_be_told(&parts.headers) {
        form::throw_away(&mut body).await;
    }
    received
}

async fn read(
    config: &config::Attachments,
    body: &mut BodyDataStream,
    boundary: String,
    spool: Spool,
) -> Result<Arrived, Problem> {
    let (mut fields, held) = form::fields(body, boundary);
    let mut spool = Some(spool);
    let mut arrived = None;
    let mut faults = Faults::new();
    let mut is_whole = false;
    for _ in 0..MOST_FAULTS {
        let Some(mut field) = held.next(fields.next_field()).await? else {
            is_whole = true;
            break;
        };
        match (field.name() == Some(FILE), spool.take()) {
            (true, Some(empty)) => {
                let file = Incoming::read(&mut field, &held, empty).await?;
                arrived = file.finish(field.file_name(), &config.kinds, &mut faults);
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
        while held.next(field.chunk()).await?.is_some() {}
    }
    if is_whole && spool.is_some() {
        faults.required(FILE);
    }
    faults.finish(arrived).map_err(Problem::invalid)
}

/// A file of which all has come in, and nothing is decided.
struct Incoming {
    spool: Spool,
    size: usize,
    inspector: Inspector,
    digest: Sha256,
}

impl Incoming {
    async fn read(field: &mut Field<'_>, held: &Held, spool: Spool) -> Result<Self, Problem> {
        let mut incoming = Self {
            spool,
            size: 0,
            inspector: Inspector::default(),
            digest: Sha256::new(),
        };
        while let Some(bytes) = held.next(field.chunk()).await? {
            incoming.size += bytes.len();
            if incoming.size > LARGEST {
                return Err(form::too_large());
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
        faults: &mut Faults,
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

fn disk(error: io::Error) -> Problem {
    Problem::unexpected(error)
}
