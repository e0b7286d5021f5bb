use chrono::TimeDelta;
use object_store::memory::InMemory;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

use super::*;
use crate::clock::Clock;

/// The SHA-256 of `abc`: FIPS 180-2, appendix B.1.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Both places, with room for a thousand bytes.
fn both() -> (TempDir, [Blobs; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Blobs::on_disk(&folder.path().join("disk"), 1_000, Ids::seeded(1));
    let bucket = Blobs {
        place: Place::Bucket(Bucket::over(Arc::new(InMemory::new()))),
        incoming: incoming(&folder.path().join("bucket")),
        ..disk.clone()
    };
    (folder, [disk, bucket])
}

async fn keep(blobs: &Blobs, pieces: &[&[u8]]) -> Result<Kept, BlobError> {
    let mut upload = blobs.begin().await?;
    for piece in pieces {
        upload.write(piece).await?;
    }
    upload.finish().await
}

async fn read(blobs: &Blobs, sha256: &Digest, range: Option<Range<u64>>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    blobs.read(sha256, range).await.unwrap()?.read_to_end(&mut bytes).await.unwrap();
    Some(bytes)
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[tokio::test]
async fn what_came_in_pieces_is_found_by_what_it_is() {
    let (_folder, places) = both();
    for blobs in &places {
        let kept = keep(blobs, &[b"a", b"", b"bc"]).await.unwrap();
        assert_eq!((kept.sha256.as_str(), kept.size), (ABC, 3));
        assert_eq!(read(blobs, &kept.sha256, None).await.unwrap(), b"abc");
        assert_eq!(read(blobs, &kept.sha256, Some(1..3)).await.unwrap(), b"bc");
        assert_eq!(read(blobs, &kept.sha256, Some(0..1)).await.unwrap(), b"a");
        assert_eq!(keep(blobs, &[b"abc"]).await.unwrap(), kept);
        assert_eq!(read(blobs, &kept.sha256, None).await.unwrap(), b"abc");
        assert_eq!(read(blobs, &Digest::new(&[0; 32]), None).await, None);
        let nothing = keep(blobs, &[]).await.unwrap();
        assert_eq!(read(blobs, &nothing.sha256, None).await.unwrap(), b"");
    }
}

#[tokio::test]
async fn the_limit_is_to_the_byte_and_what_did_not_come_whole_leaves_nothing() {
    let (folder, places) = both();
    for blobs in &places {
        assert!(matches!(keep(blobs, &[&[7; 600], &[7; 401]]).await, Err(BlobError::TooLarge { limit: 1_000 })));
        let mut upload = blobs.begin().await.unwrap();
        upload.write(b"half").await.unwrap();
        assert_eq!(files(folder.path()).len(), 1, "it arrives in a file");
        drop(upload);
        assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    }
    let kept = keep(&places[0], &[&[7; 600], &[7; 400]]).await.unwrap();
    assert_eq!(kept.size, 1_000);
    let there = files(folder.path());
    assert_eq!(there.len(), 1);
    assert!(there[0].ends_with(format!("{}/{}", shelf(&kept.sha256), kept.sha256)), "{there:?}");
}

#[tokio::test]
async fn what_is_old_is_found_and_removed_and_what_is_young_stays() {
    let (folder, places) = both();
    let now = Clock::machine().now();
    let (before, after) = (now - TimeDelta::hours(1), now + TimeDelta::hours(1));
    for blobs in &places {
        let kept = keep(blobs, &[b"abc"]).await.unwrap().sha256;
        assert_eq!(blobs.older(0xba, before).await.unwrap(), []);
        assert_eq!(blobs.older(0xba, after).await.unwrap(), std::slice::from_ref(&kept));
        assert_eq!(blobs.older(0xbb, after).await.unwrap(), []);
        assert!(!blobs.remove(&kept, before).await.unwrap(), "it is young");
        assert!(read(blobs, &kept, None).await.is_some());
        assert!(blobs.remove(&kept, after).await.unwrap());
        assert_eq!(read(blobs, &kept, None).await, None);
        assert!(!blobs.remove(&kept, after).await.unwrap(), "it went already");
        let upload = blobs.begin().await.unwrap();
        let left = upload.arrived.0.clone().unwrap();
        // The process ends in the middle.
        std::mem::forget(upload);
        blobs.forget_halves(before).await.unwrap();
        assert!(left.exists());
        blobs.forget_halves(after).await.unwrap();
        assert!(!left.exists());
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let blobs = Blobs::on_disk(&file, 1_000, Ids::seeded(1));
    assert!(matches!(keep(&blobs, &[b"abc"]).await, Err(BlobError::Disk(_))));
}

#[tokio::test]
async fn a_bucket_that_is_away_is_told_and_leaves_nothing_here() {
    let folder = tempfile::tempdir().unwrap();
    let settings = BucketSettings {
        bucket: "guardia".to_owned(),
        endpoint: Some("http://127.0.0.1:1".to_owned()),
        region: "us-east-1".to_owned(),
        access_key: "key".to_owned(),
        secret_key: crate::provider::Secret::new("secret"),
    };
    let blobs = Blobs::in_bucket(&settings, folder.path(), 64 * 1024 * 1024, Ids::seeded(1)).unwrap();
    // In one request, and in several.
    for size in [3, 12 * 1024 * 1024] {
        let refused = keep(&blobs, &[&vec![7; size]]).await;
        assert!(matches!(refused, Err(BlobError::Bucket(_))), "{refused:?}");
        assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    }
    assert!(matches!(blobs.read(&Digest::new(&[0; 32]), None).await.err(), Some(BlobError::Bucket(_))));
}
