//! Simulated time leaves nothing to chance: the same story twice is the same story, to the letter and the millisecond.

use crate::play::{Otherwise, Played};
use crate::record::record;

async fn told(file: &str) -> (Vec<String>, Vec<String>) {
    let mut played = Played::truly(file, Otherwise::default()).await;
    let transcript = played.report.transcript.iter().map(ToString::to_string).collect();
    let record = record(&played.stage).await;
    played.stage.stop().await;
    (transcript, record)
}

async fn the_same_again(file: &str) {
    let first = told(file).await;
    for _ in 0..2 {
        let again = told(file).await;
        for (one, other) in first.0.iter().zip(&again.0) {
            assert_eq!(one, other, "the transcript of {file}");
        }
        assert_eq!(first.0.len(), again.0.len(), "the transcript of {file}");
        assert_eq!(first.1, again.1, "the record of {file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn saturday_night_is_the_same_again() {
    the_same_again("stories/saturday-night.yaml").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_on_the_ladder_is_the_same_again() {
    the_same_again("tests/stories/nobody-acknowledges.yaml").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_calls_about_one_case_are_the_same_again() {
    the_same_again("tests/stories/same-case.yaml").await;
}
