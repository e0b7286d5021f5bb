use chrono::TimeDelta;
use chrono_tz::America::Santo_Domingo;
use uuid::Uuid;

use super::*;
use crate::id::{CallId, IncidentId};
use crate::incident::{Actor, State};
use crate::sla::{Mode, Target};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// As the tables below want it: at ten in the evening.
fn began() -> Instant {
    at("2026-03-08T02:00:00Z")
}

fn number(n: u32) -> CaseNumber {
    CaseNumber::new(2026, n).unwrap()
}

fn incident() -> Incident {
    Incident {
        id: IncidentId(Uuid::from_u128(1)),
        number: number(1),
        state: State::Received,
        severity: Severity::Critical,
        call: CallId(Uuid::from_u128(2)),
        cycle: 1,
        started_at: began(),
        target: Target { span: TimeDelta::hours(4), mode: Mode::Continuous },
        due_at: began() + TimeDelta::hours(4),
        acknowledged_at: None,
        acknowledged_by: None,
        responded_at: None,
        resolved_at: None,
        breached_at: None,
        institution: None,
        institution_name: None,
        service: None,
        impact: None,
        reporter: None,
        call_back: None,
        text_messages: false,
        language: "es".to_owned(),
        silent: false,
        merged_into: None,
        version: 1,
    }
}

