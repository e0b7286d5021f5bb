//! Who is next: read by everybody on duty, changed by supervisors.

use guardia::access::Role;

use crate::house::House;

/// The form of an agreement, over the roster that is on the page.
fn form<'a>(
    version: &'a str,
    kind: &'a str,
    person: &'a str,
    other: &'a str,
    reason: &'a str,
) -> [(&'static str, &'a str); 8] {
    [
        ("version", version),
        ("schedule", "guardia"),
        ("kind", kind),
        ("person", person),
        ("other", other),
        ("from", "2031-07-06T08:00"),
        ("to", "2031-07-08T08:00"),
        ("reason", reason),
    ]
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    page.split_once(&field).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_sees_who_is_next_and_agrees_on_a_change() {
    let house = House::open().await;
    house.site.import_roster(include_str!("../../roster.full.example.yaml")).await;
    let supervisor = house.person(Role::Supervisor).await;
    let page = supervisor.get("/console/roster").await;
    page.says("De guardia ahora").says("Turno redes").says("Marta Jiménez").says("…0104").says("sin comprobar");
    page.says("Las próximas cuatro semanas").says("Correo …@example.org");
    assert!(!page.text.contains("8095550104") && !page.text.contains("ana.rodriguez"), "addresses are shown in part");
    let version = hidden(&page.text, "version");
    for (form, why) in [
        (form(&version, "instead", "pedro", "", " "), "Escriba el motivo"),
        (form(&version, "swap", "ana", "", "viaje"), "las personas que el cambio necesita"),
        (form(&version, "swap", "ana", "ana", "viaje"), "nombra dos veces"),
        (form(&version, "explode", "ana", "", "viaje"), "las personas que el cambio necesita"),
    ] {
        let refused = supervisor.post("/console/roster", &form).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        refused.says(why).says("2031-07-06T08:00");
    }
    let mut backwards = form(&version, "instead", "pedro", "", "viaje");
    backwards[6].1 = "2031-07-05T08:00";
    supervisor.post("/console/roster", &backwards).await.says("terminar después de comenzar");
    backwards[6].1 = "mañana";
    supervisor.post("/console/roster", &backwards).await.says("Escriba desde cuándo");
    let agreed = supervisor.post("/console/roster", &form(&version, "replace", "ana", "pedro", "viaje")).await;
    assert_eq!((agreed.status, agreed.location.as_str()), (303, "/console/roster?done=agreed"), "{}", agreed.text);
    let page = supervisor.get(&agreed.location).await;
    page.says("El cambio ya vale").says("Pedro Santana en lugar de Ana Rodríguez").says("6 jul 2031, 8:00");
    // The command reads the same; it is the place's time.
    let who = house.site.run(&["roster", "export"]).await;
    assert!(who.contains("replace: \"ana\", by: \"pedro\"") && who.contains("2031-07-06T08:00"), "{who}");
    // Whoever read the page before is told so, and changes nothing.
    let stale = supervisor.post("/console/roster", &form(&version, "add", "marta", "", "refuerzo")).await;
    assert_eq!(stale.status, 422);
    stale.says("Alguien cambió la lista");
    // Taken out again, the roster says what it said.
    let version = hidden(&page.text, "version");
    let mut out = form(&version, "replace", "ana", "pedro", "ya no viaja");
    (out[5].1, out[6].1) = ("2031-07-06T12:00:00+00:00", "2031-07-08T12:00:00+00:00");
    let withdrawn = supervisor.post("/console/roster/withdraw", &out).await;
    assert_eq!(withdrawn.location, "/console/roster?done=withdrawn", "{}", withdrawn.text);
    assert!(!supervisor.get("/console/roster").await.text.contains("Pedro Santana en lugar de Ana"));
    let auditor = house.person(Role::Auditor).await;
    let record = auditor.get("/console/audit?act=roster").await;
    record.says("Acordó un cambio de guardia").says("Retiró un cambio de guardia").says("ya no viaja");
    record.says("replace ana by pedro").says("schedule:guardia");
    assert!(house.site.run(&["audit", "verify"]).await.contains("whole"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn engineers_read_it_and_change_nothing() {
    let house = House::open().await;
    let agent = house.person(Role::Agent).await;
    let page = agent.get("/console/roster").await;
    page.says("De guardia ahora").says("Ana Rodríguez");
    assert!(!page.text.contains("Acordar un cambio") && !page.text.contains("/roster/file"));
    let form = form("1", "instead", "ana", "", "x");
    assert_eq!(agent.post("/console/roster", &form).await.status, 403);
    assert_eq!(agent.get("/console/roster/file").await.status, 403);
    let file = house.person(Role::Supervisor).await.get("/console/roster/file").await;
    file.says("# Who is on duty.");
    house.close().await;
}
