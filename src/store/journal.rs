//! The fallback journal: calls that the line answered while the store was away, on local disk, synced before the caller
//! hears that the call is registered. Each record is one line: length, CRC-32 and JSON, so that a torn end is noticed.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
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
        writable(path)?;
        sync_folder(path)?;
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
        let is_new = !self.path.exists();
        let mut file = writable(&self.path)?;
        if is_torn(&mut file)? {
            // What a crash or a full disk left of an earlier line must not take this one with it.
            file.write_all(b"\n")?;
        }
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        if is_new { sync_folder(&self.path) } else { Ok(()) }
    }

    /// Every whole record, oldest first, each with its text when it cannot be read as `T`. A torn or spoiled line was never
    /// promised to anybody and is left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn records<T: DeserializeOwned>(&self) -> io::Result<Vec<Result<T, serde_json::Error>>> {
        let text = String::from_utf8_lossy(&std::fs::read(&*self.path)?).into_owned();
        Ok(text.lines().filter_map(whole).map(serde_json::from_str).collect())
    }

    /// Takes the whole records that `is_done` out, by their place from 0, after they were folded into the store.
    ///
    /// # Errors
    /// When the file cannot be rewritten; the records come again then, and folding them again changes nothing.
    pub fn forget(&self, is_done: impl Fn(usize) -> bool) -> io::Result<()> {
        let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&std::fs::read(&*self.path)?).into_owned();
        let rest = text
            .lines()
            .filter(|line| whole(line).is_some())
            .enumerate()
            .filter(|(place, _)| !is_done(*place))
            .fold(String::new(), |rest, (_, line)| rest + line + "\n");
        let aside = self.path.with_extension("new");
        // Left by a crash in the middle of this.
        let _ = std::fs::remove_file(&aside);
        let mut file = writable(&aside)?;
        file.write_all(rest.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&aside, &*self.path)?;
        // Until the folder is on disk a power cut may bring the old file back, without what is appended from here on.
        sync_folder(&self.path)
    }

    /// Whether no record waits.
    ///
    /// # Errors
    /// When the file cannot be looked at.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(std::fs::metadata(&*self.path)?.len() == 0)
    }
}

/// The file, made when it is absent: for its owner alone, since it holds callers' numbers.
fn writable(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)
}

/// Whether the last line has no end.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Makes the file's name durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
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

    fn records(journal: &Journal) -> Vec<String> {
        journal.records::<String>().unwrap().into_iter().map(Result::unwrap).collect()
    }

    fn tear(path: &Path) {
        OpenOptions::new().append(true).open(path).unwrap().write_all(b"9 00000000 \"to").unwrap();
    }

    #[test]
    fn what_was_appended_comes_back_and_a_torn_end_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/journal");
        let journal = Journal::open(&path).unwrap();
        assert!(journal.is_empty().unwrap());
        for record in ["one", "two", "three"] {
            journal.append(&record).unwrap();
        }
        tear(&path);
        assert_eq!(records(&journal), ["one", "two", "three"]);
        journal.forget(|place| place != 1).unwrap();
        assert_eq!(records(&journal), ["two"]);
        journal.append(&"four").unwrap();
        assert_eq!(records(&Journal::open(&path).unwrap()), ["two", "four"]);
        journal.forget(|_| true).unwrap();
        assert!(journal.is_empty().unwrap());
    }

    #[test]
    fn a_record_after_a_torn_end_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::open(&path).unwrap().append(&"before").unwrap();
        tear(&path);
        let journal = Journal::open(&path).unwrap();
        journal.append(&"promised").unwrap();
        assert_eq!(records(&journal), ["before", "promised"]);
    }

    #[test]
    fn a_whole_record_that_cannot_be_read_keeps_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        for record in
            [serde_json::json!("one"), serde_json::json!({ "of": "another version" }), serde_json::json!("two")]
        {
            journal.append(&record).unwrap();
        }
        let read = journal.records::<String>().unwrap();
        assert_eq!(read.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        journal.forget(|place| place != 1).unwrap();
        assert!(journal.records::<String>().unwrap().remove(0).is_err(), "it stays until somebody looks at it");
    }

    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        journal.forget(|_| true).unwrap();
        assert_eq!(mode(), 0o600);
    }
}
