//! Every story of `stories/` and `tests/stories/` is played on the stage: Guardia itself on a new SQLite file, the sandbox's
//! telephone network, one simulated time.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

use std::path::{Path, PathBuf};

use guardia::stage::{Props, Stage};
use guardia_sandbox::story::Story;

/// Plays the story of this file and fails with its whole transcript.
async fn play(file: &Path, props: Props) {
    let text = std::fs::read_to_string(file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let story = Story::parse(&text, name).unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(story.starts_at(), folder.path(), &props).await.unwrap();
    let report = stage.play(story).await;
    let problems: Vec<String> = stage.network.errors().iter().map(ToString::to_string).collect();
    stage.stop().await;
    assert!(report.passed(), "{report}\n{}", problems.join("\n"));
    assert!(problems.is_empty(), "{report}\n{}", problems.join("\n"));
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stories").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn saturday_night() {
    play(&shipped("saturday-night.yaml"), Props::default()).await;
}
