use chrono::TimeDelta;
use chrono_tz::America::Santo_Domingo;
use proptest::prelude::*;

use super::*;
use crate::incident::CaseNumber;
use crate::oncall::Channel;
use crate::paging::gsm7::{SEGMENT, segments};
use crate::paging::{Code, Disabled, without_codes};
use crate::sla::Severity;

/// Whatever a message may be told, at its worst or at its most usual.
struct Values {
    sender: String,
    case: CaseNumber,
    code: Code,
    phone: Phone,
    institution: String,
    service: String,
    who: String,
    reason: String,
    severity: Severity,
    count: u32,
    span: TimeDelta,
    at: Instant,
}

fn usual() -> Values {
    Values {
        sender: "OGTIC".to_owned(),
        case: CaseNumber::new(2026, 123).unwrap(),
        code: Code::parse("4821").unwrap(),
        phone: Phone::parse("8095550100").unwrap(),
        institution: "MINSALUDPUBLICA".to_owned(),
        service: "VENTANILLA".to_owned(),
        who: "J. Rodríguez".to_owned(),
        reason: "resuelto".to_owned(),
        severity: Severity::Critical,
        count: 2,
        span: TimeDelta::minutes(60),
        at: "2026-12-31T23:59:00-04:00".parse().unwrap(),
    }
}

/// Every value as long as it may be, with letters that are outside the alphabet or take two places.
fn worst() -> Values {
    Values {
        sender: "Oficina Gubernamental".to_owned(),
        phone: Phone::parse("+123456789012345").unwrap(),
        institution: "Superintendencia de Seguros y Pensiones del Área Metropolitana {Sur} [€]".repeat(4),
        service: "Ventanilla única de inversión — «móvil» ".repeat(4),
        who: "María de los Ángeles Rodríguez Peña-Gómez ".repeat(3),
        reason: "ya está atendido en otro caso ".repeat(9),
        severity: Severity::General,
        count: u32::MAX,
        span: TimeDelta::MAX,
        ..usual()
    }
}

/// Every message, by name.
fn all(l: Language, v: &Values) -> Vec<(&'static str, String)> {
    let writer = Writer::new(&v.sender, Santo_Domingo);
    let about = Subject {
        case: &v.case,
        severity: v.severity,
        institution: &v.institution,
        service: &v.service,
        received_at: v.at,
        due_at: v.at + TimeDelta::hours(4),
    };
    let (due, phone) = (about.due_at, Some(&v.phone));
    // As many as a small count, or as a storm that nobody has seen.
    let cases = vec![&v.case; if v.count == 2 { 2 } else { 10_000 }];
    vec![
        ("page", writer.page(l, &about, &v.code, phone)),
        ("page_repeat", writer.page_repeat(l, &about, &v.code, v.count)),
        ("page_escal", writer.page_escal(l, &about, &v.code, v.count)),
        ("page_remind", writer.page_remind(l, &about, &v.code, v.at)),
        ("page_unanswered", writer.page_unanswered(l, &about, &v.code, &v.who)),
        ("unanswered", writer.unanswered(l, &about, &v.who)),
        ("ack_ok", writer.ack_ok(l, &about, phone, Some(&v.code))),
        ("ack_ok", writer.ack_ok(l, &about, phone, None)),
        ("ack_which", writer.ack_which(l, &[(&v.case, &v.institution), (&v.case, ""), (&v.case, &v.service)])),
        ("response_ok", writer.response_ok(l, &v.case, v.at, due)),
        ("response_already", writer.response_already(l, &v.case, due, v.at)),
        ("ack_other", writer.ack_other(l, &v.case, &v.who, v.at)),
        ("ack_bad", writer.ack_bad(l, phone)),
        ("canary_ok", writer.canary_ok(l, &v.case)),
        ("canary_missed", writer.canary_missed(l, &v.case, &v.who)),
        ("estimate_due", writer.estimate_due(l, &v.case, due, v.at)),
        ("estimate_late", writer.estimate_due(l, &v.case, v.at, due)),
        ("cancel", writer.cancel(l, &v.case, &v.reason)),
        ("warn", writer.warn(l, &about, v.span, &v.who)),
        ("breach", writer.breach(l, &about)),
        ("muted", writer.muted(l, &about, v.at)),
        ("nobody_on_duty", writer.nobody_on_duty(l, &about, phone)),
        ("dead_letter", writer.dead_letter(l, Some(&v.case), &v.reason, v.count)),
        ("page_bundle", writer.page_bundle(l, &cases, due, &v.code)),
        ("bundle_ok", writer.bundle_ok(l, &cases, due)),
        ("bundle_other", writer.bundle_other(l, &cases, &v.who)),
        ("response_which", writer.response_which(l, &cases)),
        ("warn_bundle", writer.warn_bundle(l, &cases, due, v.span)),
        ("breach_bundle", writer.breach_bundle(l, &cases, due)),
        ("bundle_settled", writer.bundle_settled(l, &cases)),
        ("opted_out", writer.contact_disabled(l, Some(&v.case), &v.who, Channel::Sms, Disabled::OptedOut)),
        ("invalid", writer.contact_disabled(l, Some(&v.case), &v.who, Channel::Voice, Disabled::Invalid)),
        ("caller_ack", writer.caller_ack(l, &v.case, v.at, due)),
        ("caller_eta", writer.caller_eta(l, &v.case, Some(due), Some(v.at))),
        ("caller_eta_revised", writer.caller_eta_revised(l, &v.case, due, v.at, &v.reason)),
        ("caller_missed", writer.caller_missed(l, &v.case, v.at, &v.phone)),
        ("caller_resolved", writer.caller_resolved(l, &v.case, v.at, &v.phone)),
    ]
}

