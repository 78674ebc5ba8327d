//! A file without a name, for what arrives. It is gone with the process, however that ends: at worst
//! an empty one stays, whose name could not be taken away any more.

use std::{
    io::{self, SeekFrom},
    path::Path,
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// What is written at a time.
const BUFFER: usize = 64 * 1024;

/// Bytes on this machine's disk.
pub(super) struct Spool(File);

impl Spool {
    /// An empty one. `name` is what nothing else in the folder has.
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

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// The `size` bytes that were written.
    pub async fn read(mut self, size: usize) -> io::Result<Vec<u8>> {
        self.0.flush().await?;
        self.0.seek(SeekFrom::Start(0)).await?;
        let mut bytes = vec![0; size];
        self.0.read_exact(&mut bytes).await?;
        Ok(bytes)
    }
}
