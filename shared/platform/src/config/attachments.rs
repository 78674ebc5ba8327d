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
mod tests {
    use super::*;
    use crate::config::{Config, Settings};

    fn read_with(set: &'static [(&'static str, &'static str)]) -> Result<Attachments, String> {
        let enough = [
            ("DATABASE_URL", "postgres://localhost/x"),
            ("REDIS_URL", "redis://localhost"),
            ("JWT_SECRET", "0123456789012345678901234567890123456789"),
        ];
        let settings = Settings::load(|name| {
            let mut all = set.iter().chain(&enough);
            let found = all.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        match Config::read(&settings.unwrap()) {
            Ok(config) => Ok(config.attachments),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn without_settings_uploads_are_in_the_folder_of_everything_else() {
        let attachments = read_with(&[]).unwrap();
        assert!(
            matches!(attachments.place, FilesPlace::Folder(folder) if folder.ends_with(".data/attachments"))
        );
        assert!(attachments.kinds.len() > 20);
    }

    #[test]
    fn a_bucket_needs_a_key_and_its_problems_are_told_together() {
        let problems = read_with(&[
            ("ATTACHMENTS_URL", "s3://"),
            ("ATTACHMENTS_S3_ENDPOINT", "minio:9000"),
            ("ATTACHMENTS_TYPES", "png,html"),
        ])
        .unwrap_err();
        for name in [
            "_URL",
            "_S3_ENDPOINT",
            "_S3_ACCESS_KEY",
            "_S3_SECRET_KEY",
            "`html`",
        ] {
            assert!(problems.contains(name), "{name} is missing in: {problems}");
        }
        let attachments = read_with(&[
            ("ATTACHMENTS_URL", "s3://files/support/uploads/"),
            ("ATTACHMENTS_S3_ACCESS_KEY", "key"),
            ("ATTACHMENTS_S3_SECRET_KEY", "secret"),
        ])
        .unwrap();
        let FilesPlace::S3(bucket) = attachments.place else {
            panic!("no bucket");
        };
        assert_eq!(
            (bucket.name.as_str(), bucket.prefix.as_str()),
            ("files", "support/uploads")
        );
        assert!(bucket.endpoint.is_none());
    }

    #[test]
    fn types_are_named_by_group_or_by_ending() {
        let kinds = |set| read_with(set).unwrap().kinds;
        let pictures = kinds(&[("ATTACHMENTS_TYPES", "image, pdf")]);
        assert!(
            pictures
                .iter()
                .all(|kind| kind.group == "image" || kind.group == "pdf")
        );
        assert_eq!(pictures.len(), 9);
        assert_eq!(
            kinds(&[("ATTACHMENTS_TYPES", "png")]),
            [Kind::of("image/png").unwrap()]
        );
    }

    #[test]
    fn a_folder_is_named_from_the_root() {
        assert!(read_with(&[("ATTACHMENTS_URL", "file://here")]).is_err());
        assert!(read_with(&[("ATTACHMENTS_URL", "file:///srv/files")]).is_ok());
        assert!(read_with(&[("ATTACHMENTS_URL", "https://files.example.com")]).is_err());
    }
}
