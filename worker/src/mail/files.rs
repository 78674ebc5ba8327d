//! Writes messages as files where no server is configured; mails have the ending `.eml`. A file appears whole or not at
//! all, and the same message always has the same name: sent again, it replaces its file.

use super::{MailError, MailMeta};
use lettre::Message;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// A folder for messages.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    written: AtomicU64,
}

impl Files {
    /// A transport into a folder, which is created at the first message.
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
        let written = self.put(name(meta), mail.formatted()).await;
        written.map_err(MailError::File)
    }

    /// Writes a file, replacing an earlier one of that name.
    ///
    /// # Errors
    /// The folder is not writable.
    pub async fn put(&self, name: String, bytes: Vec<u8>) -> io::Result<()> {
        let count = self.written.fetch_add(1, Ordering::Relaxed);
        // A name used by this write only: two writers of the same message do not mix.
        let draft = self
            .folder
            .join(format!(".{name}.{}.{count}", std::process::id()));
        let whole = self.folder.join(name);
        tokio::task::spawn_blocking(move || write(&draft, &whole, &bytes))
            .await
            .map_err(io::Error::other)
            .flatten()
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