/// One segment, and nothing that matters is cut.
fn whole(name: &str, text: &str, v: &Values) {
    assert_eq!(segments(text), 1, "{name}: {text}");
    if name != "ack_bad" {
        assert!(text.contains(v.case.as_str()), "{name} names the case: {text}");
    }
    if name.starts_with("page") {
        for letter in ["A=", "E="] {
            assert!(text.contains(&format!("{}{letter}", v.code.as_str())), "{name}: {text}");
        }
    }
    if name == "ack_ok" && v.institution.len() > 20 {
        for known in ["Superint", "Ventanil"] {
            assert!(text.contains(known), "{name} names {known}: {text}");
        }
    }
    if ["page", "ack_ok", "ack_bad", "nobody_on_duty", "caller_missed", "caller_resolved"].contains(&name) {
        assert!(text.contains(v.phone.local()), "{name} has the whole number: {text}");
    }
    assert!(!text.contains("  ") && !text.contains(" .") && !text.contains(".."), "{name}: {text}");
}

#[test]
fn the_usual_messages_read_well() {
    let expected = [
        "OGTIC CRITICO 26001239 MINSALUDPUBLICA VENTANILLA. Recib 31/12 23:59. Vence 01/01 03:59. Resp \
         4821A=acepto 4821E=escalar. Tel 8095550100",
        "OGTIC AVISO 2 CRITICO 26001239 MINSALUDPUBLICA VENTANILLA sigue sin aceptar. Vence 01/01 \
         03:59. Resp 4821A=acepto 4821E=escalar",
        "OGTIC ESCALADO N2 CRITICO 26001239 MINSALUDPUBLICA VENTANILLA. Nadie acepto antes. Vence 01/01 \
         03:59. Resp 4821A=acepto 4821E=escalar",
        "OGTIC RECORDATORIO 26001239 MINSALUDPUBLICA VENTANILLA: falta su primera respuesta. Vence 01/01 03:59. \
         Resp 4821R=respondi 4821A=sigo 4821E=escalar",
        "OGTIC SIN RESPUESTA CRITICO 26001239 MINSALUDPUBLICA VENTANILLA. Aceptado por J. Rodriguez, sin confirmar. \
         Plazo 01/01 03:59. Resp 4821A=acepto 4821E=escalar",
        "OGTIC SIN CONFIRMAR 26001239 MINSALUDPUBLICA: no contesta el recordatorio quien lo acepto, J. Rodriguez. \
         Plazo 01/01 03:59. Avisamos a otra persona.",
        "OGTIC 26001239 MINSALUDPUBLICA VENTANILLA: usted lo acepto. Llame a quien reporto: 8095550100 antes del \
         01/01 03:59. Al responder envie 4821R",
        "OGTIC 26001239 MINSALUDPUBLICA VENTANILLA: usted lo acepto. Llame a quien reporto: 8095550100 antes del \
         01/01 03:59.",
        "OGTIC: cual caso? 26001239 MINSALUDPUBLICA, 26001239, 26001239 VENTANILLA. Responda ACK y el numero.",
        "OGTIC 26001239: primera respuesta registrada el 31/12 23:59, a tiempo (plazo 01/01 03:59).",
        "OGTIC 26001239: la primera respuesta ya estaba registrada, el 01/01 03:59, tarde (plazo 31/12 23:59).",
        "OGTIC 26001239: ya lo acepto J. Rodriguez el 31/12 23:59. No requiere accion.",
        "OGTIC: codigo no valido o vencido. Responda con el codigo del aviso, ej. 4821A. Ayuda: 8095550100",
        "OGTIC 26001239: era una prueba de los avisos y llego bien. No requiere accion.",
        "OGTIC PRUEBA FALLIDA 26001239: el aviso de prueba no fue contestado por J. Rodriguez. Los avisos pueden no \
         estar llegando: revise con 'guardia doctor'.",
        "OGTIC 26001239: diga a quien reporto el plazo de solucion o la proxima noticia antes del 01/01 03:59.",
        "OGTIC 26001239: diga a quien reporto el plazo de solucion o la proxima noticia. Se esperaba el 31/12 23:59.",
        "OGTIC 26001239: aviso cancelado (resuelto). No requiere accion.",
        "OGTIC ALERTA 26001239 MINSALUDPUBLICA: faltan 60 min para que venza la respuesta (01/01 03:59). \
         Lo acepto J. Rodriguez.",
        "OGTIC VENCIDO 26001239 MINSALUDPUBLICA VENTANILLA: sin respuesta inicial desde 31/12 23:59. \
         Vencio 01/01 03:59. Escalado a supervision.",
        "OGTIC EN MANTENIMIENTO 26001239 MINSALUDPUBLICA VENTANILLA: no se avisa a la guardia hasta el 31/12 23:59. El \
         plazo corre: vence 01/01 03:59",
        "OGTIC SIN GUARDIA CRITICO 26001239 MINSALUDPUBLICA VENTANILLA: no hay a quien avisar. Vence \
         01/01 03:59. Atienda o asigne el caso. Tel 8095550100",
        "OGTIC FALLA DE ENVIO 26001239: no se pudo entregar resuelto tras 2 intentos. Avise por otra via.",
        "OGTIC 2 CASOS esperan su respuesta: 26001239 26001239. Primero vence 01/01 03:59. Resp 4821A=acepto todos \
         4821E=escalar",
        "OGTIC: usted acepto 2 casos: 26001239 26001239. Llame a cada uno; primero vence 01/01 03:59. Al responder \
         envie R26001239",
        "OGTIC: 2 casos ya no requieren su accion: 26001239 26001239. Los acepto J. Rodriguez",
        "OGTIC: ese codigo vale para 2 casos: 26001239 26001239. Envie R y el numero del caso respondido, p. ej. \
         R26001239",
        "OGTIC ALERTA 2 CASOS sin respuesta: faltan 60 min para el primero (01/01 03:59): 26001239 26001239.",
        "OGTIC VENCIDOS 2 CASOS sin respuesta inicial. El primero vencio 01/01 03:59: 26001239 26001239.",
        "OGTIC: 2 casos ya no requieren su accion: 26001239 26001239.",
        "OGTIC 26001239: J. Rodriguez ya no recibe SMS: envio STOP. Que envie START, o corrija su contacto.",
        "OGTIC 26001239: J. Rodriguez ya no recibe llamadas: esa direccion no existe. Corrija su contacto.",
        "OGTIC caso 26001239: el personal de guardia lo asumio el 31/12 23:59 y le contactara antes del \
         01/01 03:59.",
        "OGTIC caso 26001239: lo estamos atendiendo. Plazo estimado de solucion: 01/01 03:59. Proxima \
         actualizacion: 31/12 23:59.",
        "OGTIC caso 26001239: nuevo plazo estimado 01/01 03:59 (antes 31/12 23:59). Motivo: resuelto",
        "OGTIC caso 26001239: le llamamos el 31/12 23:59 sin respuesta. Volveremos a llamar. O llame al \
         8095550100 y marque 2.",
        "OGTIC caso 26001239: resuelto el 31/12 23:59. Si el problema continua llame al 8095550100, marque \
         2 y reabra el caso.",
    ];
    let texts = all(Es, &usual());
    assert_eq!(texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), expected);
}

