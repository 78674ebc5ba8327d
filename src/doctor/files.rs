//! Checks the store of uploads by an object of its own, the folder for arriving uploads, and who can
//! read the secrets.

use super::report::Report;
use domain::ids::AttachmentId;
use platform::{
    config::{Config, FilesPlace},
    context::Context,
    error_chain::Chain,
    files::Files,
};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Rights of the group and of everybody else.
const OF_OTHERS: u32 = 0o077;
/// The right of everybody else to write.
const WRITABLE_BY_ALL: u32 = 0o002;
/// Only owners may replace what is in a folder.
const STICKY: u32 = 0o1000;

/// Writes, reads and deletes an object, and a file where uploads arrive.
pub(super) async fn check_store(report: &mut Report, cx: &Context) {
    let uploads = &cx.config.attachments;
    let place = match &uploads.place {
        FilesPlace::Folder(folder) => format!("the folder {}", folder.display()),
        FilesPlace::S3(bucket) => format!("the bucket {}", bucket.name),
    };
    let id = AttachmentId(cx.ids.uuid(cx.clock.now()));
    match Files::new(uploads).check(id).await {
        Ok(()) => report.ok(
            "uploads",
            format!("{place} can be written, read and cleared"),
        ),
        Err(error) => {
            let advice = match &uploads.place {
                FilesPlace::Folder(_) => {
                    "Give the user of this process the right to write there, and free the disk"
                }
                FilesPlace::S3(_) => {
                    "Check ATTACHMENTS_S3_*: the key has to put, get and delete objects below the prefix"
                }
            };
            report.wrong("uploads", format!("{place}: {}", Chain(&error)), advice);
        }
    }
    match write_to(&uploads.arriving) {
        Ok(()) => report.ok(
            "uploads.arriving",
            format!("{} can be written", uploads.arriving.display()),
        ),
        Err(error) => report.wrong(
            "uploads.arriving",
            format!("{}: {error}", uploads.arriving.display()),
            "Give the user of this process the right to write to DATA_DIR, and free the disk",
        ),
    }
}

fn write_to(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".check.{}", std::process::id()));
    fs::create_dir_all(folder)?;
    fs::write(&probe, [0])?;
    fs::remove_file(&probe)
}

/// Checks who can read the files with secrets, and who can replace them.
pub(super) fn check_secrets(report: &mut Report, config: &Config, settings: Option<&Path>) {
    let kept = ["jwt-secret", "admin-password"].map(|name| config.data_dir.join(name));
    let files: Vec<PathBuf> = settings
        .map(Path::to_owned)
        .into_iter()
        .chain(kept)
        .collect();
    let before = report.len();
    for file in &files {
        if mode(file).is_some_and(|mode| mode & OF_OTHERS != 0) {
            report.warn(
                "secrets",
                format!("other users of this machine may read {}", file.display()),
                format!("chmod 600 {}", file.display()),
            );
        }
    }
    let folders = files.iter().filter_map(|file| file.parent());
    let mut folders: Vec<&Path> = folders.collect();
    folders.dedup();
    for folder in folders {
        let may_replace = |mode| mode & WRITABLE_BY_ALL != 0 && mode & STICKY == 0;
        if mode(folder).is_some_and(may_replace) {
            report.wrong(
                "secrets",
                format!(
                    "every user of this machine may replace what is in {}",
                    folder.display()
                ),
                format!("chmod o-w {}", folder.display()),
            );
        }
    }
    if report.len() == before {
        report.ok(
            "secrets",
            "no other user of this machine may read or replace them",
        );
    }
}

/// The rights on a file or folder; `None` where there is none.
fn mode(path: &Path) -> Option<u32> {
    let found = fs::metadata(path).ok()?;
    Some(found.permissions().mode())
}
