//! Recorded prompts, read from the folder `audio` beside the flow page.

use std::path::Path;

use super::StartError;
use crate::flow::Flow;
use crate::source::Problem;
use crate::web::Sounds;

/// The longest recorded prompt, in bytes: two minutes as the telephone carries sound.
const LONGEST: u64 = 1024 * 1024;

/// Reads every file that a prompt of `flow` names; `page` is the flow page.
///
/// # Errors
/// Every file that is not there or too long, at the line that names it.
pub(super) fn load(page: &Path, flow: &Flow) -> Result<Sounds, StartError> {
    let folder = page.parent().unwrap_or(Path::new(".")).join("audio");
    let mut sounds = Sounds::new();
    let mut problems = Vec::new();
    for (file, at, name) in flow.prompts().recorded() {
        let path = folder.join(name);
        let problem = |what: String| Problem::at(file, at, what).why("Its callers would hear nothing");
        match std::fs::metadata(&path).map(|data| data.len()) {
            Ok(length) if length > LONGEST => {
                let what = format!("{} has {length} bytes", path.display());
                problems.push(problem(what).mend(format!("A recorded prompt has at most {LONGEST}: as mu-law, 8 kHz")));
                continue;
            }
            _ => {}
        }
        match std::fs::read(&path) {
            Ok(bytes) => drop(sounds.insert(name.to_owned(), bytes.into())),
            Err(error) => {
                let what = format!("{} cannot be read: {error}", path.display());
                problems.push(problem(what).mend("Put the file there, or remove 'audio' from the prompt"));
            }
        }
    }
    if problems.is_empty() { Ok(sounds) } else { Err(StartError::Problems(problems)) }
}
