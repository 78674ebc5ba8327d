//! The settings of uploads: where their bytes are stored, and the accepted types.

use crate::config::reader::Reader;
use domain::attachments::{KINDS, Kind};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Uploads.
#[derive(Debug, Clone)]
pub struct Attachments {
    /// Where their bytes are stored.
    pub place: FilesPlace,
    /// The local folder for uploads that are being received.
    pub arriving: PathBuf,
    /// The accepted types.
    pub kinds: Vec<&'static Kind>,
}

/// Where bytes are stored.
#[derive(Debug, Clone)]
pub enum FilesPlace {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket.
    S3(S3),
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Its name.
    pub name: String,
    /// The prefix of all keys; may be empty.
    pub prefix: String,
    /// The endpoint; `None`: Amazon S3.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: SecretString,
}

/// Reads the settings of uploads.
pub fn attachments(read: &mut Reader, data_dir: &Path) -> Attachments {
    let place = match read.text("ATTACHMENTS_URL") {
        "" => FilesPlace::Folder(data_dir.join("attachments")),
        _ => place(read),
    };
    Attachments {
        place,
        arriving: data_dir.join("arriving"),
        kinds: kinds(read),
    }
}

fn place(read: &mut Reader) -> FilesPlace {
    let url = read.url("ATTACHMENTS_URL", &["s3", "file"]);
    if let Some(folder) = url.strip_prefix("file://") {
        if !folder.starts_with('/') {
            read.problem(
                "ATTACHMENTS_URL",
                "must name a folder from the root: file:///…",
            );
        }
        return FilesPlace::Folder(folder.into());
    }
    let Some(bucket) = url.strip_prefix("s3://") else {
        // Another scheme, which is a problem already.
        return FilesPlace::Folder(url.into());
    };
    let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
    if name.is_empty() || url.contains(['?', '#', '@']) {
        read.problem(
            "ATTACHMENTS_URL",
            "must be s3://bucket or s3://bucket/prefix, and nothing else",
        );
    }
    let endpoint = match read.text("ATTACHMENTS_S3_ENDPOINT") {
        "" => None,
        _ => Some(read.address("ATTACHMENTS_S3_ENDPOINT", &["https", "http"])),
    };
    FilesPlace::S3(S3 {
        name: name.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint,
        region: read.needed("ATTACHMENTS_S3_REGION"),
        access_key: read.needed("ATTACHMENTS_S3_ACCESS_KEY"),
        secret_key: read.needed("ATTACHMENTS_S3_SECRET_KEY").into(),
    })
}

/// The accepted types: groups and usual extensions, separated by commas.
fn kinds(read: &mut Reader) -> Vec<&'static Kind> {
    let mut kinds = Vec::new();
    for word in read.parts("ATTACHMENTS_TYPES") {
        let before = kinds.len();
        kinds.extend(
            KINDS
                .iter()
                .filter(|kind| kind.group == word || kind.extension() == word),
        );
        if kinds.len() == before {
            let mut known: Vec<_> = KINDS.iter().map(|kind| kind.group).collect();
            known.dedup();
            let problem = format!(
                "has `{word}`, which is none of {}, nor the usual ending of one of these",
                known.join(", ")
            );
            read.problem("ATTACHMENTS_TYPES", problem);
        }
    }
    kinds
}

#[cfg(test)]
mod tests;
