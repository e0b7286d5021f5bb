//! `guardia demo --seed-year`: a made-up year in an empty store.

use std::path::Path;
use std::process::ExitCode;

use chrono::SubsecRound;
use clap::Args;

use crate::cli::{Failure, configuration};
use crate::clock::{Clock, Instant};
use crate::serve::tool;
use crate::stage::{Props, SeedYear, Stage, seed_year};

/// A made-up year.
#[derive(Debug, Args)]
pub struct Seed {
    /// Fill an empty store with a made-up year of calls, cases, pages and tickets, and end
    ///
    /// Numbers and names are fictional. Cases that are open at its end are alive: a server on this store pages the people of
    /// its roster about them.
    #[arg(long = "seed-year", id = "seed_year", conflicts_with_all = ["story", "stay"])]
    wanted: bool,
    /// The store to fill; that of the settings unless given
    #[arg(long, requires = "seed_year", value_name = "URL")]
    store: Option<String>,
    /// How many calls come in
    #[arg(long, requires = "seed_year", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=90_000))]
    calls: u32,
    /// Where chance begins: with the same --until it makes the same rows
    #[arg(long = "seed", requires = "seed_year", default_value_t = 1)]
    chance: u64,
    /// When the year ends, e.g. 2026-11-01T08:00:00Z; now unless given
    #[arg(long, requires = "seed_year", value_name = "INSTANT")]
    until: Option<Instant>,
}

impl Seed {
    /// Whether that is asked for.
    pub fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Fills the store.
    pub async fn run(self, file: &Path) -> Result<ExitCode, Failure> {
        // Without settings the shipped pages serve, as on the stage.
        let folder = tempfile::tempdir()?;
        let mut config = match (&self.store, file.exists()) {
            (Some(_), false) => Stage::settings(folder.path(), &Props::default())?,
            _ => configuration(file)?,
        };
        if let Some(store) = &self.store {
            config.store = store.parse()?;
        }
        let clock = Clock::machine();
        let hotline = tool(&config).await?;
        let until = self.until.unwrap_or_else(|| clock.now()).trunc_subsecs(3);
        let began = clock.now();
        let seeded = seed_year(&hotline, SeedYear { calls: self.calls, seed: self.chance, until }).await;
        hotline.store.close().await;
        let seeded = seeded?;
        println!(
            "{} calls to the line and {} from it, {} cases ({} open), in {} s.",
            seeded.calls,
            seeded.outbound,
            seeded.cases,
            seeded.open,
            (clock.now() - began).num_seconds()
        );
        Ok(ExitCode::SUCCESS)
    }
}
