//! The fallback journal: calls that the line answered while the store was away, on local disk, synced before the caller
//! hears that the call is registered. Each record is one line: length, CRC-32 and JSON, so that a torn end is noticed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A file of records that were promised to callers and are not in the store yet.
#[derive(Clone, Debug)]
pub struct Journal {
    path: Arc<PathBuf>,
    // Appending and emptying exclude each other.
    lock: Arc<Mutex<()>>,
}

impl Journal {
    /// At `path`; the folder is made when it is absent.
    ///
    /// # Errors
    /// When the folder cannot be made or the file cannot be written: a start without a journal would be a promise that
    /// cannot be kept.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { path: Arc::new(path.to_owned()), lock: Arc::default() })
    }

    /// Appends `record` and syncs it to disk before it returns.
    ///
    /// # Errors
    /// When the disk does not take it: the caller must not be told that the call is registered then.
    pub fn append(&self, record: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(record).map_err(io::Error::other)?;
        let line = format!("{} {:08x} {text}\n", text.len(), crc32fast::hash(text.as_bytes()));
        let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = OpenOptions::new().create(true).append(true).open(&*self.path)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    }

    /// Every whole record, oldest first. A torn or spoiled line was never promised to anybody and is left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn records<T: DeserializeOwned>(&self) -> io::Result<Vec<T>> {
        let text = String::from_utf8_lossy(&std::fs::read(&*self.path)?).into_owned();
        Ok(text.lines().filter_map(whole).filter_map(|text| serde_json::from_str(text).ok()).collect())
    }

    /// Takes the first `count` whole records out, after they were folded into the store.
    ///
    /// # Errors
    /// When the file cannot be rewritten; the records come again then, and folding them again changes nothing.
    pub fn forget(&self, count: usize) -> io::Result<()> {
        let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&std::fs::read(&*self.path)?).into_owned();
        let rest = text
            .lines()
            .filter(|line| whole(line).is_some())
            .skip(count)
            .fold(String::new(), |rest, line| rest + line + "\n");
        let aside = self.path.with_extension("new");
        let mut file = File::create(&aside)?;
        file.write_all(rest.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&aside, &*self.path)
    }

    /// Whether no record waits.
    ///
    /// # Errors
    /// When the file cannot be looked at.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(std::fs::metadata(&*self.path)?.len() == 0)
    }
}

/// The JSON of a line whose length and sum are right.
fn whole(line: &str) -> Option<&str> {
    let (length, rest) = line.split_once(' ')?;
    let (sum, text) = rest.split_once(' ')?;
    let right = length.parse() == Ok(text.len()) && sum == format!("{:08x}", crc32fast::hash(text.as_bytes()));
    right.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_comes_back_and_a_torn_end_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/journal");
        let journal = Journal::open(&path).unwrap();
        assert!(journal.is_empty().unwrap());
        for record in ["one", "two", "three"] {
            journal.append(&record).unwrap();
        }
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"9 00000000 \"to").unwrap();
        assert_eq!(journal.records::<String>().unwrap(), ["one", "two", "three"]);
        journal.forget(2).unwrap();
        assert_eq!(journal.records::<String>().unwrap(), ["three"]);
        journal.append(&"four").unwrap();
        assert_eq!(Journal::open(&path).unwrap().records::<String>().unwrap(), ["three", "four"]);
        journal.forget(2).unwrap();
        assert!(journal.is_empty().unwrap());
    }
}
