//! A file without a name, for the bytes of an upload. It ends with the process. If the process dies between
//! creating the file and removing its name, an empty file stays.

use std::{
    io::{self, SeekFrom},
    path::Path,
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// Bytes that are written at a time.
const BUFFER: usize = 64 * 1024;

/// The bytes of one upload on the local disk.
pub(super) struct Spool(File);

impl Spool {
    /// An empty spool. No other file in the folder may have the name `name`.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn new(folder: &Path, name: &str) -> io::Result<Self> {
        tokio::fs::create_dir_all(folder).await?;
        let path = folder.join(name);
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        let mut file = options.open(&path).await?;
        tokio::fs::remove_file(&path).await?;
        file.set_max_buf_size(BUFFER);
        Ok(Self(file))
    }

    /// Appends these bytes.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// The `size` bytes that were written.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn read(mut self, size: usize) -> io::Result<Vec<u8>> {
        self.0.flush().await?;
        self.0.seek(SeekFrom::Start(0)).await?;
        let mut bytes = vec![0; size];
        self.0.read_exact(&mut bytes).await?;
        Ok(bytes)
    }
}
