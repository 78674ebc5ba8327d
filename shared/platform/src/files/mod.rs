//! Where the bytes of uploads lie: a folder, or a bucket that speaks S3. An object is written once,
//! under the id of its row, and never changed. Alone in naming `object_store`.

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

/// Why bytes could not be kept, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The folder cannot be used.
    #[error("the folder of the attachments cannot be made")]
    Folder(#[source] std::io::Error),
    /// The store cannot be used as it is configured.
    #[error("the attachments cannot be kept where ATTACHMENTS_URL says")]
    Setup(#[source] object_store::Error),
    /// The store did not do what it was asked.
    #[error("the store of the attachments failed to {0}")]
    Failed(&'static str, #[source] object_store::Error),
    /// The store fell silent in the middle.
    #[error("the store of the attachments fell silent")]
    Silent,
    /// There is a row, and there are no bytes: somebody else deleted them.
    #[error("the bytes of an attachment are gone")]
    Gone(#[source] object_store::Error),
}

/// How long the store may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// The bytes of an object as they come.
pub type Content = BoxStream<'static, Result<Bytes, FilesError>>;

/// The store of the bytes. Opened when it is first needed, or by [`Files::open`].
pub struct Files {
    place: FilesPlace,
    store: OnceLock<Arc<dyn ObjectStore>>,
}

impl Files {
    /// The store that is configured. Nothing is opened yet.
    #[must_use]
    pub fn new(config: &config::Attachments) -> Self {
        Self {
            place: config.place.clone(),
            store: OnceLock::new(),
        }
    }

    /// Opens the store: makes the folder, or the client of the bucket. Nothing is asked of the
    /// network.
    ///
    /// # Errors
    /// It cannot be used as it is configured.
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
                // What is answered for must outlive a power cut, as the rows do.
                Arc::new(folder.with_fsync(true))
            }
            FilesPlace::S3(bucket) => {
                let store = s3::open(bucket).map_err(FilesError::Setup)?;
                Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
            }
        };
        Ok(self.store.get_or_init(|| store))
    }

    /// Keeps bytes. They are there as a whole, or not at all.
    ///
    /// # Errors
    /// The store failed.
    pub async fn put(&self, id: AttachmentId, bytes: Vec<u8>) -> Result<(), FilesError> {
        let store = self.store()?;
        let put = store.put(&path(id), PutPayload::from(bytes)).await;
        put.map(drop)
            .map_err(|error| FilesError::Failed("keep bytes", error))
    }

    /// The bytes, as they come.
    ///
    /// # Errors
    /// The store failed, or has no such bytes.
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

    /// Deletes the bytes; none there is as good.
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

/// The same, which ends with an error where nothing more comes for a while: whoever reads it would
/// wait for ever.
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

/// Below one of 256 folders, so that none gets too long. An id ends with chance, so that they fill
/// alike.
fn path(id: AttachmentId) -> Path {
    let id = id.0.simple().to_string();
    let folder = id.get(30..).unwrap_or_default();
    Path::from_iter([folder, &id])
}
