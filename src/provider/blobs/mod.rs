//! The content of attachments, by its SHA-256: on disk, or in any store that speaks S3. What came whole is there; what did not
//! leaves nothing.
//!
//! Everything arrives in a file of this machine first, for only its end tells by what name it is kept and whether it was too
//! large. The same content twice is kept once.

mod bucket;
mod disk;

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncWriteExt};

pub use bucket::BucketSettings;

use crate::clock::Instant;
use crate::id::Ids;
use crate::ticket::Digest;
use bucket::Bucket;
use disk::Disk;

/// Why a content was not kept or not found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It is larger than may be.
    #[error("a file may have {limit} bytes at most")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// This machine's disk.
    #[error("the folder of attachments cannot be used: {0}")]
    Disk(#[from] io::Error),
    /// The store that speaks S3.
    #[error("the bucket of attachments cannot be used: {0}")]
    Bucket(#[from] object_store::Error),
}

/// Where contents are kept. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    place: Place,
    incoming: Arc<PathBuf>,
    largest: u64,
    ids: Ids,
}

#[derive(Clone)]
enum Place {
    Disk(Disk),
    Bucket(Bucket),
}

/// A content on its way in. Dropped before its end, it leaves nothing.
pub struct Upload {
    blobs: Blobs,
    file: File,
    arrived: Arrived,
    hash: Sha256,
    size: u64,
}

/// A file of this machine that is removed, unless it was moved to where it belongs.
struct Arrived(Option<PathBuf>);

/// A content that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is known by.
    pub sha256: Digest,
    /// Bytes.
    pub size: u64,
}

/// A content, or a range of it, to be read.
pub type Content = Box<dyn AsyncRead + Send + Unpin>;

impl Blobs {
    /// Below `folder`, which is made when it is needed; no content larger than `largest` bytes.
    #[must_use]
    pub fn on_disk(folder: &Path, largest: u64, ids: Ids) -> Self {
        Self { place: Place::Disk(Disk::new(folder)), incoming: incoming(folder), largest, ids }
    }

    /// In a bucket; `folder` is where contents arrive first.
    ///
    /// # Errors
    /// [`BlobError::Bucket`] when the settings cannot be one.
    pub fn in_bucket(settings: &BucketSettings, folder: &Path, largest: u64, ids: Ids) -> Result<Self, BlobError> {
        Ok(Self { place: Place::Bucket(Bucket::new(settings)?), incoming: incoming(folder), largest, ids })
    }

    /// Bytes that one content may have.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// Begins to take a content in.
    ///
    /// # Errors
    /// [`BlobError::Disk`].
    pub async fn begin(&self) -> Result<Upload, BlobError> {
        tokio::fs::create_dir_all(self.incoming.as_ref()).await?;
        let path = self.incoming.join(self.ids.opaque().simple().to_string());
        let file = File::options().write(true).create_new(true).open(&path).await?;
        let arrived = Arrived(Some(path));
        Ok(Upload { blobs: self.clone(), file, arrived, hash: Sha256::new(), size: 0 })
    }

    /// The content with this digest: of it the bytes of `range`, which lies within it, else all. `None` when it is not kept.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn read(&self, sha256: &Digest, range: Option<Range<u64>>) -> Result<Option<Content>, BlobError> {
        match &self.place {
            Place::Disk(disk) => disk.read(sha256, range).await,
            Place::Bucket(bucket) => bucket.read(sha256, range).await,
        }
    }

    /// Removes the content with this digest, if it was kept before `before` and not again since: whoever attaches one keeps it
    /// just before. Whether it was there and went.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn remove(&self, sha256: &Digest, before: Instant) -> Result<bool, BlobError> {
        match &self.place {
            Place::Disk(disk) => disk.remove(sha256, before).await,
            Place::Bucket(bucket) => bucket.remove(sha256, before).await,
        }
    }

    /// The contents whose digest begins with the byte `first` and that were kept before `before`.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn older(&self, first: u8, before: Instant) -> Result<Vec<Digest>, BlobError> {
        match &self.place {
            Place::Disk(disk) => disk.older(first, before).await,
            Place::Bucket(bucket) => bucket.older(first, before).await,
        }
    }

    /// Removes what began to arrive before `before` and never came to its end.
    ///
    /// # Errors
    /// [`BlobError::Disk`].
    pub async fn forget_halves(&self, before: Instant) -> Result<(), BlobError> {
        Ok(disk::remove_older(self.incoming.to_path_buf(), before).await?)
    }
}

impl Upload {
    /// Takes the next bytes in.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`] once there are too many; [`BlobError::Disk`]. Nothing stays then.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let limit = self.blobs.largest;
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.size > limit {
            return Err(BlobError::TooLarge { limit });
        }
        self.hash.update(bytes);
        Ok(self.file.write_all(bytes).await?)
    }

    /// That was all: it is durable when this returns.
    ///
    /// # Errors
    /// [`BlobError`]; nothing stays then.
    pub async fn finish(mut self) -> Result<Kept, BlobError> {
        let sha256 = Digest::new(&self.hash.finalize().into());
        self.file.flush().await?;
        if let Some(path) = self.arrived.0.as_deref() {
            match &self.blobs.place {
                Place::Disk(disk) => {
                    self.file.sync_all().await?;
                    disk.take(path, &sha256).await?;
                    self.arrived.0 = None;
                }
                Place::Bucket(bucket) => bucket.take(path, &sha256).await?,
            }
        }
        Ok(Kept { sha256, size: self.size })
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // One that stays is swept later.
            drop(std::fs::remove_file(path));
        }
    }
}

/// Where contents arrive.
fn incoming(folder: &Path) -> Arc<PathBuf> {
    Arc::new(folder.join("incoming"))
}

/// The first two digits of a digest, by which contents are spread over folders.
fn shelf(sha256: &Digest) -> &str {
    sha256.as_str().get(..2).unwrap_or_default()
}

#[cfg(test)]
mod tests;
