//! One story, played on a stage of its own.

use std::path::Path;

use guardia::stage::{Props, Stage};
use guardia_sandbox::Faults;
use guardia_sandbox::story::{Report, Story};
use tempfile::TempDir;

/// The folders with story files.
pub const FOLDERS: [&str; 2] = ["stories", "tests/stories"];

/// Reads the story of `file`, a path below the package.
pub fn read(file: &str) -> Story {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    Story::parse(&text, file).unwrap_or_else(|error| panic!("{error}"))
}

/// A stage after its story, with its files.
pub struct Played {
    pub stage: Stage,
    pub report: Report,
    /// Its files are removed with it.
    _folder: TempDir,
}

/// What is otherwise than a story alone would have it.
#[derive(Clone, Debug, Default)]
pub struct Otherwise {
    /// The store's address; a new SQLite file when left out.
    pub store: Option<String>,
    /// What goes wrong on the network from the beginning.
    pub faults: Faults,
}

impl Played {
    /// Plays the story of `file` and fails, with its whole transcript, when it is not true.
    pub async fn truly(file: &str, otherwise: Otherwise) -> Self {
        let story = read(file);
        let folder = tempfile::tempdir().unwrap();
        let props = Props { store: otherwise.store, ..props(file) };
        let mut stage = Stage::set(story.starts_at(), folder.path(), &props).await.unwrap();
        stage.network.set_faults(otherwise.faults);
        let report = stage.play(story).await;
        assert!(report.passed(), "{report}\n{}", problems(&stage));
        if std::env::var_os("GUARDIA_TELL").is_some() {
            println!("{report}");
        }
        Self { stage, report, _folder: folder }
    }
}

/// A person whom no telephone reaches, and one to follow her.
pub const WRITTEN: &str = r#"
people:
  - id: carmen
    name: Carmen Núñez
    contacts:
      - { id: mail, email: carmen@guardia.example }
      - { id: panel, webhook: "http://{inbox}/carmen" }
      - { id: sala, webhook: "http://{inbox}/sala", preset: slack }
  - { id: ana, name: Ana Rodríguez, phone: "+18095550101" }
  - { id: marta, name: Marta Jiménez, phone: "+18095550104", supervisor: true }
rotation: { order: [carmen, ana], starts: 2026-01-05T08:00, length: 7d }
"#;

/// What a story needs from the start and cannot say itself.
fn props(file: &str) -> Props {
    match file {
        "tests/stories/nobody-on-duty.yaml" => Props { roster: None, ..Props::default() },
        "tests/stories/written.yaml" | "tests/stories/written-later.yaml" | "tests/stories/written-refused.yaml" => {
            Props { roster: Some(WRITTEN.to_owned()), ..Props::default() }
        }
        "tests/stories/handover-begins-and-ends.yaml" => {
            Props { handover: "before = \"30m\"\nat_start = true\nat_end = true", ..Props::default() }
        }
        file if file.contains("/handover-") => Props { handover: "before = \"1h\"", ..Props::default() },
        // A storm of three is one.
        file if file.contains("/bundle-") => Props { burst: 1, ..Props::default() },
        _ => Props::default(),
    }
}

/// The network's error log, for a message.
pub fn problems(stage: &Stage) -> String {
    stage.network.errors().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
