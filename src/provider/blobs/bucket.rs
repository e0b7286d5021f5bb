//! Contents in a store that speaks S3: `sha256/ab/abcdef…`.

use std::io;
use std::ops::Range;
use std::path::Path as File;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig};
use tokio::io::AsyncWriteExt as _;
use tokio_util::io::StreamReader;

use super::{BlobError, Content, shelf};
use crate::clock::Instant;
use crate::provider::Secret;
use crate::ticket::Digest;

/// Whoever sends or reads a file waits meanwhile: they are told soon, and try again.
const RETRIES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

/// A bucket of a store that speaks S3.
#[derive(Clone, Debug)]
pub struct BucketSettings {
    /// Its name.
    pub bucket: String,
    /// Where the store is; `None` = with the maker of the protocol.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The id of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: Secret,
}

/// Contents in a bucket.
#[derive(Clone)]
pub(super) struct Bucket(Arc<dyn ObjectStore>);

impl Bucket {
    pub(super) fn new(settings: &BucketSettings) -> Result<Self, BlobError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key)
            .with_secret_access_key(settings.secret_key.expose())
            .with_retry(RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() })
            // Not every store that speaks S3 removes several at once.
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        Ok(Self(Arc::new(builder.build()?)))
    }

    /// Over any store.
    #[cfg(test)]
    pub(super) fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self(store)
    }

    fn path(sha256: &Digest) -> Path {
        Path::from_iter(["sha256", shelf(sha256), sha256.as_str()])
    }

    /// Sends a file there. It appears whole or not at all.
    pub(super) async fn take(&self, from: &File, sha256: &Digest) -> Result<(), BlobError> {
        let mut file = tokio::fs::File::open(from).await?;
        let mut writer = BufWriter::new(Arc::clone(&self.0), Self::path(sha256));
        if let Err(error) = tokio::io::copy(&mut file, &mut writer).await {
            // What had arrived of it is not to be paid for. A writer that was shut down does this by itself.
            drop(writer.abort().await);
            return Err(failure(error));
        }
        writer.shutdown().await.map_err(failure)
    }

    pub(super) async fn read(&self, sha256: &Digest, range: Option<Range<u64>>) -> Result<Option<Content>, BlobError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.0.get_opts(&Self::path(sha256), options).await {
            Ok(found) => Ok(Some(Box::new(StreamReader::new(found.into_stream())))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn remove(&self, sha256: &Digest, before: Instant) -> Result<bool, BlobError> {
        let path = Self::path(sha256);
        match self.0.head(&path).await {
            Ok(known) if known.last_modified < before => {}
            Ok(_) | Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        self.0.delete(&path).await?;
        Ok(true)
    }

    /// The contents whose digest begins with this byte and that were kept before `before`.
    pub(super) async fn older(&self, first: u8, before: Instant) -> Result<Vec<Digest>, BlobError> {
        let shelf = Path::from_iter(["sha256".to_owned(), format!("{first:02x}")]);
        let found = self.0.list_with_delimiter(Some(&shelf)).await?;
        let old = found.objects.into_iter().filter(|known| known.last_modified < before);
        Ok(old.filter_map(|known| Digest::parse(known.location.filename()?)).collect())
    }
}

/// The store's failure, where it comes in the clothes of one of the disk.
fn failure(error: io::Error) -> BlobError {
    match error.downcast::<object_store::Error>() {
        Ok(error) => error.into(),
        Err(error) => error.into(),
    }
}
