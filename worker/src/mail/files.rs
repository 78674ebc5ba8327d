//! Writes mails as `.eml` files, where no server is configured. A file appears whole or not at all,
//! and the same mail always has the same name: sent again, it replaces its file.

use super::{MailError, MailMeta};
use lettre::Message;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// A folder for mails.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    written: AtomicU64,
}

impl Files {
    /// A transport into a folder, which is created at the first mail.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            written: AtomicU64::new(0),
        }
    }

    /// Writes a file and deletes it.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn check(&self) -> Result<(), MailError> {
        let probe = self.folder.join(format!(".check.{}", std::process::id()));
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&probe, []))
            .and_then(|()| fs::remove_file(&probe))
            .map_err(MailError::File)
    }

    /// Writes a mail, replacing an earlier file of the same mail.
    ///
    /// # Errors
    /// The folder is not writable.
    pub async fn write(&self, meta: &MailMeta, mail: &Message) -> Result<(), MailError> {
        let count = self.written.fetch_add(1, Ordering::Relaxed);
        let name = name(meta);
        // A name used by this write only: two writers of the same mail do not mix.
        let draft = self
            .folder
            .join(format!(".{name}.{}.{count}", std::process::id()));
        let whole = self.folder.join(name);
        let bytes = mail.formatted();
        tokio::task::spawn_blocking(move || write(&draft, &whole, &bytes))
            .await
            .map_err(io::Error::other)
            .flatten()
            .map_err(MailError::File)
    }
}

fn write(draft: &Path, whole: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = draft.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(draft, bytes)?;
    fs::rename(draft, whole)
}

/// The file name begins with the instant of the event, so that files sort in the order of events.
fn name(meta: &MailMeta) -> String {
    let at = meta.at.format("%Y%m%dT%H%M%SZ");
    format!("{at}-{}-{}.eml", meta.name, meta.id)
}
