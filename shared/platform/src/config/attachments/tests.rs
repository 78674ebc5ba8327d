//! Settings of the store of uploads, and their problems.

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