#[test]
fn the_english_page_reads_well() {
    let (_, page) = all(En, &usual()).swap_remove(0);
    let expected = "OGTIC CRITICAL 26001239 MINSALUDPUBLICA VENTANILLA. Recd 31 Dec 23:59. Due 1 Jan 03:59. \
        Reply 4821A=accept 4821E=escalate. Call 8095550100";
    assert_eq!(page, expected);
    let (_, longest) = all(En, &worst()).swap_remove(0);
    assert!(longest.len() >= 150, "the room is used: {longest}");
}

#[test]
fn a_contact_is_verified_by_a_code_that_is_not_kept() {
    let code = Code::parse("482112").unwrap();
    for values in [usual(), worst()] {
        let writer = Writer::new(&values.sender, Santo_Domingo);
        for l in Language::ALL {
            for channel in Channel::ALL {
                let text = writer.verify(l, channel, &code);
                assert!(text.contains("482112V") && segments(&text) == 1, "{text}");
                assert_eq!(without_codes(&text), text.replace("482112", "******"));
            }
            assert_eq!(segments(&writer.verified(l)), 1);
        }
    }
    assert_eq!(
        Writer::new("OGTIC", Santo_Domingo).verify(Es, Channel::Sms, &code),
        "OGTIC: para verificar este contacto responda 482112V o de el codigo a quien administra la guardia. Vale 15 min."
    );
}

