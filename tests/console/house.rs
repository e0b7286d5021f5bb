//! A running Guardia, and people who open its console.

use guardia::access::Role;

use crate::client::Client;
use crate::site::{Server, Site};

/// What everybody chooses for a password.
pub const PASSWORD: &str = "una frase que nadie adivina";

pub struct House {
    pub site: Site,
    server: Server,
}

impl House {
    pub async fn open() -> Self {
        Self::set(async |_: &str| {}).await
    }

    /// The same over a store in which something is kept before.
    pub async fn set(keep: impl AsyncFnOnce(&str)) -> Self {
        let site = Site::new(None, include_str!("../../directory.yaml"), "http://127.0.0.1:1", "");
        site.import_roster(include_str!("../../roster.example.yaml")).await;
        keep(&format!("sqlite:{}", site.settings().with_file_name("guardia.db").display())).await;
        let mut server = site.start();
        server.ready().await;
        Self { site, server }
    }

    /// Somebody whom nobody knows.
    pub fn stranger(&self) -> Client {
        Client::new(self.site.listen)
    }

    /// Makes an account; its first password.
    pub async fn account(&self, login: &str, role: Role, more: &[&str]) -> String {
        let mut arguments = vec!["user", "add", login, "--name", "Ana Peña", "--role", role.as_str()];
        arguments.extend(more);
        let said = self.site.run(&arguments).await;
        said.trim().lines().last().unwrap().trim().to_owned()
    }

    /// Somebody of this role who came in and has chosen a password.
    pub async fn person(&self, role: Role) -> Client {
        self.somebody(role.as_str(), role, &[]).await
    }

    /// The same with a login and more of the account.
    pub async fn somebody(&self, login: &str, role: Role, more: &[&str]) -> Client {
        let first = self.account(login, role, more).await;
        let client = self.stranger();
        let entered = client.post("/console/login", &[("login", login), ("password", &first)]).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/console"));
        let form = [("present", first.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
        let chosen = client.post("/console/account/password", &form).await;
        assert_eq!(chosen.status, 303, "{}", chosen.text);
        client
    }

    /// Runs a command that is refused; what it says.
    pub async fn fails(&self, arguments: &[&str]) -> String {
        let output = self.site.command(arguments).output().await.unwrap();
        assert!(!output.status.success(), "guardia {} was not refused", arguments.join(" "));
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    pub async fn close(self) -> String {
        let log = self.server.log();
        self.server.kill().await;
        log
    }
}
