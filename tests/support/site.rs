//! Guardia as people run it: a folder with its settings, and the built program as a process of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;

/// The address the provider believes to call.
pub const PUBLIC_URL: &str = "https://guardia.example";
/// The account at the provider.
pub const ACCOUNT: &str = "AC00000000000000000000000000000000";
/// Its token: signs webhooks, opens the REST API. Of no real account.
pub const TOKEN: &str = "a-token-of-no-account";
/// The line that is called, and that text messages come from.
pub const LINE: &str = "+18095550100";

/// What the log says when the line answers.
const READY: &str = "the line answers";

/// A place where Guardia is set up.
pub struct Site {
    folder: TempDir,
    /// Where the program listens.
    pub listen: SocketAddr,
}

/// The program while it serves.
pub struct Server {
    child: Child,
    log: Arc<Mutex<String>>,
    ready: oneshot::Receiver<()>,
}

impl Site {
    /// Writes the settings: the shipped flow, this `directory`, the store at `store` (a new SQLite file when `None`), the
    /// provider's REST API at `api`, and `more` sections.
    pub fn new(store: Option<&str>, directory: &str, api: &str, more: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("guardia-site-").tempdir().unwrap();
        // The port is free now; only a process of this machine that asks for just this one could take it before we do.
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let place = |name: &str| folder.path().join(name).display().to_string();
        let store = store.map_or_else(|| format!("sqlite:{}", place("guardia.db")), str::to_owned);
        let flow = Path::new(env!("CARGO_MANIFEST_DIR")).join("voice-flows/critical-hotline.yaml");
        let settings = format!(
            r#"{more}
[server]
listen = "{listen}"
public_url = "{PUBLIC_URL}"
[store]
url = "{store}"
[line]
number = "{LINE}"
support_email = "soporte@guardia.example"
flow = "{flow}"
directory = "{directory}"
[twilio]
account_sid = "{ACCOUNT}"
auth_token = "{TOKEN}"
api_url = "{api}"
from = "{LINE}"
reconcile_every = "off"
[journal]
path = "{journal}"
[attachments]
largest_mib = 1
folder = "{attachments}"
[handover]
# Real time may be near a hand-over.
before = "off"
[paging]
# Every page goes out by itself: what is measured and counted here is single pages.
burst = 1000
per = "1s"
secret = "a-secret-that-guards-nothing-but-a-test"
"#,
            flow = flow.display(),
            directory = place("directory.yaml"),
            journal = place("journal"),
            attachments = place("attachments"),
        );
        std::fs::write(place("directory.yaml"), directory).unwrap();
        std::fs::write(place("guardia.toml"), settings).unwrap();
        Self { folder, listen }
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.folder.path().join("guardia.toml")
    }

    /// A command of the program over these settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guardia"));
        command.arg("--config").arg(self.settings()).args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end; what it printed.
    pub async fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().await.unwrap();
        let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "guardia {} failed:\n{error}", arguments.join(" "));
        out.into_owned()
    }

    /// Takes a roster into use.
    pub async fn import_roster(&self, roster: &str) {
        let file = self.folder.path().join("roster.yaml");
        std::fs::write(&file, roster).unwrap();
        self.run(&["roster", "import", file.to_str().unwrap()]).await;
    }

    /// Starts to serve. The line answers when [`Server::ready`] says so.
    pub fn start(&self) -> Server {
        let mut child = self.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (log, (say, ready)) = (Arc::new(Mutex::new(String::new())), oneshot::channel());
        tokio::spawn(listen(child.stderr.take().unwrap(), Arc::clone(&log), say));
        Server { child, log, ready }
    }
}

/// Keeps the log of a process, which would stand still if nobody read it, and tells when the line answers.
async fn listen(out: ChildStderr, log: Arc<Mutex<String>>, ready: oneshot::Sender<()>) {
    let (mut lines, mut ready) = (BufReader::new(out).lines(), Some(ready));
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains(READY)
            && let Some(ready) = ready.take()
        {
            // Nobody may be waiting.
            let _ = ready.send(());
        }
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push_str(&line);
        log.push('\n');
    }
}

impl Server {
    /// Waits until the line answers.
    pub async fn ready(&mut self) {
        let came = (&mut self.ready).await;
        assert!(came.is_ok(), "the server ended before the line answered:\n{}", self.log());
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends it at once, as a power cut would: no handler runs. Returns when it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