#[test]
fn what_people_are_told_of_their_duty_reads_well() {
    let writer = Writer::new("OGTIC", Santo_Domingo);
    let until = Some(("las ocho de la mañana del lunes dieciséis de marzo", usual().at));
    for (text, expected) in [
        (
            writer.duty_coming(Es, "", "las ocho de la mañana de hoy", until),
            "OGTIC: usted entra de guardia a las ocho de la mañana de hoy, hasta las ocho de la mañana del lunes \
             dieciséis de marzo.",
        ),
        (
            writer.duty_coming(Es, "redes", "el mediodía de hoy", None),
            "OGTIC: usted entra de guardia al mediodia de hoy. Turno: redes",
        ),
        (
            writer.duty_coming(En, "", "noon today", Some(("eight a.m. tomorrow", usual().at))),
            "OGTIC: you go on duty at noon today, until eight a.m. tomorrow.",
        ),
        (writer.duty_now(Es, "", None), "OGTIC: usted esta de guardia desde ahora."),
        (writer.duty_over(Es, "redes"), "OGTIC: su guardia termino. Gracias. Turno: redes"),
        (
            writer.duty_taken(Es, "", Some("el mediodía de hoy")),
            "OGTIC: cambio. Usted ya no entra de guardia al mediodia de hoy.",
        ),
        (writer.duty_taken(Es, "", None), "OGTIC: cambio. Desde ahora usted ya no esta de guardia."),
    ] {
        assert_eq!(text, expected);
    }
}

#[test]
fn the_longest_word_about_duty_is_one_segment_and_tells_its_end() {
    let writer = Writer::new(&worst().sender, Santo_Domingo);
    let schedule = "s".repeat(40);
    let longest = "las once y cincuenta y nueve de la noche del miércoles veinticuatro de septiembre";
    for l in Language::ALL {
        let until = Some((longest, usual().at));
        let end = if l == Es { ", hasta 31/12 23:59." } else { ", until 31 Dec 23:59." };
        let coming = writer.duty_coming(l, &schedule, longest, until);
        assert!(segments(&coming) == 1 && coming.contains(end), "{coming}");
        let now = writer.duty_now(l, &schedule, until);
        assert!(segments(&now) == 1 && now.contains("veinticuatro"), "{now}");
        for text in [writer.duty_over(l, &schedule), writer.duty_taken(l, &schedule, Some(longest))] {
            assert_eq!(segments(&text), 1, "{text}");
        }
    }
}

#[test]
fn what_is_left_of_a_bundle_may_be_one_case() {
    let writer = Writer::new("OGTIC", Santo_Domingo);
    let Values { case, at, .. } = usual();
    let cases = [&case];
    for (text, expected) in [
        (
            writer.bundle_ok(Es, &cases, at),
            "OGTIC: usted acepto 1 caso: 26001239. Llame a quien reporto; vence 31/12 23:59. Al responder envie \
             R26001239",
        ),
        (
            writer.bundle_ok(En, &cases, at),
            "OGTIC: you accepted 1 case: 26001239. Call the reporter; due 31 Dec 23:59. Once answered send R26001239",
        ),
        (
            writer.bundle_other(Es, &cases, "J. Rodríguez"),
            "OGTIC: 1 caso ya no requiere su accion: 26001239. Lo acepto J. Rodriguez",
        ),
        (writer.bundle_settled(En, &cases), "OGTIC: 1 case needs no action of yours: 26001239."),
    ] {
        assert_eq!(text, expected);
    }
}

