//! `guardia audit`: whether the record of who did what is whole.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use super::{Failure, store_of};
use crate::access::Chain;
use crate::config::Config;
use crate::store::Tx;

/// Entries that are read at once.
const AT_ONCE: u32 = 1000;

/// The record of who did what in the console.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Holds every entry against the chain: whatever was changed, taken out or put in between is found. The end of the chain
    /// can be cut off unseen, so compare the last hash with one that was written down elsewhere (--head).
    Verify {
        /// A hash that an earlier run printed: the chain must still contain it.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, config: &Config, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let Self::Verify { head } = self;
        let store = store_of(config).await?;
        let mut chain = Chain::default();
        let mut seen = head.as_deref().is_none_or(|head| head == chain.head());
        let broken = loop {
            let (last, chunk) = (chain.len(), AT_ONCE);
            let entries = store.read(async |tx: &mut Tx| tx.audit_after(last, chunk).await).await?;
            if entries.is_empty() {
                break None;
            }
            if let Some(broken) = entries.iter().find_map(|entry| {
                let followed = chain.follow(entry);
                seen = seen || head.as_deref() == Some(chain.head());
                followed.err()
            }) {
                break Some(broken);
            }
        };
        store.close().await;
        if let Some(broken) = broken {
            writeln!(
                out,
                "The audit is broken at entry {}: it is not what was written, or the one before it is missing. Compare with \
                 a backup.",
                broken.sequence
            )?;
            return Ok(ExitCode::FAILURE);
        }
        if !seen {
            writeln!(out, "The audit is whole in itself, but does not contain that hash: its end was cut off.")?;
            return Ok(ExitCode::FAILURE);
        }
        writeln!(out, "The audit is whole: {} entries. Write the last hash down elsewhere:", chain.len())?;
        writeln!(out, "{}", chain.head())?;
        Ok(ExitCode::SUCCESS)
    }
}
