//! `guardia user`: people who may open the console.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use super::{Failure, store_of, table};
use crate::access::{Account, LOGIN_MEND, Role};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::language::Language;
use crate::ops::{self, AccountChange, BY_COMMAND, Gatekeeper, NewAccount};
use crate::store::Tx;

/// People who may open the console.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account. Its first password is shown once, and must be changed at first use.
    Add {
        /// What they write to come in, e.g. ana.perez. No two accounts ever share one.
        #[arg(value_name = "LOGIN", value_parser = login)]
        login: String,
        /// What they are called.
        #[arg(long, value_name = "NAME", value_parser = person_name)]
        name: String,
        /// What they may do: agent, supervisor, quality, auditor, admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The person of the roster that they are, by id: whose pages are theirs.
        #[arg(long, value_name = "PERSON")]
        person: Option<String>,
        /// The language they read: es or en.
        #[arg(long, default_value = "es", value_parser = language)]
        language: Language,
    },
    /// Every account there ever was.
    List,
    /// Give an account another role. Whoever is in must come in anew.
    Role {
        /// Whose.
        #[arg(value_name = "LOGIN")]
        login: String,
        /// What they may do from now on.
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Give an account a new password, shown once, and take its second factor away. Whoever is in must come in anew.
    Reset {
        /// Whose.
        #[arg(value_name = "LOGIN")]
        login: String,
    },
    /// Let an account in again that too many wrong passwords have locked.
    Unlock {
        /// Whose.
        #[arg(value_name = "LOGIN")]
        login: String,
    },
    /// From now on an account opens nothing. Whoever is in is out.
    Disable {
        /// Whose.
        #[arg(value_name = "LOGIN")]
        login: String,
    },
    /// A disabled account opens the console again.
    Enable {
        /// Whose.
        #[arg(value_name = "LOGIN")]
        login: String,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let (login, change, done) = match self {
            Self::Add { login, name, role, person, language } => {
                let hotline = crate::serve::tool(config).await?;
                let new = NewAccount { login: login.clone(), name, role, person, language };
                let made = ops::add_account(&hotline, &Gatekeeper::default(), BY_COMMAND, new).await;
                hotline.store.close().await;
                let password = made??;
                writeln!(out, "{login} may come in as {role}. The first password is shown this once:")?;
                writeln!(out, "{password}")?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::List => {
                let store = store_of(config).await?;
                let accounts = store.read(async |tx: &mut Tx| tx.accounts().await).await?;
                store.close().await;
                list(&accounts, Clock::machine().now(), config, out)?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Role { login, role } => (login, AccountChange::Role(role), "has another role"),
            Self::Reset { login } => (login, AccountChange::Reset, "has a new password, shown this once:"),
            Self::Unlock { login } => (login, AccountChange::Unlock, "is not locked"),
            Self::Disable { login } => (login, AccountChange::Disable, "opens nothing any more"),
            Self::Enable { login } => (login, AccountChange::Enable, "opens the console"),
        };
        let hotline = crate::serve::tool(config).await?;
        let changed = ops::change_account(&hotline, &Gatekeeper::default(), BY_COMMAND, &login, &change).await;
        hotline.store.close().await;
        let password = changed??;
        writeln!(out, "{login} {done}")?;
        if let Some(password) = password {
            writeln!(out, "{password}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(accounts: &[Account], now: Instant, config: &Config, out: &mut impl Write) -> Result<(), Failure> {
    if accounts.is_empty() {
        writeln!(out, "No account was made yet: guardia user add.")?;
        return Ok(());
    }
    let zone = config.calendar.zone();
    let rows: Vec<Vec<String>> = accounts
        .iter()
        .map(|account| {
            let stands = match account {
                Account { disabled_at: Some(_), .. } => "disabled",
                account if !account.is_open(now) => "locked",
                Account { temporary: true, .. } => "first password",
                _ => "open",
            };
            vec![
                account.login.clone(),
                account.name.clone(),
                account.role.to_string(),
                account.person.clone().unwrap_or_default(),
                stands.to_owned(),
                if account.totp.is_some() { "yes" } else { "no" }.to_owned(),
                table::local(account.created_at, zone),
            ]
        })
        .collect();
    Ok(table::write(out, &["login", "name", "role", "person", "stands", "second factor", "made"], &rows)?)
}

fn login(text: &str) -> Result<String, &'static str> {
    if Account::is_login(text) { Ok(text.to_owned()) } else { Err(LOGIN_MEND) }
}

fn person_name(text: &str) -> Result<String, &'static str> {
    if Account::is_name(text) { Ok(text.to_owned()) } else { Err("write a name of up to 80 letters on one line") }
}

fn role(word: &str) -> Result<Role, String> {
    let all: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    Role::from_word(word).ok_or_else(|| format!("write one of {}", all.join(", ")))
}

fn language(code: &str) -> Result<Language, &'static str> {
    Language::from_code(code).ok_or("write es or en")
}
