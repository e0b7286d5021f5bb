//! A real Request Tracker 5 to throw away: its own database, its own settings, a port of this machine's own address.

use std::fs;
use std::path::Path;
use std::process::Command;

use guardia::provider::Secret;
use guardia::provider::ticketing::Settings;
use tempfile::TempDir;

use super::process::{Server, finish, free_port};

const INSTALL: &str = "these tests need Request Tracker 5: install it with `apt-get install --no-install-recommends \
                       request-tracker5 rt5-db-sqlite rt5-standalone`";

const SERVER: &str = "/usr/share/request-tracker5/libexec/rt-server";

/// The queue of the tests.
pub const QUEUE: &str = "Incidentes Criticos";

/// The largest file that this RT keeps, in bytes.
pub const LARGEST: usize = 2 * 1024 * 1024;

/// What stands in the database besides RT's own.
const DATA: &str = include_str!("request_tracker.pl");

/// Gives a token for a user, or another name to a custom field.
const ADMIN: &str = r#"
use lib '/usr/share/request-tracker5/lib'; use RT; RT->LoadConfig; RT->Init;
my ($verb, @args) = @ARGV;
if ($verb eq 'token') {
    my $user = RT::User->new(RT->SystemUser); $user->Load($args[0]);
    my ($ok, $message, $token) = RT::AuthToken->new(RT->SystemUser)->Create(Owner => $user->Id, Description => 'test');
    die $message unless $ok; print "$token\n";
} elsif ($verb eq 'rename') {
    my $field = RT::CustomField->new(RT->SystemUser); $field->Load($args[0]);
    my ($ok, $message) = $field->SetName($args[1]); die $message unless $ok;
}
"#;

/// An RT, with its data. Ends and is gone when dropped.
#[derive(Debug)]
pub struct RequestTracker {
    folder: TempDir,
    port: u16,
    token: String,
    root: String,
    server: Option<Server>,
}

impl RequestTracker {
    /// Makes one and starts it.
    ///
    /// # Panics
    /// When it is not installed, or does not start.
    pub async fn start() -> Self {
        assert!(Path::new(SERVER).exists(), "{INSTALL}");
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let at = folder.path();
        fs::create_dir(at.join("conf.d")).unwrap();
        fs::write(at.join("RT_SiteConfig.pm"), site_config(at, port)).unwrap();
        fs::write(at.join("data"), DATA).unwrap();
        let data = at.join("data").display().to_string();
        finish(rt(at, "rt-setup-database-5").args(["--action", "init", "--skip-create"]));
        finish(rt(at, "rt-setup-database-5").args(["--action", "insert", "--skip-create", "--datafile", &data]));
        let token = |user: &str| finish(rt(at, "perl").args(["-e", ADMIN, "token", user])).trim().to_owned();
        let (token, root) = (token("ivr-bot"), token("root"));
        let mut made = Self { folder, port, token, root, server: None };
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
        let mut command = rt(self.folder.path(), SERVER);
        let command = command.args(["--host", "127.0.0.1", "--port", &self.port.to_string(), "--max-workers=2"]);
        let mut server = Server::start(command, self.port, &log);
        server.answers(&format!("{}/REST/2.0/rt", self.url()), &log).await;
        self.server = Some(server);
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// For our own account, which has the rights that the manual asks for and no more.
    pub fn settings(&self) -> Settings {
        Settings { url: self.url(), secret: Secret::new(&self.token), queue: QUEUE.to_owned(), ..Settings::default() }
    }

    /// For another person, who may do everything.
    pub fn another(&self) -> Settings {
        Settings { secret: Secret::new(&self.root), ..self.settings() }
    }

    /// Gives a custom field another name, as an administrator may. RT notices within seconds.
    pub fn rename_field(&self, name: &str, other: &str) {
        finish(rt(self.folder.path(), "perl").args(["-e", ADMIN, "rename", name, other]));
    }
}

/// A program of RT that knows this RT only, and not the one that the package has set up.
fn rt(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("RT_SITE_CONFIG", folder.join("RT_SiteConfig.pm")).env("RT_SITE_CONFIG_DIR", folder.join("conf.d"));
    command
}

/// The zone of RT itself is not the account's, on purpose. Nothing is mailed to anybody.
fn site_config(folder: &Path, port: u16) -> String {
    format!(
        r"Set($rtname, 'hotline.test'); Set($Organization, 'hotline.test');
Set($CorrespondAddress, 'soporte@hotline.test'); Set($CommentAddress, 'soporte-comment@hotline.test');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{}/rtdb');
Set($Timezone, 'America/Santo_Domingo');
Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning');
Set($MailCommand, 'testfile');
Set($MaxAttachmentSize, {LARGEST}); Set($DropLongAttachments, 1);
1;
",
        folder.display()
    )
}