#[test]
fn supervisors_are_told_of_the_ticket_store_in_one_segment() {
    for values in [usual(), worst()] {
        let writer = Writer::new(&values.sender, Santo_Domingo);
        for l in Language::ALL {
            let away = writer.ticket_store_away(l, u64::MAX, values.at);
            assert!(segments(&away) == 1 && away.contains(&u64::MAX.to_string()), "{away}");
            for case in [Some(&values.case), None] {
                let refused = writer.ticket_store_refused(l, case);
                assert!(segments(&refused) == 1 && refused.ends_with(": guardia ticketing dead"), "{refused}");
                assert_eq!(refused.contains(values.case.as_str()), case.is_some(), "{refused}");
            }
        }
    }
    let (writer, Values { case, at, .. }) = (Writer::new("OGTIC", Santo_Domingo), usual());
    for (text, expected) in [
        (
            writer.ticket_store_away(Es, 3, at),
            "OGTIC SISTEMA DE TICKETS no responde. Casos en espera: 3, el primero desde el 31/12 23:59. Llamadas y avisos \
             siguen con normalidad.",
        ),
        (
            writer.ticket_store_away(En, 3, at),
            "OGTIC TICKET STORE does not answer. Cases waiting: 3, the first since 31 Dec 23:59. Calls and paging go on as \
             usual.",
        ),
        (
            writer.ticket_store_refused(Es, Some(&case)),
            "OGTIC SISTEMA DE TICKETS rechaza el caso 26001239; puede haber mas. Vea la razon: guardia ticketing dead",
        ),
        (
            writer.ticket_store_refused(En, Some(&case)),
            "OGTIC TICKET STORE refuses case 26001239; there may be more. See why: guardia ticketing dead",
        ),
        (
            writer.ticket_store_refused(Es, None),
            "OGTIC SISTEMA DE TICKETS rechaza un caso; puede haber mas. Vea la razon: guardia ticketing dead",
        ),
    ] {
        assert_eq!(text, expected);
    }
}

#[test]
fn a_list_of_cases_fills_the_segment() {
    let numbers: Vec<CaseNumber> = (1..=300).map(|n| CaseNumber::new(2026, n).unwrap()).collect();
    for l in Language::ALL {
        for count in [2, 7, 8, 9, 10, 300] {
            let cases: Vec<&CaseNumber> = numbers.iter().take(count).collect();
            let writer = Writer::new("OGTIC", Santo_Domingo);
            for text in [
                writer.warn_bundle(l, &cases, usual().at, TimeDelta::minutes(119)),
                writer.breach_bundle(l, &cases, usual().at),
                writer.response_which(l, &cases),
            ] {
                let named = cases.iter().filter(|case| text.contains(case.as_str())).count();
                let more = [" y mas.", " and more."].iter().any(|more| text.contains(more));
                assert_eq!(more, named < count, "{text}");
                assert!(segments(&text) == 1 && (named == count || text.len() > SEGMENT - 18), "{text}");
            }
        }
    }
}

#[test]
fn the_longest_messages_are_one_segment_and_whole() {
    for l in Language::ALL {
        for values in [usual(), worst()] {
            for (name, text) in all(l, &values) {
                whole(name, &text, &values);
            }
        }
    }
}

#[test]
fn no_message_keeps_its_code() {
    for l in Language::ALL {
        for (name, text) in all(l, &usual()) {
            let kept = without_codes(&text);
            assert!(name == "ack_bad" || !kept.contains("4821"), "{name}: {kept}");
            assert_eq!(kept.replace("****", "4821"), text, "{name}");
        }
    }
}

#[test]
fn what_is_not_known_leaves_no_hole() {
    let nothing = Values { institution: String::new(), service: " ".to_owned(), who: String::new(), ..usual() };
    for l in Language::ALL {
        let texts = all(l, &nothing);
        for (name, text) in &texts {
            whole(name, text, &nothing);
        }
    }
}

proptest! {
    #[test]
    fn no_name_makes_a_message_longer_or_loses_what_matters(
        sender in any::<String>(), institution in any::<String>(), service in ".{0,300}",
        who in ".{0,80}", reason in ".{0,300}",
        span in any::<i32>(), count in any::<u32>(), seconds in 0_i64..4_000_000_000,
    ) {
        let at = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        let span = TimeDelta::minutes(i64::from(span));
        let values = Values { sender, institution, service, who, reason, count, span, at, ..usual() };
        for l in Language::ALL {
            for (name, text) in all(l, &values) {
                prop_assert_eq!(segments(&text), 1, "{}: {}", name, text);
                prop_assert!(name == "ack_bad" || text.contains(values.case.as_str()));
                prop_assert!(!name.starts_with("page") || text.contains("4821A=") && text.contains("4821E="));
            }
        }
    }
}
