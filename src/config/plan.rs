//! The part of the settings that says what callers are told and promised.

use std::path::{Path, PathBuf};

use super::reader::{Problem, Reader};
use super::{PHONE_MEND, phone, reader_of, text_of, values};
use crate::phone::Phone;
use crate::sla::{Calendar, CalendarTable, Targets};

/// What the line says and promises: the part of the settings that can be asked before any secret is set.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The line itself.
    pub line: Line,
    /// Service hours, holidays, exceptions.
    pub calendar: Calendar,
    /// The promises.
    pub targets: Targets,
}

impl Plan {
    /// Reads that part of `file` with `environment` laid over it; the rest may be wrong or missing.
    ///
    /// # Errors
    /// Every problem of that part at once.
    pub fn load(file: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<Problem>> {
        let mut reader = reader_of(&text_of(file)?, environment)?;
        match (Self::read(&mut reader), reader.problems()) {
            (Some(plan), []) => Ok(plan),
            (_, problems) => Err(problems.to_vec()),
        }
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let line = Line::read(reader);
        let calendar = reader.subtable::<CalendarTable>("calendar").and_then(|table| {
            Calendar::from_table(&table)
                .map_err(|problems| {
                    for problem in problems {
                        reader.problem(&format!("calendar.{}", problem.key), None, &problem.what);
                    }
                })
                .ok()
        });
        let targets = reader.subtable::<Targets>("sla");
        Some(Self { line: line?, calendar: calendar?, targets: targets? })
    }
}

/// The line itself.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number callers dial.
    pub number: Phone,
    /// What text messages are signed with.
    pub sender: String,
    /// Where people write to.
    pub support_email: String,
    /// The flow page; its prompts and messages stand in folders beside it.
    pub flow: PathBuf,
    /// The institutions and services.
    pub directory: PathBuf,
}

impl Line {
    fn read(reader: &mut Reader) -> Option<Self> {
        let number = reader.required("line.number", PHONE_MEND, phone);
        let support_email = reader.required("line.support_email", "write an e-mail address", |text| {
            let text = values::text(text)?;
            if text.contains('@') { Ok(text) } else { Err("not an e-mail address".to_owned()) }
        });
        let sender = reader.optional("line.sender", "OGTIC", "write 1 to 12 letters without accents", |text| {
            let fits = (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if fits { Ok(text.to_owned()) } else { Err("not a short name".to_owned()) }
        });
        let path = |text: &str| values::text(text).map(PathBuf::from);
        let flow = reader.optional("line.flow", "voice-flows/critical-hotline.yaml", "write a file's path", path);
        let directory = reader.optional("line.directory", "directory.yaml", "write a file's path", path);
        Some(Self {
            number: number?,
            sender: sender?,
            support_email: support_email?,
            flow: flow?,
            directory: directory?,
        })
    }
}
