//! The settings of where attachments are kept.

use std::path::PathBuf;

use super::reader::Reader;
use super::values;
use crate::provider::{BucketSettings, Secret};

/// Bytes of a MiB.
const MIB: u64 = 1024 * 1024;
/// Nobody sends more through one request.
const MOST_MIB: u64 = 4096;

/// Where attachments are kept.
#[derive(Clone, Debug)]
pub struct Attachments {
    /// The folder they are in; where there is a bucket, they only arrive there.
    pub folder: PathBuf,
    /// Bytes that one may have.
    pub largest: u64,
    /// The bucket they are in; `None` = the folder has them.
    pub bucket: Option<BucketSettings>,
}

impl Attachments {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let folder = reader.optional("attachments.folder", "var/attachments", "write a folder's path", |text| {
            values::text(text).map(PathBuf::from)
        });
        let mend = "write how many MiB a file may have, 1 to 4096";
        let largest = reader.optional("attachments.largest_mib", "64", mend, |text| match text.parse::<u64>() {
            Ok(mib) if (1..=MOST_MIB).contains(&mib) => Ok(mib.saturating_mul(MIB)),
            Ok(_) => Err("too small or too large".to_owned()),
            Err(_) => Err("not a number".to_owned()),
        });
        let optional = |text: &str| Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()));
        let bucket = reader.optional("attachments.bucket", "", "write the bucket's name, or leave it out", optional);
        let mend = "write the address of a store that speaks S3, or leave it out";
        let endpoint = reader.optional("attachments.endpoint", "", mend, |text| match text.trim() {
            "" => Ok(None),
            text => values::base_url(text).map(Some),
        });
        let region = reader.optional("attachments.region", "us-east-1", "write the store's region", values::text);
        let access_key = reader.optional("attachments.access_key", "", "write the id of the store's key", optional);
        let secret_key = reader.optional_secret("attachments.secret_key");
        let (folder, largest, bucket) = (folder?, largest?, bucket?);
        let (endpoint, region, access_key) = (endpoint?, region?, access_key?);
        let Some(bucket) = bucket else { return Some(Self { folder, largest, bucket: None }) };
        let (Some(access_key), Some(secret_key)) = (access_key, secret_key) else {
            let mend = "a bucket needs attachments.access_key and attachments.secret_key";
            reader.problem("attachments.bucket", Some(format!("\"{bucket}\"")), mend);
            return None;
        };
        let secret_key = Secret::new(secret_key);
        let bucket = Some(BucketSettings { bucket, endpoint, region, access_key, secret_key });
        Some(Self { folder, largest, bucket })
    }
}
