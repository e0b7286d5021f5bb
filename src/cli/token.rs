//! `guardia token`: programs that may use the API.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use super::calendar::instant;
use super::{Failure, store_of, table};
use crate::access::{ApiToken, NAME_MEND, Scope, is_name, make, token_hash};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::id::{Ids, TokenId};
use crate::store::Tx;

/// Programs that may use the API.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token for a program. It is shown once, and kept nowhere.
    Add {
        /// What it is called, here and in histories: lower-case letters, digits, hyphens. No two tokens ever share one.
        #[arg(value_name = "NAME", value_parser = name)]
        name: String,
        /// What it may do: readiness, duty:read, incidents:write, tickets:read, tickets:write, tickets:attach, hooks.
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',', value_parser = scope)]
        scopes: Vec<Scope>,
        /// From when on it counts no more, e.g. 2027-03-07T00:00:00-04:00; never when left out.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        expires: Option<Instant>,
    },
    /// Every token there ever was.
    List,
    /// End a token: from now on it opens nothing.
    Revoke {
        /// What it is called.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let now = Clock::machine().now();
        match self {
            Self::Add { name, scopes, expires } => {
                if expires.is_some_and(|end| end <= now) {
                    return Err("--expires must lie in the future".into());
                }
                let (ids, store) = (Ids::system(), store_of(config).await?);
                let text = make(&ids);
                let token = ApiToken {
                    id: TokenId(ids.ordered(now)),
                    name,
                    hash: token_hash(&text),
                    scopes: scopes.into_iter().collect(),
                    created_at: now,
                    last_used_at: None,
                    expires_at: expires,
                    revoked_at: None,
                };
                let is_new = store.write(async |tx: &mut Tx| tx.insert_token(&token).await).await?;
                store.close().await;
                if !is_new {
                    return Err(format!("there is or was a token '{}': take another name", token.name).into());
                }
                writeln!(out, "The token of {}, for {}. It is shown this once:", token.name, token.scopes)?;
                writeln!(out, "{text}")?;
            }
            Self::List => {
                let store = store_of(config).await?;
                let tokens = store.read(async |tx: &mut Tx| tx.tokens().await).await?;
                store.close().await;
                list(&tokens, now, config, out)?;
            }
            Self::Revoke { name } => {
                let store = store_of(config).await?;
                let revoked = store.write(async |tx: &mut Tx| tx.revoke_token(&name, now).await).await?;
                store.close().await;
                if !revoked {
                    return Err(format!("there is no token '{name}', or it was ended before").into());
                }
                writeln!(out, "The token of {name} opens nothing any more.")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(tokens: &[ApiToken], now: Instant, config: &Config, out: &mut impl Write) -> Result<(), Failure> {
    if tokens.is_empty() {
        writeln!(out, "No token was made yet: guardia token add.")?;
        return Ok(());
    }
    let zone = config.calendar.zone();
    let rows: Vec<Vec<String>> = tokens
        .iter()
        .map(|token| {
            let stands = match token {
                ApiToken { revoked_at: Some(_), .. } => "revoked",
                token if token.counts(now) => "counts",
                _ => "ended",
            };
            let at = |at: Option<Instant>, none: &str| at.map_or_else(|| none.to_owned(), |at| table::local(at, zone));
            vec![
                token.name.clone(),
                stands.to_owned(),
                table::local(token.created_at, zone),
                at(token.last_used_at, "never"),
                at(token.expires_at, "never"),
                token.scopes.to_string(),
            ]
        })
        .collect();
    Ok(table::write(out, &["name", "stands", "made", "used", "ends", "scopes"], &rows)?)
}

fn scope(word: &str) -> Result<Scope, String> {
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    Scope::from_word(word).ok_or_else(|| format!("write one of {}", all.join(", ")))
}

/// The name of a token or a hook.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    if is_name(text) { Ok(text.to_owned()) } else { Err(NAME_MEND) }
}
