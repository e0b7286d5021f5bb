//! The promises of a report as a file. Who takes one is on the chain of the audit before the first byte leaves.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::asked::{Asked, month};
use super::{promises, stretch};
use crate::access::Act;
use crate::clock::Instant;
use crate::language::Language;
use crate::sla::{Kept, Promise};
use crate::store::{StoreError, Tx};
use crate::web::Door;
use crate::web::console::answer;
use crate::web::console::guard::Visitor;
use crate::web::console::words::{Reporting, severity_name};

/// What Excel takes for a table of its own.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The report as CSV or XLSX.
pub async fn file(
    State(door): State<Door>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let write = match kind.as_str() {
        "csv" => csv,
        "xlsx" => xlsx,
        _ => return answer::missing(&door, &visitor),
    };
    let (stretch, now) = (stretch(&door, &visitor, &asked), door.hotline.clock.now());
    let act = Act {
        at: now,
        actor: visitor.account.login.clone(),
        act: "export.taken".to_owned(),
        subject: "report".to_owned(),
        reason: String::new(),
        detail: format!("{kind} {}", asked.query(&stretch)),
    };
    let read = door
        .hotline
        .store
        .write(async |tx: &mut Tx| -> Result<_, StoreError> {
            let (promises, _) = promises(tx, &asked, &stretch).await?;
            tx.append_act(&act).await?;
            Ok(promises)
        })
        .await;
    let promises = match read {
        Ok(promises) => promises,
        Err(error) => return answer::trouble(&error),
    };
    let table = table(visitor.language(), door.hotline.policy.calendar.zone(), now, &promises);
    match write(&table) {
        Ok((bytes, kind_of)) => {
            let name = format!("guardia-{}-{}.{kind}", month(stretch.first), month(stretch.last()));
            let headers = [
                (header::CONTENT_TYPE, kind_of.to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                (header::CACHE_CONTROL, "no-store".to_owned()),
                (HeaderName::from_static("x-content-type-options"), "nosniff".to_owned()),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => answer::trouble(&error),
    }
}

/// The rows of the file under their heads.
fn table(l: Language, zone: Tz, now: Instant, promises: &[Promise]) -> Vec<Vec<String>> {
    let w = Reporting::of(l);
    let heads = [
        w.case,
        w.severity,
        w.institution_code,
        w.institution,
        w.service,
        w.started,
        w.due,
        w.acknowledged_at,
        w.responded_at,
        w.kept,
    ];
    let local = |at: Instant| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string();
    let optional = |at: Option<Instant>| at.map_or_else(String::new, local);
    let rows = promises.iter().map(|promise| {
        let (code, name) = promise.institution.clone().unwrap_or_default();
        let kept = match promise.kept(now) {
            Kept::Met => w.met,
            Kept::Breached => w.breached,
            Kept::Running => w.running,
        };
        vec![
            promise.case.clone(),
            severity_name(l, promise.severity).to_owned(),
            code,
            name,
            promise.service.clone().unwrap_or_default(),
            local(promise.started_at),
            local(promise.due_at),
            optional(promise.acknowledged_at),
            optional(promise.responded_at),
            kept.to_owned(),
        ]
    });
    std::iter::once(heads.map(str::to_owned).to_vec()).chain(rows).collect()
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection).
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("the table cannot be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("the table cannot be written: {0}")]
    Io(#[from] std::io::Error),
    #[error("the spreadsheet cannot be written: {0}")]
    Xlsx(#[from] XlsxError),
}

type Written = Result<(Vec<u8>, &'static str), FileError>;

fn csv(table: &[Vec<String>]) -> Written {
    // The mark by which Excel reads what follows as UTF-8.
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    for row in table {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    writer.flush()?;
    drop(writer);
    Ok((bytes, "text/csv; charset=utf-8"))
}

fn xlsx(table: &[Vec<String>]) -> Written {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = Format::new().set_bold();
    for (number, row) in (0_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(row) {
            if number == 0 {
                sheet.write_string_with_format(number, column, cell, &head)?;
            } else {
                sheet.write_string(number, column, cell)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    Ok((book.save_to_buffer()?, XLSX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in
            [("=1+1", "'=1+1"), ("@x", "'@x"), ("Hacienda, \"DGII\"", "Hacienda, \"DGII\""), ("", "")]
        {
            assert_eq!(harmless(cell), written);
        }
        let (bytes, _) = csv(&[vec!["=a,b".to_owned(), "ñ\"".to_owned()]]).unwrap();
        assert_eq!(bytes, "\u{feff}\"'=a,b\",\"ñ\"\"\"\r\n".as_bytes());
    }
}
