//! Contents in a folder: `ab/abcdef…`, each a file that appears whole.

use std::fs;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{BlobError, Content, shelf};
use crate::clock::Instant;
use crate::ticket::Digest;

/// Contents in a folder.
#[derive(Clone)]
pub(super) struct Disk(Arc<PathBuf>);

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        Self(Arc::new(folder.to_path_buf()))
    }

    fn path(&self, sha256: &Digest) -> PathBuf {
        self.0.join(shelf(sha256)).join(sha256.as_str())
    }

    /// Moves a file whose bytes are on the disk already to its place, and sees that its name is, too.
    pub(super) async fn take(&self, from: &Path, sha256: &Digest) -> Result<(), BlobError> {
        let (root, from, to) = (Arc::clone(&self.0), from.to_path_buf(), self.path(sha256));
        Ok(aside(move || {
            let shelf = to.parent().unwrap_or(&root);
            if fs::create_dir(shelf).is_ok() {
                fs::File::open(root.as_ref())?.sync_all()?;
            }
            fs::rename(from, &to)?;
            fs::File::open(shelf)?.sync_all()
        })
        .await?)
    }

    pub(super) async fn read(&self, sha256: &Digest, range: Option<Range<u64>>) -> Result<Option<Content>, BlobError> {
        let mut file = match File::open(self.path(sha256)).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(range) = range else { return Ok(Some(Box::new(file))) };
        file.seek(SeekFrom::Start(range.start)).await?;
        Ok(Some(Box::new(file.take(range.end.saturating_sub(range.start)))))
    }

    pub(super) async fn remove(&self, sha256: &Digest, before: Instant) -> Result<bool, BlobError> {
        let path = self.path(sha256);
        Ok(aside(move || remove_if_older(&path, before)).await?)
    }

    /// The contents whose digest begins with this byte and that were kept before `before`.
    pub(super) async fn older(&self, first: u8, before: Instant) -> Result<Vec<Digest>, BlobError> {
        let folder = self.0.join(format!("{first:02x}"));
        let files = aside(move || older(&folder, before)).await?;
        let name = |path: PathBuf| Digest::parse(path.file_name()?.to_str()?);
        Ok(files.into_iter().filter_map(name).collect())
    }
}

/// Removes the files of a folder that were changed last before `before`.
pub(super) async fn remove_older(folder: PathBuf, before: Instant) -> io::Result<()> {
    aside(move || {
        for path in older(&folder, before)? {
            remove_if_older(&path, before)?;
        }
        Ok(())
    })
    .await
}

/// The files of a folder that were changed last before `before`; none when there is no such folder.
fn older(folder: &Path, before: Instant) -> io::Result<Vec<PathBuf>> {
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for file in files {
        let path = file?.path();
        if is_older(&path, before)? {
            found.push(path);
        }
    }
    Ok(found)
}

/// Whether a file was changed last before `before`; not when it is gone.
fn is_older(path: &Path, before: Instant) -> io::Result<bool> {
    match fs::metadata(path).and_then(|known| known.modified()) {
        Ok(modified) => Ok(DateTime::<Utc>::from(modified) < before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn remove_if_older(path: &Path, before: Instant) -> io::Result<bool> {
    if !is_older(path, before)? {
        return Ok(false);
    }
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Off the runtime's threads, which a disk may keep waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(io::Error::other("the work on the disk was cut off")))
}
