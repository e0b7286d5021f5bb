//! Each story file, three times: as it is, with every webhook delivered twice, and on PostgreSQL.

use std::path::Path;

use guardia_sandbox::Faults;

use crate::play::{FOLDERS, Otherwise, Played};
use crate::postgres_cluster;
use crate::record::record;

macro_rules! stories {
    ($($name:ident = $file:literal,)+) => {
        /// Every story file.
        pub const FILES: &[&str] = &[$($file),+];

        mod once {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::once($file).await;
                }
            )+
        }

        mod every_webhook_twice {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::every_webhook_twice($file).await;
                }
            )+
        }

        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::on_postgres($file).await;
                }
            )+
        }
    };
}

stories! {
    saturday_night = "stories/saturday-night.yaml",
    a_person = "tests/stories/a-person.yaml",
    add_to_case = "tests/stories/add-to-case.yaml",
    already_accepted = "tests/stories/already-accepted.yaml",
    bare_ack = "tests/stories/bare-ack.yaml",
    breach = "tests/stories/breach.yaml",
    bundle_call = "tests/stories/bundle-call.yaml",
    bundle_call_pass_on = "tests/stories/bundle-call-pass-on.yaml",
    bundle_call_past = "tests/stories/bundle-call-past.yaml",
    bundle_responded = "tests/stories/bundle-responded.yaml",
    call_back = "tests/stories/call-back.yaml",
    call_back_holder_away = "tests/stories/call-back-holder-away.yaml",
    call_back_refused = "tests/stories/call-back-refused.yaml",
    call_back_voicemail = "tests/stories/call-back-voicemail.yaml",
    case_status = "tests/stories/case-status.yaml",
    changed_roster = "tests/stories/changed-roster.yaml",
    caller_stop = "tests/stories/caller-stop.yaml",
    changed_contact = "tests/stories/changed-contact.yaml",
    changed_words = "tests/stories/changed-words.yaml",
    english = "tests/stories/english.yaml",
    first_response = "tests/stories/first-response.yaml",
    handover_before = "tests/stories/handover-before.yaml",
    handover_begins_and_ends = "tests/stories/handover-begins-and-ends.yaml",
    handover_changed = "tests/stories/handover-changed.yaml",
    handover_to_oneself = "tests/stories/handover-to-oneself.yaml",
    hang_up_while_speaking = "tests/stories/hang-up-while-speaking.yaml",
    holiday = "tests/stories/holiday.yaml",
    in_hours = "tests/stories/in-hours.yaml",
    information = "tests/stories/information.yaml",
    joined = "tests/stories/joined.yaml",
    joined_gone = "tests/stories/joined-gone.yaml",
    joined_later = "tests/stories/joined-later.yaml",
    joined_short = "tests/stories/joined-short.yaml",
    joined_undecided = "tests/stories/joined-undecided.yaml",
    joined_unrecorded = "tests/stories/joined-unrecorded.yaml",
    known_institution = "tests/stories/known-institution.yaml",
    maintenance_alert = "tests/stories/maintenance-alert.yaml",
    maintenance_escalate = "tests/stories/maintenance-escalate.yaml",
    merged_by_hand = "tests/stories/merged-by-hand.yaml",
    missed = "tests/stories/missed.yaml",
    nobody_acknowledges = "tests/stories/nobody-acknowledges.yaml",
    nobody_on_duty = "tests/stories/nobody-on-duty.yaml",
    opt_out = "tests/stories/opt-out.yaml",
    opted_out = "tests/stories/opted-out.yaml",
    only_speech = "tests/stories/only-speech.yaml",
    other_case = "tests/stories/other-case.yaml",
    outage_affected = "tests/stories/outage-affected.yaml",
    outage_other_matter = "tests/stories/outage-other-matter.yaml",
    outage_over = "tests/stories/outage-over.yaml",
    own_people = "tests/stories/own-people.yaml",
    pager_away = "tests/stories/pager-away.yaml",
    passing_on = "tests/stories/passing-on.yaml",
    receipts_late = "tests/stories/receipts-late.yaml",
    receipts_none = "tests/stories/receipts-none.yaml",
    receipts_reversed = "tests/stories/receipts-reversed.yaml",
    refused = "tests/stories/refused.yaml",
    reminder = "tests/stories/reminder.yaml",
    reminder_passed_on = "tests/stories/reminder-passed-on.yaml",
    reopened = "tests/stories/reopened.yaml",
    same_case = "tests/stories/same-case.yaml",
    silent_caller = "tests/stories/silent-caller.yaml",
    strangers = "tests/stories/strangers.yaml",
    three_both_hasty = "tests/stories/three-both-hasty.yaml",
    three_call_back = "tests/stories/three-call-back.yaml",
    three_hasty = "tests/stories/three-hasty.yaml",
    three_holder_leaves = "tests/stories/three-holder-leaves.yaml",
    three_invited = "tests/stories/three-invited.yaml",
    three_off_the_roster = "tests/stories/three-off-the-roster.yaml",
    three_pin = "tests/stories/three-pin.yaml",
    three_pin_wrong = "tests/stories/three-pin-wrong.yaml",
    three_refused = "tests/stories/three-refused.yaml",
    three_silent = "tests/stories/three-silent.yaml",
    three_soon = "tests/stories/three-soon.yaml",
    three_too_late = "tests/stories/three-too-late.yaml",
    three_unrecorded = "tests/stories/three-unrecorded.yaml",
    three_waiting = "tests/stories/three-waiting.yaml",
    undelivered = "tests/stories/undelivered.yaml",
    undelivered_code = "tests/stories/undelivered-code.yaml",
    unknown_institution = "tests/stories/unknown-institution.yaml",
    unrecorded = "tests/stories/unrecorded.yaml",
    voice_accept = "tests/stories/voice-accept.yaml",
    voice_busy = "tests/stories/voice-busy.yaml",
    voice_closed = "tests/stories/voice-closed.yaml",
    voice_declines = "tests/stories/voice-declines.yaml",
    voice_no_answer = "tests/stories/voice-no-answer.yaml",
    voice_overtaken = "tests/stories/voice-overtaken.yaml",
    voice_pass_on = "tests/stories/voice-pass-on.yaml",
    voice_pin = "tests/stories/voice-pin.yaml",
    voice_pin_wrong = "tests/stories/voice-pin-wrong.yaml",
    voice_repeat = "tests/stories/voice-repeat.yaml",
    voice_report = "tests/stories/voice-report.yaml",
    voice_two_at_once = "tests/stories/voice-two-at-once.yaml",
    voicemail = "tests/stories/voicemail.yaml",
    voicemail_talks_on = "tests/stories/voicemail-talks-on.yaml",
    waiting_accepted_by_text = "tests/stories/waiting-accepted-by-text.yaml",
    waiting_call_back = "tests/stories/waiting-call-back.yaml",
    waiting_hang_up = "tests/stories/waiting-hang-up.yaml",
    waiting_hang_up_late = "tests/stories/waiting-hang-up-late.yaml",
    waiting_nobody = "tests/stories/waiting-nobody.yaml",
    withheld_number = "tests/stories/withheld-number.yaml",
    written_later = "tests/stories/written-later.yaml",
    written_refused = "tests/stories/written-refused.yaml",
    written = "tests/stories/written.yaml",
    wrong_reply_code = "tests/stories/wrong-reply-code.yaml",
}

