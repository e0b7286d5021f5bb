//! Each story file is a test of its own, named as the file.

use std::path::Path;

use crate::play::{FOLDERS, Otherwise, Played};

macro_rules! stories {
    ($($name:ident = $file:literal,)+) => {
        /// Every story file.
        pub const FILES: &[&str] = &[$($file),+];

        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                Played::truly($file, Otherwise::default()).await.stage.stop().await;
            }
        )+
    };
}

stories! {
    saturday_night = "stories/saturday-night.yaml",
    a_person = "tests/stories/a-person.yaml",
    add_to_case = "tests/stories/add-to-case.yaml",
    already_accepted = "tests/stories/already-accepted.yaml",
    breach = "tests/stories/breach.yaml",
    case_status = "tests/stories/case-status.yaml",
    changed_words = "tests/stories/changed-words.yaml",
    english = "tests/stories/english.yaml",
    first_response = "tests/stories/first-response.yaml",
    hang_up_while_speaking = "tests/stories/hang-up-while-speaking.yaml",
    holiday = "tests/stories/holiday.yaml",
    in_hours = "tests/stories/in-hours.yaml",
    information = "tests/stories/information.yaml",
    known_institution = "tests/stories/known-institution.yaml",
    missed = "tests/stories/missed.yaml",
    nobody_acknowledges = "tests/stories/nobody-acknowledges.yaml",
    nobody_on_duty = "tests/stories/nobody-on-duty.yaml",
    only_speech = "tests/stories/only-speech.yaml",
    other_case = "tests/stories/other-case.yaml",
    outage_affected = "tests/stories/outage-affected.yaml",
    outage_other_matter = "tests/stories/outage-other-matter.yaml",
    outage_over = "tests/stories/outage-over.yaml",
    passing_on = "tests/stories/passing-on.yaml",
    receipts_late = "tests/stories/receipts-late.yaml",
    receipts_none = "tests/stories/receipts-none.yaml",
    receipts_reversed = "tests/stories/receipts-reversed.yaml",
    refused = "tests/stories/refused.yaml",
    reopened = "tests/stories/reopened.yaml",
    same_case = "tests/stories/same-case.yaml",
    silent_caller = "tests/stories/silent-caller.yaml",
    undelivered_code = "tests/stories/undelivered-code.yaml",
    undelivered = "tests/stories/undelivered.yaml",
    unknown_institution = "tests/stories/unknown-institution.yaml",
    unrecorded = "tests/stories/unrecorded.yaml",
    withheld_number = "tests/stories/withheld-number.yaml",
    wrong_reply_code = "tests/stories/wrong-reply-code.yaml",
}

#[test]
fn every_story_file_is_played() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<String> = Vec::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap()));
            }
        }
    }
    found.sort();
    let mut listed: Vec<String> = FILES.iter().map(|file| (*file).to_owned()).collect();
    listed.sort();
    assert_eq!(found, listed, "list every story file in tests/stories/files.rs");
}
