//! Tables and instants as the command line shows them.

use std::io::{self, Write};

use chrono_tz::Tz;

use crate::clock::Instant;
use crate::phone::Phone;

/// Writes `rows` under `heads`, columns as wide as they need.
pub fn write(out: &mut impl Write, heads: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(column, head)| {
            let widest = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
            head.chars().count().max(widest.unwrap_or(0))
        })
        .collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| -> io::Result<()> {
        let padded: Vec<String> =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        writeln!(out, "{}", padded.join("  ").trim_end())
    };
    line(&mut heads.iter().copied())?;
    for row in rows {
        line(&mut row.iter().map(String::as_str))?;
    }
    Ok(())
}

/// An instant in the zone people live in, to the second.
pub fn local(at: Instant, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A number as a terminal may show it: the last four digits.
pub fn masked(phone: Option<&Phone>) -> String {
    phone.map_or_else(|| "withheld".to_owned(), Phone::masked)
}