async fn once(file: &str) {
    Played::truly(file, Otherwise::default()).await.stage.stop().await;
}

/// Both copies of every webhook get the same answer, to the byte, and nothing is doubled by the second.
async fn every_webhook_twice(file: &str) {
    let mut alone = Played::truly(file, Otherwise::default()).await;
    let faults = Faults { duplicate_every_webhook: true, ..Faults::default() };
    let mut twice = Played::truly(file, Otherwise { faults, ..Otherwise::default() }).await;
    let deliveries = twice.stage.network.deliveries();
    let (copies, originals): (Vec<_>, Vec<_>) = deliveries.iter().partition(|delivery| delivery.duplicate);
    assert!(copies.len() >= 3 && copies.len() == originals.len(), "{} copies of {}", copies.len(), originals.len());
    for copy in copies {
        let original = originals.iter().find(|original| original.token == copy.token && original.url == copy.url);
        let original = original.unwrap_or_else(|| panic!("{} is the copy of nothing", copy.url));
        assert_eq!(original.status, copy.status, "{}", copy.url);
        assert_eq!(original.body, copy.body, "{}", copy.url);
    }
    let (once, doubled) = (record(&alone.stage).await, record(&twice.stage).await);
    assert_eq!(once, doubled, "{once:#?} {doubled:#?}");
    alone.stage.stop().await;
    twice.stage.stop().await;
}

async fn on_postgres(file: &str) {
    let url = postgres_cluster::database().await;
    let otherwise = Otherwise { store: Some(url.clone()), ..Otherwise::default() };
    let mut played = Played::truly(file, otherwise).await;
    assert_eq!(played.stage.hotline().unwrap().store.name(), "postgres");
    played.stage.stop().await;
    postgres_cluster::remove(&url).await;
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

#[test]
fn every_story_ends_with_nothing_left_over_and_nothing_else_sent() {
    for file in FILES {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let (_, ending) = text.split_once("\nthen:\n").unwrap_or_else(|| panic!("{file} has no ending"));
        for wanted in ["- nothing_is_left_over", "- nothing_else_was_sent", "- call: {", "- incident"] {
            assert!(ending.contains(wanted), "{file} ends without '{wanted}'");
        }
    }
}
