//! What surrounds a flow that is tried: hours, holidays, the directory, the line.

use std::path::{Path, PathBuf};

use super::Error;
use super::hear::Moment;
use crate::call::Directory;
use crate::cli::not_right;
use crate::config::Plan;
use crate::flow::rehearsal::World;
use crate::flow::{Facts, Flow};
use crate::ops::Surroundings;
use crate::phone::Phone;
use crate::serve::{StartError, load_directory};
use crate::sla::{Calendar, CalendarTable, Targets};

/// The flow that comes with the program.
const SHIPPED: &str = "voice-flows/critical-hotline.yaml";
/// The directory where nothing is configured, and the one that comes with the program where that file is not.
const DIRECTORY: (&str, &str) = ("directory.yaml", include_str!("../../../directory.yaml"));
/// The line and the address where nothing is configured; both are fictional.
const LINE: &str = "+18095550100";
const EMAIL: &str = "soporte@example.gob.do";

/// What surrounds a flow that is tried.
#[derive(Clone, Debug)]
pub struct Scene {
    calendar: Calendar,
    targets: Targets,
    directory: Directory,
    line: Phone,
    support_email: String,
}

impl Scene {
    /// That of the settings file; without one, the published hours and promises and `directory.yaml`.
    ///
    /// # Errors
    /// [`Error`], naming what to mend.
    pub fn load(settings: &Path) -> Result<Self, Error> {
        if let Some(Plan { line, calendar, targets }) = plan(settings)? {
            let directory = load_directory(&line.directory)?;
            return Ok(Self { calendar, targets, directory, line: line.number, support_email: line.support_email });
        }
        let (file, shipped) = DIRECTORY;
        let directory = if Path::new(file).exists() {
            load_directory(Path::new(file))?
        } else {
            Directory::parse(shipped, file).map_err(StartError::Problems)?
        };
        let impossible = |what: &str| Error::Settings(format!("the default {what} is not right"));
        Ok(Self {
            calendar: Calendar::from_table(&CalendarTable::default()).map_err(|_| impossible("calendar"))?,
            targets: Targets::default(),
            directory,
            line: Phone::parse(LINE).map_err(|_| impossible("line"))?,
            support_email: EMAIL.to_owned(),
        })
    }

    /// The flow that the settings name, else the one that comes with the program.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn page(settings: &Path) -> Result<PathBuf, Error> {
        Ok(plan(settings)?.map_or_else(|| SHIPPED.into(), |plan| plan.line.flow))
    }

    /// The directory that the settings name; `None` without a settings file.
    ///
    /// # Errors
    /// [`Error`], naming what to mend.
    pub fn named_directory(settings: &Path) -> Result<Option<Directory>, Error> {
        Ok(plan(settings)?.map(|plan| load_directory(&plan.line.directory)).transpose()?)
    }

    /// The facts of a call at this moment.
    pub(super) fn facts(&self, flow: &Flow, moment: &Moment) -> Facts {
        let around = Surroundings {
            calendar: &self.calendar,
            directory: &self.directory,
            line: flow.document().line.as_ref().unwrap_or(&self.line),
            support_email: &self.support_email,
        };
        around.facts(moment.at, moment.from.as_ref(), None)
    }

    /// What is known outside the call.
    pub(super) fn world(&self) -> World {
        World {
            institutions: self.directory.institutions().cloned().collect(),
            promise: Some((self.calendar.clone(), self.targets.critical)),
            ..World::default()
        }
    }
}

fn plan(settings: &Path) -> Result<Option<Plan>, Error> {
    if !settings.exists() {
        return Ok(None);
    }
    Plan::load(settings, std::env::vars()).map(Some).map_err(|found| Error::Settings(not_right(settings, &found)))
}
