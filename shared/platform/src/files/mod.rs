//! The store of the bytes of uploads: a folder, or an S3 bucket. An object is written once, under
//! the id of its row, and never changed. Only
//! this module uses `object_store`.
//!
//! The row of an upload is inserted first, so that no bytes are ever without one; it counts once it
//! says that the bytes are stored (`stored_at`). Races of the use cases (`actions::attachments`), and
//! what each costs:
//! - two requests attach one upload: the first locks its row, and the second finds it attached;
//! - an upload is attached while `prune` gives it up: the lock on its row decides, and an upload that
//!   was given up stays so;
//! - a message is redacted while a file of it is downloaded: the bytes sent so far are sent, and the
//!   next download finds nothing;
//! - a process dies between row and bytes, or between bytes and `stored_at`: `prune` deletes the row
//!   like one that was never attached;
//! - `prune` dies half-way, or runs twice: the next run finds the same rows, and missing bytes are no
//!   failure.

mod http;
mod s3;

use crate::config::{self, FilesPlace};
use domain::ids::AttachmentId;
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use hyper::body::Bytes;
use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path,
    prefix::PrefixStore,
};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::time::timeout;

/// Why bytes could not be stored, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The folder is not usable.
    #[error("the folder of the attachments cannot be made")]
    Folder(#[source] std::io::Error),
    /// The configuration of the store is not usable.
    #[error("the attachments cannot be kept where ATTACHMENTS_URL says")]
    Setup(#[source] object_store::Error),
    /// The store failed at an operation.
    #[error("the store of the attachments failed to {0}")]
    Failed(&'static str, #[source] object_store::Error),
    /// The store stopped responding.
    #[error("the store of the attachments fell silent")]
    Silent,
    /// A check read other bytes than it had written.
    #[error("the store of the attachments returned other bytes than it was given")]
    Altered,
    /// The row exists, but its bytes do not: they were deleted outside of this program.
    #[error("the bytes of an attachment are gone")]
    Gone(#[source] object_store::Error),
}

/// The time limit between two parts of a response.
const SILENCE: Duration = Duration::from_secs(30);

/// The bytes of an object, as a stream.
pub type Content = BoxStream<'static, Result<Bytes, FilesError>>;

/// The store. Opened at its first use, or by [`Files::open`].
pub struct Files {
    place: FilesPlace,
    store: OnceLock<Arc<dyn ObjectStore>>,
}

impl Files {
    /// The configured store. Nothing is opened yet.
    #[must_use]
    pub fn new(config: &config::Attachments) -> Self {
        Self {
            place: config.place.clone(),
            store: OnceLock::new(),
        }
    }

    /// Opens the store: creates the folder, or the client of the bucket, without a network call.
    ///
    /// # Errors
    /// The configuration is not usable.
    pub fn open(&self) -> Result<(), FilesError> {
        self.store().map(drop)
    }

    fn store(&self) -> Result<&dyn ObjectStore, FilesError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store: Arc<dyn ObjectStore> = match &self.place {
            FilesPlace::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(FilesError::Folder)?;
                let folder = LocalFileSystem::new_with_prefix(folder).map_err(FilesError::Setup)?;
                // Stored bytes must survive a power cut, as committed rows do.
                Arc::new(folder.with_fsync(true))
            }
            FilesPlace::S3(bucket) => {
                let store = s3::open(bucket).map_err(FilesError::Setup)?;
                Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
            }
        };
        Ok(self.store.get_or_init(|| store))
    }

    /// Stores bytes, atomically.
    ///
    /// # Errors
    /// The store failed.
    pub async fn put(&self, id: AttachmentId, bytes: Vec<u8>) -> Result<(), FilesError> {
        let store = self.store()?;
        let put = store.put(&path(id), PutPayload::from(bytes)).await;
        put.map(drop)
            .map_err(|error| FilesError::Failed("keep bytes", error))
    }

    /// Reads bytes as a stream.
    ///
    /// # Errors
    /// The store failed, or has no object for this id.
    pub async fn get(&self, id: AttachmentId) -> Result<Content, FilesError> {
        let store = self.store()?;
        let object = store.get(&path(id)).await.map_err(|error| match error {
            error @ object_store::Error::NotFound { .. } => FilesError::Gone(error),
            error => FilesError::Failed("give bytes", error),
        })?;
        let content = object.into_stream();
        let content = content.map_err(|error| FilesError::Failed("give all bytes", error));
        Ok(until_silent(content.boxed()))
    }

    /// Deletes bytes; missing bytes are no error.
    ///
    /// # Errors
    /// The store failed.
    pub async fn delete(&self, id: AttachmentId) -> Result<(), FilesError> {
        let store = self.store()?;
        match store.delete(&path(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(FilesError::Failed("delete bytes", error)),
        }
    }
}

/// What a check writes.
const PROBE: &[u8] = b"written by support doctor";

impl Files {
    /// Writes an object, reads it back and deletes it.
    ///
    /// # Errors
    /// The store failed, or returned other bytes.
    pub async fn check(&self, id: AttachmentId) -> Result<(), FilesError> {
        self.put(id, PROBE.to_vec()).await?;
        let read: Result<Vec<Bytes>, _> = match self.get(id).await {
            Ok(content) => content.try_collect().await,
            Err(error) => Err(error),
        };
        self.delete(id).await?;
        if read?.concat() == PROBE {
            Ok(())
        } else {
            Err(FilesError::Altered)
        }
    }
}

/// Ends a stream with an error after a silence, since its reader would wait forever.
fn until_silent(content: Content) -> Content {
    stream::unfold(Some(content), async |content| {
        let mut content = content?;
        match timeout(SILENCE, content.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(content))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Err(_) => Some((Err(FilesError::Silent), None)),
        }
    })
    .boxed()
}

/// Spreads objects over 256 folders, so that none becomes too long. The end of an id is random, so
/// that they fill evenly.
fn path(id: AttachmentId) -> Path {
    let id = id.0.simple().to_string();
    let folder = id.get(30..).unwrap_or_default();
    Path::from_iter([folder, &id])
}
