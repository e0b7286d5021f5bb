//! A supervisor asks whether the house kept its word.

use guardia::access::Role;
use guardia::call::Call;
use guardia::incident::Incident;
use guardia::store::{Store, StoreError, Tx, Url};

use crate::house::House;
use crate::sample::{self, phone};

/// Three cases of March 2026: two in time, one late; of two institutions; and a caller who rings again and again.
async fn fill(house: &House) {
    let url = format!("sqlite:{}", house.site.settings().with_file_name("guardia.db").display());
    let store = Store::visit(&url.parse::<Url>().unwrap()).await.unwrap();
    store
        .write(async |tx: &mut Tx| -> Result<(), StoreError> {
            for (n, minutes) in [(1, 30), (2, 90), (3, 300)] {
                let mut case: Incident = sample::open(tx, n).await?;
                case.acknowledged_at = Some(case.started_at + chrono::TimeDelta::minutes(5));
                case.responded_at = Some(case.started_at + chrono::TimeDelta::minutes(minutes));
                case.institution = Some(format!("000{n}"));
                case.institution_name = Some(if n == 3 { "=Hacienda" } else { "Salud" }.to_owned());
                tx.save_incident(&mut case).await?;
            }
            for n in 4..7 {
                tx.insert_call(&Call { from: Some(phone(142)), ..sample::call(n) }).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promises_are_reported_by_everything_that_counts() {
    let house = House::open().await;
    fill(&house).await;
    let supervisor = house.person(Role::Supervisor).await;
    let march = "from=2026-03&to=2026-03";
    let page = supervisor.get(&format!("/console/reports?{march}")).await;
    // Two of three; half within an hour and a half, nine in ten within five hours; five minutes until somebody took it.
    for words in
        ["66.6 %", "1 h 30 min", "5 h", "5 min", "marzo 2026", "Fuera de horario", "Crítico", "Salud", "domingo"]
    {
        page.says(words);
    }
    page.says("…0142").says("<td class=\"num\">3</td>");
    assert!(!page.text.contains("8095550142"), "numbers are masked");
    let one = supervisor.get(&format!("/console/reports?{march}&institution=0003")).await;
    one.says("0.0 %").says("institution=0003");
    supervisor.get("/console/reports?from=2025-01&to=2025-02").await.says("Ninguna promesa en estos meses");
    supervisor.get("/console/reports?from=x&to=2026-99&severity=y").await.says("Informe de cumplimiento");
    // In English, as a twin.
    supervisor.post("/console/account/language", &[("language", "en")]).await;
    supervisor.get(&format!("/console/reports?{march}")).await.says("Kept of decided").says("Sunday");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_a_report_away_is_on_record() {
    let house = House::open().await;
    fill(&house).await;
    let supervisor = house.person(Role::Supervisor).await;
    let csv = supervisor.get("/console/reports/file/csv?from=2026-03&to=2026-03").await;
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"guardia-2026-03-2026-03.csv\"");
    let lines: Vec<&str> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 4, "{}", csv.text);
    assert!(lines[0].starts_with("Caso,Gravedad,Código de la institución"), "{}", lines[0]);
    assert!(lines[3].contains(",'=Hacienda,") && lines[3].ends_with(",Incumplida"), "{}", lines[3]);
    assert!(lines[1].contains("2026-03-08 02:59:59"), "local time: {}", lines[1]);
    let xlsx = supervisor.bytes("/console/reports/file/xlsx?from=2026-03&to=2026-03").await;
    assert!(xlsx.starts_with(b"PK") && xlsx.len() > 3000, "{}", xlsx.len());
    assert_eq!(supervisor.get("/console/reports/file/exe").await.status, 404);
    // Quality reads reports, and takes none away.
    let quality = house.person(Role::Quality).await;
    let page = quality.get("/console/reports").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("/reports/file/"), "{}", page.text);
    assert_eq!(quality.get("/console/reports/file/csv").await.status, 403);
    let auditor = house.person(Role::Auditor).await;
    let record = auditor.get("/console/audit?act=export").await;
    record.says("Descargó un archivo").says("csv from=2026-03&#38;to=2026-03").says("xlsx");
    assert_eq!(record.text.matches("<tr>").count(), 3);
    house.close().await;
}
