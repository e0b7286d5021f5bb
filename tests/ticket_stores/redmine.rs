//! A real Redmine to throw away: a copy of its program with a database, files and settings of its own, on this machine alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use guardia::provider::Secret;
use guardia::provider::ticketing::Settings;
use guardia::ticket::Field;
use tempfile::TempDir;

use super::process::{Server, finish, free_port};

const INSTALL: &str = "these tests need Redmine: install it with `apt-get install --no-install-recommends redmine \
                       redmine-sqlite puma`, as tests/run does";

const PROGRAM: &str = "/usr/share/redmine";

/// The largest file that this Redmine takes, in bytes.
pub const LARGEST: usize = 2 * 1024 * 1024;

/// What an administrator sets up.
const DATA: &str = include_str!("redmine.rb");

/// The numbers of the custom fields, in the order in which they are made.
const FIELDS: [Field; 8] = [
    Field::ExternalId,
    Field::Call,
    Field::CallerNumber,
    Field::Institution,
    Field::Severity,
    Field::FirstResponseDue,
    Field::FirstResponseAt,
    Field::Eta,
];

/// A Redmine, with its data. Ends and is gone when dropped.
#[derive(Debug)]
pub struct Redmine {
    folder: TempDir,
    port: u16,
    key: String,
    another: String,
    server: Option<Server>,
}

impl Redmine {
    /// Makes one and starts it.
    ///
    /// # Panics
    /// When it is not installed, or does not start.
    pub async fn start() -> Self {
        assert!(Path::new(PROGRAM).exists() && Path::new("/usr/bin/puma").exists(), "{INSTALL}");
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        copy(folder.path());
        finish(bundle(folder.path()).args(["install", "--local", "--quiet"]));
        // Two programs: the one that makes the tables has not learned their columns.
        for task in ["db:migrate", "redmine:load_default_data"] {
            finish(bundle(folder.path()).args(["exec", "rake", task]).env("REDMINE_LANG", "en"));
        }
        let mut made = Self { folder, port, key: String::new(), another: String::new(), server: None };
        let said = made.by_hand(DATA);
        let keys = said.lines().find_map(|line| line.strip_prefix("keys ")?.split_once(' '));
        let keys = keys.unwrap_or_else(|| panic!("no keys: {said}"));
        (made.key, made.another) = (keys.0.to_owned(), keys.1.trim().to_owned());
        made.start_again().await;
        made
    }

    /// Ends the program as a power cut would. The data stays.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Starts it on the same data and the same port.
    pub async fn start_again(&mut self) {
        let log = self.folder.path().join("server.log");
        let address = format!("tcp://127.0.0.1:{}", self.port);
        let mut command = bundle(self.folder.path());
        let command = command.args(["exec", "puma", "-e", "production", "-b", &address, "-t", "1:4", "config.ru"]);
        let mut server = Server::start(command, self.port, &log);
        server.answers(&format!("{}/issue_statuses.json", self.url()), &log).await;
        self.server = Some(server);
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// For our own account, which has the rights that the manual asks for and no more.
    pub fn settings(&self) -> Settings {
        let numbered = FIELDS.into_iter().zip(1..).map(|(field, number)| (field, number.to_string()));
        Settings {
            url: self.url(),
            secret: Secret::new(&self.key),
            queue: "incidentes".into(),
            fields: numbered.collect(),
            options: [("tracker", "3"), ("priority", "5")].map(|(name, id)| (name.into(), id.into())).into(),
            ..Settings::default()
        }
    }

    /// For another person, who may do everything.
    pub fn another(&self) -> Settings {
        Settings { secret: Secret::new(&self.another), ..self.settings() }
    }

    /// Does as Ruby what an administrator does by hand, and gives what it says.
    pub fn by_hand(&self, ruby: &str) -> String {
        finish(bundle(self.folder.path()).args(["exec", "ruby", "bin/rails", "runner", ruby]))
    }
}

/// The package's program reads one database only, that of the machine: so it is copied, and its settings are not.
fn copy(folder: &Path) {
    let app = folder.join("app");
    finish(Command::new("cp").arg("-r").arg(PROGRAM).arg(&app));
    for own in ["Gemfile.lock", "config/database.yml", "instances"] {
        let _ = fs::remove_file(app.join(own));
    }
    for place in ["config", "files", "log", "public", "tmp"] {
        fs::create_dir_all(app.join("instances/default").join(place)).unwrap();
    }
    let database = format!(
        "production:\n  adapter: sqlite3\n  database: {}\n  timeout: 10000\n  encoding: utf8\n",
        folder.join("database").display()
    );
    for place in ["config/database.yml", "instances/default/config/database.yml"] {
        fs::write(app.join(place), &database).unwrap();
    }
    fs::write(app.join("instances/default/config/secret_key.txt"), "0123456789abcdef".repeat(5)).unwrap();
    // The package's list of gems has that of the database only where it may read the machine's own settings.
    fs::write(app.join("Gemfile.local"), "gem 'puma'\ngem 'sqlite3', '~> 1.4.0'\n").unwrap();
}

/// Ruby's bundler in that copy. It lives in another zone than we do, on purpose.
fn bundle(folder: &Path) -> Command {
    let mut command = Command::new("bundle");
    command.current_dir(folder.join("app")).env_remove("BUNDLE_GEMFILE");
    command.envs([
        ("RAILS_ENV", "production"),
        ("REDMINE_INSTANCE", "default"),
        ("BUNDLER_VERSION", "2.3.15"),
        ("BUNDLE_SILENCE_ROOT_WARNING", "1"),
        ("TZ", "America/Santo_Domingo"),
    ]);
    command
}
