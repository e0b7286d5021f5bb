//! What calls go through: the flow, its words and the directory, read from their files and checked together.

use std::path::{Path, PathBuf};

use super::StartError;
use crate::call::Directory;
use crate::clock::Instant;
use crate::config;
use crate::flow::speech::Context;
use crate::flow::{Bundle, File, Flow, Language, Library, Translation, check};
use crate::paging::dialogue;
use crate::source::{Position, Problem};
use crate::web::SafeWords;

/// What calls go through: the flow with the texts it was read from, and the directory it was checked against.
pub(super) struct Script {
    pub(super) bundle: Bundle,
    pub(super) flow: Flow,
    pub(super) directory: Directory,
}

impl Script {
    /// Reads the flow page with the prompts and messages beside it and the directory, and checks all of it.
    pub(super) fn load(line: &config::Line) -> Result<Self, StartError> {
        let bundle = read_bundle(&line.flow)?;
        let (flow, directory) = match (Library::from_texts(&bundle), load_directory(&line.directory)) {
            (Ok(flow), directory) => (flow, directory?),
            (Err(mut problems), directory) => {
                if let Err(StartError::Problems(more)) = directory {
                    problems.extend(more);
                }
                return Err(StartError::Problems(problems));
            }
        };
        let mut problems = check::services(flow.document(), directory.services());
        problems.extend(unsaid(&flow));
        if problems.is_empty() { Ok(Self { bundle, flow, directory }) } else { Err(StartError::Problems(problems)) }
    }

    /// What is spoken when the store cannot be asked.
    pub(super) fn safe_words(&self) -> Result<SafeWords, StartError> {
        let words = |name: &str| -> Result<[String; 2], StartError> {
            let text = |language| {
                fixed(&self.flow, language, name).ok_or_else(|| {
                    let file = format!("prompts/{language}.yaml");
                    let problem = Problem::at(&file, Position::default(), format!("'{name}' is missing"));
                    StartError::Problems(vec![
                        problem.why("The safe document speaks it").mend("Write it, without open places"),
                    ])
                })
            };
            Ok([text(Language::Es)?, text(Language::En)?])
        };
        Ok(SafeWords { technical: words("technical")?, done: words("technical_done")? })
    }
}

/// Reads the texts of a flow: the page, `prompts/*.yaml` and `messages/*.yaml` beside it.
///
/// # Errors
/// When a file cannot be read.
pub fn read_bundle(page: &Path) -> Result<Bundle, StartError> {
    let folder = page.parent().unwrap_or(Path::new("."));
    let read = |path: PathBuf| -> Result<File, StartError> {
        let text = std::fs::read_to_string(&path).map_err(|source| StartError::File { path: path.clone(), source })?;
        Ok(File { name: path.display().to_string(), text })
    };
    let languages = |kind: &str| -> Result<Vec<Translation>, StartError> {
        Language::ALL
            .into_iter()
            .map(|language| (language, folder.join(kind).join(format!("{language}.yaml"))))
            .filter(|(_, path)| path.exists())
            .map(|(language, path)| read(path).map(|file| Translation { language, file }))
            .collect()
    };
    Ok(Bundle { flow: read(page.to_owned())?, prompts: languages("prompts")?, messages: languages("messages")? })
}

/// Reads the directory.
///
/// # Errors
/// Every problem at once.
pub fn load_directory(path: &Path) -> Result<Directory, StartError> {
    let text = std::fs::read_to_string(path).map_err(|source| StartError::File { path: path.to_owned(), source })?;
    Directory::parse(&text, &path.display().to_string()).map_err(StartError::Problems)
}

/// What people of the roster are told on the telephone and the flow's prompts lack: they would hear nothing at night.
fn unsaid(flow: &Flow) -> Vec<Problem> {
    let lacks = |name: &&str, language: Language| !flow.prompts().has(language, name);
    let languages = Language::ALL.into_iter();
    languages
        .flat_map(|language| {
            dialogue::PROMPTS.iter().filter(move |name| lacks(name, language)).map(move |name| {
                let what = format!("'{name}' is missing");
                Problem::at(&format!("prompts/{language}.yaml"), Position::default(), what)
                    .why("It is said to whoever is called about a page")
                    .mend("Take it over from the shipped prompts")
            })
        })
        .collect()
}

/// A prompt without open places, as it is said.
fn fixed(flow: &Flow, language: Language, name: &str) -> Option<String> {
    let context = Context { now: Instant::UNIX_EPOCH, zone: chrono_tz::UTC };
    let spoken = flow.prompts().render(language, name, &context, |_| None).ok()?;
    (spoken.language == language).then_some(spoken.text)
}