/// What is said of it in both languages, the Spanish first.
fn both(service: [Option<&str>; 2], say: impl Fn(&Words<'_>) -> String) -> [String; 2] {
    let name = |id: &str| if id == "ana" { "Ana Núñez".to_owned() } else { id.to_owned() };
    let [es, en] = service;
    [(Language::Es, es), (Language::En, en)]
        .map(|(language, service)| say(&Words { language, zone: Santo_Domingo, service, name: &name }))
}

#[test]
fn a_subject_names_the_case_first_and_what_is_not_known_yet() {
    let n = number(1);
    let subject = |incident: &Incident, service| both(service, |words| words.subject(incident));
    assert_eq!(
        subject(&incident(), [None, None]),
        [
            format!("[{n}] institución por confirmar: servicio por confirmar"),
            format!("[{n}] institution not known yet: service not known yet"),
        ]
    );
    let known = Incident { institution_name: Some("Ministerio de Hacienda".to_owned()), ..incident() };
    assert_eq!(
        subject(&known, [Some("la plataforma de nómina"), Some("the payroll platform")]),
        [
            format!("[{n}] Ministerio de Hacienda: la plataforma de nómina"),
            format!("[{n}] Ministerio de Hacienda: the payroll platform"),
        ]
    );
    let long = Incident { institution_name: Some("ñ".repeat(300)), ..incident() };
    for subject in subject(&long, [None, None]) {
        assert_eq!(subject.chars().count(), SUBJECT);
    }
}

#[test]
fn a_body_says_how_the_case_stands() {
    let n = number(1);
    assert_eq!(
        both([None, None], |words| words.body(&incident())),
        [
            format!(
                "Caso {n}\nGravedad: crítica\nRecibido: 07/03/2026 22:00\n\
                 Plazo de la primera respuesta: 08/03/2026 02:00\n"
            ),
            format!("Case {n}\nSeverity: critical\nReceived: 07/03/2026 22:00\nFirst response due: 08/03/2026 02:00\n"),
        ]
    );
    let later = Incident {
        severity: Severity::Major,
        impact: Some("attack".to_owned()),
        acknowledged_at: Some(began() + TimeDelta::minutes(5)),
        responded_at: Some(began() + TimeDelta::minutes(20)),
        merged_into: Some(number(2)),
        ..incident()
    };
    let [es, en] = both([None, None], |words| words.body(&later));
    let tail = format!(
        "Impacto: posible ataque\nAsumido: 07/03/2026 22:05\nPrimera respuesta: 07/03/2026 22:20\n\
         Continúa en el caso {}\n",
        number(2)
    );
    assert!(es.contains("Gravedad: mayor\n") && es.ends_with(&tail), "{es}");
    let tail = format!(
        "Impact: suspected attack\nTaken: 07/03/2026 22:05\nFirst response: 07/03/2026 22:20\nContinues in case {}\n",
        number(2)
    );
    assert!(en.contains("Severity: major\n") && en.ends_with(&tail), "{en}");
    for (impact, es, en) in
        [("down", "fuera de servicio", "down"), ("degraded", "degradado", "degraded"), ("x", "x", "x")]
    {
        let body = both([None, None], |words| words.body(&Incident { impact: Some(impact.to_owned()), ..incident() }));
        assert!(body[0].ends_with(&format!("Impacto: {es}\n")) && body[1].ends_with(&format!("Impact: {en}\n")));
    }
}

/// A change with what is said of it in Spanish and English, without the instant before it.
fn told() -> Vec<(Change, &'static str, &'static str)> {
    let (due_at, person) = (at("2026-03-08T06:00:00Z"), || "ana".to_owned());
    let (call, method, note) =
        (CallId(Uuid::from_u128(3)), || "sms".to_owned(), || Some(" cambiado el disco ".to_owned()));
    vec![
        (
            Change::Joined { call, case: Some(number(2)) },
            "Otra llamada trata de lo mismo; su caso, el 26000029, se une a este.",
            "Another call is about this too; its case, 26000029, is one with this now.",
        ),
        (Change::Joined { call, case: None }, "Otra llamada trata de lo mismo.", "Another call is about this too."),
        (
            Change::Muted { until: due_at, reason: "cambio de discos".to_owned() },
            "Servicio en mantenimiento hasta el 08/03/2026 02:00 (cambio de discos).",
            "Service under maintenance until 08/03/2026 02:00 (cambio de discos).",
        ),
        (Change::Escalated { person: person() }, "Escalado por Ana Núñez.", "Passed on by Ana Núñez."),
        (Change::NobodyOnDuty, "No hay nadie de guardia.", "Nobody is on duty."),
        (Change::Acknowledged { person: person(), method: method() }, "Asumido por Ana Núñez.", "Taken by Ana Núñez."),
        (
            Change::Unanswered { person: "luis".to_owned() },
            "luis no contestó el recordatorio: se avisa a otras personas.",
            "luis did not answer the reminder: others are paged.",
        ),
        (
            Change::Bridged { person: person(), seconds: 85 },
            "Ana Núñez habló con quien reportó (85 s).",
            "Ana Núñez talked with the reporter (85 s).",
        ),
        (
            Change::Responded { method: method(), note: None, met: true },
            "Primera respuesta, a tiempo.",
            "First response, in time.",
        ),
        (
            Change::Responded { method: method(), note: note(), met: false },
            "Primera respuesta, fuera de plazo: cambiado el disco",
            "First response, late: cambiado el disco",
        ),
        (
            Change::Reclassified { from: Severity::Critical, to: Severity::General, due_at, reason: None },
            "Gravedad: general. Plazo de la primera respuesta: 08/03/2026 02:00.",
            "Severity: general. First response due: 08/03/2026 02:00.",
        ),
        (
            Change::Recounted { before: due_at, due_at },
            "Plazo de la primera respuesta: 08/03/2026 02:00.",
            "First response due: 08/03/2026 02:00.",
        ),
        (
            Change::Breached { reason: None },
            "Venció el plazo de la primera respuesta.",
            "The first response is overdue.",
        ),
        (
            Change::Estimated { eta: Some(due_at), next_update: None, reason: None },
            "Solución estimada: 08/03/2026 02:00.",
            "Estimated solution: 08/03/2026 02:00.",
        ),
        (
            Change::Estimated {
                eta: Some(due_at),
                next_update: Some(due_at),
                reason: Some("falta un disco.".to_owned()),
            },
            "Solución estimada: 08/03/2026 02:00. Próxima actualización: 08/03/2026 02:00. Motivo: falta un disco.",
            "Estimated solution: 08/03/2026 02:00. Next update: 08/03/2026 02:00. Reason: falta un disco.",
        ),
        (Change::Resolved { note: None }, "Resuelto.", "Resolved."),
        (Change::Resolved { note: note() }, "Resuelto: cambiado el disco", "Resolved: cambiado el disco"),
        (Change::Closed, "Cerrado.", "Closed."),
        (
            Change::Cancelled { reason: "una prueba".to_owned(), into: None },
            "Anulado: una prueba",
            "Called off: una prueba",
        ),
        (
            Change::Reopened { cycle: 2, due_at, reason: None },
            "Reabierto. Plazo de la primera respuesta: 08/03/2026 02:00.",
            "Reopened. First response due: 08/03/2026 02:00.",
        ),
    ]
}

#[test]
fn what_matters_is_said_with_its_instant() {
    for (change, es, en) in told() {
        let entry = Entry { sequence: 1, at: began(), actor: Actor::System, change };
        let said = both([None, None], |words| words.said(&entry).unwrap_or_default());
        assert_eq!(said, [format!("07/03/2026 22:00 · {es}"), format!("07/03/2026 22:00 · {en}")], "{entry:?}");
        assert!(!said.concat().contains("  "), "{said:?}");
    }
}

#[test]
fn what_is_no_news_for_a_ticket_is_not_said() {
    let (person, due_at) = (|| "ana".to_owned(), began());
    for change in [
        Change::Opened { severity: Severity::Critical, due_at },
        Change::Learned { what: "institution".to_owned(), value: Some("1042".to_owned()) },
        Change::Recorded { recording: "RE1".to_owned(), holds: "description".to_owned(), seconds: 9 },
        Change::Paged { person: person(), round: 0 },
        Change::PageDelivered { person: person(), round: 0 },
        Change::Called { person: person(), how: "busy".to_owned() },
        Change::Confirmed { person: person() },
        Change::Warned { percent: 75 },
        Change::Informed { template: "caller_ack".to_owned() },
        Change::Ticketed { ticket: "17".to_owned() },
        Change::HeardByLink { recording: "RE1".to_owned() },
        Change::GivenUp { job: "hand_off".to_owned() },
    ] {
        let entry = Entry { sequence: 1, at: began(), actor: Actor::System, change };
        let said = both([None, None], |words| words.said(&entry).unwrap_or_default());
        assert_eq!(said.concat(), "", "{entry:?}");
    }
}

#[test]
fn a_recording_is_named_by_what_it_holds_and_where_it_is_heard() {
    let heard = Heard { day: "el sábado", until: at("2026-03-14T02:00:00Z"), url: "https://guardia.example/r/a1" };
    for (holds, es, en) in [
        ("description", "descripción", "description"),
        ("addition", "información añadida", "addition"),
        ("conversation", "conversación", "conversation"),
        ("other", "other", "other"),
    ] {
        let said = both([None, None], |words| words.recorded(holds, 12, &heard));
        let (until, url) = ("el sábado (13/03/2026 22:00)", heard.url);
        assert_eq!(
            said,
            [
                format!("Grabación ({es}, 12 s). Se puede escuchar hasta {until} en:\n{url}"),
                format!("Recording ({en}, 12 s). It can be heard until {until} at:\n{url}"),
            ]
        );
    }
}
