//! The pages of cases: what is on them, what may be done, and that all of it is on the timeline and in the audit.

use chrono::{Datelike, TimeDelta, Timelike};
use guardia::access::Role;
use guardia::incident::{Change, Entry, Incident, State};
use guardia::store::{AuditFilter, StoreError, Tx};

use crate::client::{Client, Page};
use crate::desk::{Desk, REPORTER};
use crate::house::House;

/// The version that the page's forms carry.
#[track_caller]
fn version(page: &Page) -> String {
    let rest = page.text.split("name=\"version\" value=\"").nth(1).unwrap_or_else(|| panic!("no form:\n{}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

/// Looks at the case, and does something to it as it is then.
async fn act(client: &Client, number: &str, deed: &str, fields: &[(&str, &str)]) -> Page {
    let version = version(&client.get(&format!("/console/cases/{number}")).await);
    let mut form = vec![("version", version.as_str())];
    form.extend(fields);
    client.post(&format!("/console/cases/{number}/{deed}"), &form).await
}

/// The same, done; what the page says then.
async fn done(client: &Client, number: &str, deed: &str, fields: &[(&str, &str)]) -> Page {
    let answer = act(client, number, deed, fields).await;
    assert_eq!(answer.status, 303, "{deed}: {}", answer.text);
    assert_eq!(answer.location, format!("/console/cases/{number}?done={deed}"));
    client.get(&answer.location).await
}

async fn case(desk: &Desk, number: &str) -> (Incident, Vec<Entry>) {
    let number = number.parse_case();
    desk.store
        .read(async |tx: &mut Tx| -> Result<_, StoreError> {
            let incident = tx.incident_by_number(&number).await?.unwrap();
            let entries = tx.entries(incident.id).await?;
            Ok((incident, entries))
        })
        .await
        .unwrap()
}

/// The acts about a case, the oldest first: who, what, why, from what to what.
async fn audit(desk: &Desk, number: &str) -> Vec<(String, String, String, String)> {
    let filter = AuditFilter { subject: Some(format!("case:{number}")), ..AuditFilter::default() };
    let mut entries = desk.store.read(async |tx: &mut Tx| tx.audit_before(&filter, None, 100).await).await.unwrap();
    entries.reverse();
    entries.into_iter().map(|entry| (entry.act.actor, entry.act.act, entry.act.reason, entry.act.detail)).collect()
}

async fn is_whole(house: &House) {
    let said = house.site.run(&["audit", "verify"]).await;
    assert!(said.contains("whole"), "{said}");
}

trait ParseCase {
    fn parse_case(&self) -> guardia::incident::CaseNumber;
}

impl ParseCase for str {
    fn parse_case(&self) -> guardia::incident::CaseNumber {
        guardia::incident::CaseNumber::parse(self).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_reads_who_does_what_by_when() {
    let house = House::open().await;
    let client = house.person(Role::Supervisor).await;
    client.get("/console/cases").await.says("Ningún caso es así");
    let desk = Desk::at(&house).await;
    let number = desk.case(1, TimeDelta::minutes(30)).await;
    desk.paged(&number, "carmen").await;
    let list = client.get("/console/cases").await;
    list.says(&number).says("Recibido").says("faltan 3 h").says("Ministerio de Hacienda").says("Nadie todavía");
    let page = client.get(&format!("/console/cases/{number}")).await;
    page.says("Nadie lo ha tomado")
        .says("Si nadie lo toma, se avisa a")
        .says("¿Por qué vence")
        .says("el reloj corre siempre");
    page.says("Carmen Núñez").says("mensaje de texto: llegó al aparato").says("Se espera su respuesta");
    page.says("…0142")
        .says("Recibe mensajes de texto")
        .says("Se abrió como crítica")
        .says("<progress max=\"100\" value=\"12\"");
    page.says("descripción de la falla").says("Llamaron a la línea");
    // English is a full twin.
    client.post("/console/account/language", &[("language", "en")]).await;
    let page = client.get(&format!("/console/cases/{number}")).await;
    page.says("<html lang=\"en\">").says("Nobody has taken it").says("Why is it due").says("the clock always runs");
    page.says("text message: reached the device").says("Opened as critical");
    client.get("/console/cases?state=received").await.says(&number).says("3 h").says("left");
    // A long night is told from its end; the rest is one click away.
    desk.noted(&number, 200).await;
    let page = client.get(&format!("/console/cases/{number}")).await;
    page.says("note 200").says("?timeline=all#t52");
    assert!(!page.text.contains("Opened as critical") && page.text.len() < 100_000, "{}", page.text.len());
    client.get(&format!("/console/cases/{number}?timeline=all")).await.says("Opened as critical");
    assert_eq!(client.get("/console/cases/26000029").await.status, 404, "no such case");
    assert_eq!(client.get("/console/cases/12345678").await.status, 404, "no case number");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_filtered_paged_and_open_first() {
    let house = House::open().await;
    let client = house.person(Role::Auditor).await;
    let desk = Desk::at(&house).await;
    let mut numbers = Vec::new();
    for n in 1..=55 {
        numbers.push(desk.case(n, TimeDelta::minutes(i64::from(n))).await);
    }
    desk.change(&numbers[54], |case| case.state = State::Closed).await;
    let first = client.get("/console/cases").await;
    // The oldest is due first; the ended one comes last, on the next page.
    assert!(first.text.contains(&numbers[53]) && !first.text.contains(&numbers[54]), "{}", first.text);
    let place = |page: &Page, number: &str| page.text.find(number);
    assert!(place(&first, &numbers[53]) < place(&first, &numbers[52]));
    let next = first.text.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    assert!(next.starts_with("/console/cases?after=open-"), "{next}");
    let second = client.get(&next).await;
    second.says(&numbers[54]).says(&numbers[0]).says("Volver al principio");
    assert!(!second.text.contains(&numbers[53]) && !second.text.contains("rel=\"next\""));
    assert!(place(&second, &numbers[0]) < place(&second, &numbers[54]));
    let closed = client.get("/console/cases?state=closed&severity=&institution=1042&service=nomina").await;
    closed.says(&numbers[54]).says("<option value=\"closed\" selected>").says("Quitar los filtros");
    assert!(!closed.text.contains(&numbers[0]));
    client.get("/console/cases?institution=1043").await.says("Ningún caso es así");
    // Who may only look has no forms.
    client.get(&format!("/console/cases/{}", numbers[0])).await.says("no cambiarlo");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_goes_its_whole_way_by_hand() {
    let house = House::open().await;
    let client = house.somebody("lucia", Role::Supervisor, &[]).await;
    let desk = Desk::at(&house).await;
    let number = desk.case(1, TimeDelta::minutes(30)).await;
    desk.paged(&number, "carmen").await;
    let (client, number) = (&client, number.as_str());
    // Nobody of the roster: she cannot take it, but give it to somebody.
    act(client, number, "take", &[]).await.says("no puede tomarlo");
    act(client, number, "assign", &[("person", "nadie")]).await.says("no está en la lista de guardia");
    let page = done(client, number, "assign", &[("person", "ana")]).await;
    page.says("El caso quedó asignado").says("Ana Rodríguez debe hablar con quien reportó").says("Ya no hace falta");
    page.says("Se le asignó a Ana Rodríguez.");
    act(client, number, "assign", &[("person", "ana")]).await.says("ya lo tiene alguien");
    done(client, number, "assign", &[("person", "luis"), ("reason", "Ana está de viaje")])
        .await
        .says("Luis Peña debe hablar");
    // Another severity is another promise, for a reason.
    let general = [("severity", "general"), ("reason", "es una consulta")];
    act(client, number, "severity", &[("severity", "general")]).await.says("Escriba el motivo");
    done(client, number, "severity", &general).await.says("Gravedad: de crítica a general").says("es una consulta");
    act(client, number, "severity", &general).await.says("Así está ya");
    done(client, number, "severity", &[("severity", "critical"), ("reason", "no lo era")])
        .await
        .says("La gravedad cambió");
    // The first response, with how and what.
    let refused = act(client, number, "respond", &[("method", "phone"), ("reason", " ")]).await;
    refused.says("Escriba el motivo");
    assert_eq!(refused.status, 422);
    act(client, number, "respond", &[("method", "telepathy"), ("reason", "x")]).await.says("no se entiende");
    let said = [("method", "phone"), ("reason", "Reinician el servidor <hoy>")];
    let page = done(client, number, "respond", &said).await;
    page.says("reloj parado")
        .says("respondido a tiempo")
        .says("Primera respuesta a tiempo (por teléfono): Reinician el servidor &#60;hoy&#62;");
    done(client, number, "note", &[("reason", "El disco es del 2019")]).await.says("Nota: El disco es del 2019");
    done(client, number, "resolve", &[("reason", "disco cambiado")]).await.says("Resuelto: disco cambiado");
    act(client, number, "cancel", &[("reason", "x")]).await.says("En su estado de ahora");
    done(client, number, "close", &[]).await.says("El caso quedó cerrado");
    act(client, number, "reopen", &[]).await.says("Escriba el motivo");
    let page = done(client, number, "reopen", &[("reason", "volvió a fallar")]).await;
    page.says("Reabierto, ciclo 2").says("volvió a fallar").says("Ciclos anteriores").says("A tiempo");
    done(client, number, "cancel", &[("reason", "era una prueba")]).await.says("Anulado: era una prueba");
    let acts: Vec<(String, String)> =
        audit(&desk, number).await.into_iter().map(|(actor, act, ..)| (actor, act)).collect();
    let expected = [
        "assigned",
        "assigned",
        "severity",
        "severity",
        "responded",
        "noted",
        "resolved",
        "closed",
        "reopened",
        "cancelled",
    ];
    assert_eq!(acts, expected.map(|act| ("lucia".to_owned(), format!("case.{act}"))));
    let kept = audit(&desk, number).await;
    assert_eq!((kept[1].2.as_str(), kept[1].3.as_str()), ("Ana está de viaje", "ana -> luis"));
    assert_eq!((kept[2].2.as_str(), kept[2].3.as_str()), ("es una consulta", "critical -> general"));
    assert_eq!((kept[4].2.as_str(), kept[4].3.as_str()), ("Reinician el servidor <hoy>", "by=phone"));
    assert_eq!(kept[5].2, "", "the timeline has the note, where it can be erased");
    is_whole(&house).await;
    let log = house.close().await;
    for secret in ["disco", "Reinician", REPORTER] {
        assert!(!log.contains(secret), "the log says {secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reporter_is_told_only_what_was_shown_before() {
    let house = House::open().await;
    let client = house.person(Role::Supervisor).await;
    let desk = Desk::at(&house).await;
    let number = desk.case(1, TimeDelta::minutes(30)).await;
    let at = |hours: i64| {
        let at = (guardia::clock::Clock::machine().now() + TimeDelta::hours(hours))
            .with_timezone(&chrono_tz::America::Santo_Domingo);
        format!("{}-{:02}-{:02}T{:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
    };
    act(&client, &number, "estimate", &[]).await.says("Escriba al menos una hora");
    act(&client, &number, "estimate", &[("eta", &at(-1))]).await.says("que esté por venir");
    act(&client, &number, "estimate", &[("eta", "mañana")]).await.says("no se entiende");
    let (soon, later) = (at(2), at(3));
    let page = act(&client, &number, "estimate", &[("eta", &soon)]).await;
    assert_eq!(page.status, 200);
    page.says("Este mensaje de texto se enviará")
        .says("Al …0142")
        .says("Plazo estimado de solucion")
        .says("Avisar a quien reportó: solución");
    assert_eq!(audit(&desk, &number).await, [], "nothing was done yet");
    done(&client, &number, "estimate", &[("eta", &soon), ("confirmed", "1")])
        .await
        .says("hora de solución o de noticias");
    let page = act(&client, &number, "estimate", &[("eta", &later), ("reason", "falta una pieza")]).await;
    page.says("nuevo plazo estimado").says("falta una pieza").says("Avisar a quien reportó: nueva hora, solución");
    let confirmed = [("eta", later.as_str()), ("reason", "falta una pieza"), ("confirmed", "1")];
    done(&client, &number, "estimate", &confirmed).await.says("falta una pieza").says("hora nueva de solución");
    let (_, entries) = case(&desk, &number).await;
    let told = entries.iter().filter(|entry| matches!(entry.change, Change::Estimated { .. })).count();
    let informed = entries.iter().filter(|entry| matches!(entry.change, Change::Informed { .. })).count();
    assert_eq!((told, informed, audit(&desk, &number).await.len()), (2, 2, 2));
    // Who wants no texts is sent none, and the button says so.
    desk.change(&number, |case| case.text_messages = false).await;
    let page = act(&client, &number, "estimate", &[("next_update", &soon)]).await;
    page.says("no se le avisa por mensaje").says("Anotarlo sin avisar por mensaje: próxima noticia");
    is_whole(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_page_changes_nothing_and_shows_what_is_new() {
    let house = House::open().await;
    let (one, other) =
        (house.somebody("uno", Role::Supervisor, &[]).await, house.somebody("dos", Role::Supervisor, &[]).await);
    let desk = Desk::at(&house).await;
    let number = desk.case(1, TimeDelta::minutes(30)).await;
    let seen = version(&other.get(&format!("/console/cases/{number}")).await);
    done(&one, &number, "assign", &[("person", "ana")]).await;
    let form = [("version", seen.as_str()), ("method", "phone"), ("reason", "ya le llamé")];
    let path = format!("/console/cases/{number}/respond");
    let refused = other.post(&path, &form).await;
    assert_eq!(refused.status, 422);
    refused
        .says("El caso cambió mientras usted miraba")
        .says("Ana Rodríguez debe hablar")
        .says("ya le llamé</textarea>");
    assert_eq!(case(&desk, &number).await.0.state, State::Acknowledged);
    assert_eq!(audit(&desk, &number).await.len(), 1, "what was refused is no act");
    // A form without a version has seen nothing.
    other.post(&path, &[("method", "phone"), ("reason", "x")]).await.says("El caso cambió");
    // A note is true of whatever the case has become.
    let note = [("version", seen.as_str()), ("reason", "llamó el ministro")];
    assert_eq!(other.post(&format!("/console/cases/{number}/note"), &note).await.status, 303);
    // The refused page carries the new version: once more, and it is done.
    let again = [("version", version(&refused)), ("method", "phone".to_owned()), ("reason", "ya le llamé".to_owned())];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(other.post(&path, &again).await.status, 303);
    is_whole(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engineer_sees_and_takes_only_their_own() {
    let house = House::open().await;
    let carmen = house.somebody("carmen", Role::Agent, &["--person", "carmen"]).await;
    let nobody = house.somebody("pedro", Role::Agent, &[]).await;
    carmen.get("/console/cases").await.says("Ningún caso le fue avisado");
    let desk = Desk::at(&house).await;
    let (hers, other) = (desk.case(1, TimeDelta::minutes(30)).await, desk.case(2, TimeDelta::minutes(20)).await);
    desk.paged(&hers, "carmen").await;
    desk.paged(&other, "luis").await;
    let list = carmen.get("/console/cases").await;
    list.says(&hers);
    assert!(!list.text.contains(&other));
    assert!(!nobody.get("/console/cases").await.text.contains(&hers));
    assert_eq!(nobody.get(&format!("/console/cases/{hers}")).await.status, 404);
    assert_eq!(carmen.get(&format!("/console/cases/{other}")).await.status, 404);
    for deed in ["take", "note", "merge", "cancel", "number"] {
        let form = [("version", "1"), ("reason", "x"), ("into", hers.as_str())];
        assert_eq!(carmen.post(&format!("/console/cases/{other}/{deed}"), &form).await.status, 404, "{deed}");
    }
    // Nor does her own case become one with another's.
    let merged = act(&carmen, &hers, "merge", &[("into", &other), ("reason", "la misma")]).await;
    assert_eq!(merged.status, 404);
    let page = carmen.get(&format!("/console/cases/{hers}")).await;
    page.says("Tomar el caso");
    assert!(!page.text.contains("Asignar a una persona"));
    assert_eq!(act(&carmen, &hers, "assign", &[("person", "luis")]).await.status, 403);
    done(&carmen, &hers, "take", &[])
        .await
        .says("El caso es suyo")
        .says("Carmen Núñez lo tomó (en la consola).")
        .says("Contestó");
    act(&carmen, &hers, "take", &[]).await.says("ya lo tiene alguien");
    let (incident, _) = case(&desk, &hers).await;
    assert_eq!(incident.acknowledged_by.as_deref(), Some("carmen"));
    let expected =
        [("carmen", "case.taken", "", "")].map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned()));
    assert_eq!(audit(&desk, &hers).await, expected);
    is_whole(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_shown_once_and_for_a_reason() {
    let house = House::open().await;
    let client = house.person(Role::Supervisor).await;
    let admin = house.person(Role::Admin).await;
    let desk = Desk::at(&house).await;
    let number = desk.case(1, TimeDelta::minutes(30)).await;
    let (page_path, path) = (format!("/console/cases/{number}"), format!("/console/cases/{number}/number"));
    let digits = REPORTER.trim_start_matches("+1");
    client.get(&page_path).await.says("Mostrar el número");
    let refused = client.post(&path, &[("reason", " ")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Escriba el motivo");
    let shown = client.post(&path, &[("reason", "la línea no pudo llamarle")]).await;
    assert_eq!((shown.status, shown.location.as_str()), (200, ""));
    shown.says(digits);
    let pages =
        [client.get(&page_path).await, client.get("/console/cases").await, refused, admin.get(&page_path).await];
    assert!(pages.iter().all(|page| !page.text.contains(digits)));
    assert_eq!(admin.post(&path, &[("reason", "curiosidad")]).await.status, 403);
    assert!(!admin.get(&page_path).await.text.contains("Mostrar el número"));
    let expected = [("supervisor", "number.shown", "la línea no pudo llamarle", "")]
        .map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned()));
    assert_eq!(audit(&desk, &number).await, expected);
    is_whole(&house).await;
    let log = house.close().await;
    assert!(!log.contains(digits));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_cases_become_one_and_come_apart_only_by_reopening() {
    let house = House::open().await;
    let client = house.person(Role::Supervisor).await;
    let desk = Desk::at(&house).await;
    // The second is the older one: its start stays.
    let (first, second) = (desk.case(1, TimeDelta::minutes(30)).await, desk.case(2, TimeDelta::minutes(50)).await);
    let ended = desk.case(3, TimeDelta::minutes(10)).await;
    desk.change(&ended, |case| case.state = State::Closed).await;
    desk.paged(&second, "carmen").await;
    let lesser = desk.case(4, TimeDelta::minutes(10)).await;
    desk.change(&lesser, |case| case.severity = guardia::sla::Severity::General).await;
    for (into, why) in [
        (second.as_str(), "no se une a sí mismo"),
        (&ended, "El caso que quedaría no está abierto"),
        (&lesser, "es menos grave"),
        ("26000994", "No hay un caso con ese número"),
        ("mañana", "No hay un caso con ese número"),
    ] {
        act(&client, &second, "merge", &[("into", into), ("reason", "la misma avería")]).await.says(why);
    }
    act(&client, &second, "merge", &[("into", &first)]).await.says("Escriba el motivo");
    let (before, _) = case(&desk, &second).await;
    let page = done(&client, &second, "merge", &[("into", &first), ("reason", "la misma avería")]).await;
    page.says("Este caso continúa en el")
        .says(&format!("Se unió al caso {first}: la misma avería"))
        .says("Ya no hace falta");
    let page = client.get(&format!("/console/cases/{first}")).await;
    page.says("Casos unidos a este")
        .says(&format!("su caso, el {second}, se unió a este"))
        .says("El plazo se contó de nuevo");
    let (staying, _) = case(&desk, &first).await;
    assert_eq!(
        (staying.started_at, staying.due_at),
        (before.started_at, before.due_at),
        "the earlier start, no new clock"
    );
    let (joined, _) = case(&desk, &second).await;
    assert_eq!((joined.state, joined.merged_into), (State::Cancelled, Some(first.parse_case())));
    let calls = desk.store.read(async |tx: &mut Tx| tx.calls_about(staying.id).await).await.unwrap();
    assert_eq!(calls.len(), 2, "the other call is about it now");
    let jobs = desk.store.read(async |tx: &mut Tx| tx.jobs_about(joined.id).await).await.unwrap();
    assert!(jobs.iter().all(|job| !["page", "mark", "remind"].contains(&job.kind.as_str())), "{jobs:?}");
    let kept = audit(&desk, &second).await;
    assert_eq!((kept[0].1.as_str(), kept[0].3.as_str()), ("case.merged", format!("into={first}").as_str()));
    done(&client, &second, "reopen", &[("reason", "eran dos")]).await.says("ciclo 2");
    assert_eq!(case(&desk, &second).await.0.merged_into, None);
    is_whole(&house).await;
    house.close().await;
}
