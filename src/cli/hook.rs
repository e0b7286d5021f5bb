//! `guardia hook`: programs that hear of changes to tickets.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::token::name;
use super::{Failure, store_of, table};
use crate::access::{EventWords, Hook, HookEvent, make_secret};
use crate::clock::Clock;
use crate::config::Config;
use crate::id::{HookId, Ids};
use crate::provider::http::Limits;
use crate::provider::messaging::{Preset, Target, Webhooks};
use crate::provider::{GuardedHttp, Secret};
use crate::store::{Store, Tx};
use crate::work::post_to_hook;

/// Programs that hear of changes to tickets.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell an address of changes from now on. The secret that signs what it is told is shown once.
    Add {
        /// What it is called: lower-case letters, digits, hyphens.
        #[arg(value_name = "NAME", value_parser = name)]
        name: String,
        /// Where it is told. Whoever has the address can write to it: it is shown nowhere again.
        #[arg(long, value_name = "URL")]
        url: String,
        /// What it hears of, e.g. ticket.opened,ticket.moved; of everything when left out.
        #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = event)]
        events: Vec<HookEvent>,
        /// A secret of its own instead of a new one: `whsec_` and 24 to 64 random bytes in base64.
        #[arg(long, value_name = "SECRET")]
        secret: Option<String>,
    },
    /// Every address, and whether it is told.
    List,
    /// Tell an address nothing any more, and forget it.
    Remove {
        /// What it is called.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Post something to an address now, and say what it answered. One that was switched off is told again when it takes it.
    Test {
        /// What it is called.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let store = store_of(config).await?;
        match self {
            Self::Add { name, url, events, secret } => {
                let hook = new(name, url, &events, secret);
                let target = Target::new(Preset::Standard, &hook.url, Some(&Secret::new(hook.secret.clone())))?;
                let mend =
                    "write an https:// address of the Internet, or let it be reached: [webhooks] of guardia.toml";
                webhooks(config)?.may_post(&target).map_err(|error| format!("{error}: {mend}"))?;
                if !store.write(async |tx: &mut Tx| tx.insert_hook(&hook).await).await? {
                    return Err(format!("there is a hook '{}': remove it first", hook.name).into());
                }
                writeln!(out, "{} is told of {}. What signs it is shown this once:", hook.name, hook.events)?;
                writeln!(out, "{}", hook.secret)?;
            }
            Self::List => {
                let hooks = store.read(async |tx: &mut Tx| tx.hooks().await).await?;
                if hooks.is_empty() {
                    writeln!(out, "No program is told of changes: guardia hook add.")?;
                } else {
                    let zone = config.calendar.zone();
                    let rows: Vec<Vec<String>> = hooks
                        .iter()
                        .map(|hook| {
                            let stands = if hook.active { "told" } else { "off" };
                            let made = table::local(hook.created_at, zone);
                            vec![hook.name.clone(), stands.to_owned(), made, hook.events.to_string()]
                        })
                        .collect();
                    table::write(out, &["name", "stands", "made", "events"], &rows)?;
                }
            }
            Self::Remove { name } => {
                let hook = named(&store, &name).await?;
                store.write(async |tx: &mut Tx| tx.remove_hook(hook.id).await).await?;
                writeln!(out, "{name} is told nothing any more.")?;
            }
            Self::Test { name } => {
                let hook = named(&store, &name).await?;
                try_out(&hook, config).await?;
                let again = store.write(async |tx: &mut Tx| tx.switch_hook(hook.id, true).await).await?;
                writeln!(out, "{name} took it{}.", if again { ", and is told again from now on" } else { "" })?;
            }
        }
        store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn new(name: String, url: String, events: &[HookEvent], secret: Option<String>) -> Hook {
    let (ids, now) = (Ids::system(), Clock::machine().now());
    Hook {
        id: HookId(ids.ordered(now)),
        name,
        url,
        secret: secret.unwrap_or_else(|| make_secret(&ids)),
        events: EventWords::of(events),
        active: true,
        created_at: now,
    }
}

async fn named(store: &Store, name: &str) -> Result<Hook, Failure> {
    let hooks = store.read(async |tx: &mut Tx| tx.hooks().await).await?;
    let hook = hooks.into_iter().find(|hook| hook.name == name);
    hook.ok_or_else(|| format!("there is no hook '{name}'; guardia hook list names them").into())
}

fn webhooks(config: &Config) -> Result<Webhooks, Failure> {
    Ok(Webhooks::new(GuardedHttp::new(Limits::default(), config.channels.webhooks.reach.clone())?))
}

async fn try_out(hook: &Hook, config: &Config) -> Result<(), Failure> {
    let (ids, now) = (Ids::system(), Clock::machine().now());
    let webhooks = webhooks(config)?;
    let id = ids.ordered(now).simple().to_string();
    let data = json!({ "test": true, "at": now });
    match post_to_hook(&webhooks, hook, &id, "ping", &data, now).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{} did not take it: {error}", hook.name).into()),
        Err(error) => Err(error.into()),
    }
}

fn event(word: &str) -> Result<HookEvent, String> {
    let all: Vec<&str> = HookEvent::ALL.iter().map(|event| event.as_str()).collect();
    HookEvent::from_word(word).ok_or_else(|| format!("write some of {}", all.join(", ")))
}
