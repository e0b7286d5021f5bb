//! The words of a link's page.

use crate::language::Language::{En, Es};
use crate::ops::Offer;
use crate::sla::Severity;
use crate::web::page::{both, escaped, page};

/// The case, and the button that takes it.
pub(super) fn offer(offer: &Offer) -> String {
    let l = offer.language;
    let (ask, button) = match l {
        Es => ("¿Toma usted este caso? Los demás dejarán de ser avisados.", "Tomar el caso"),
        En => ("Do you take this case? Nobody else will be paged.", "Take the case"),
    };
    let body = format!("{}<p>{ask}</p><form method=\"post\"><button>{button}</button></form>", case(offer));
    page(l, &title(offer), &body)
}

/// The case is theirs.
pub(super) fn taken(offer: &Offer) -> String {
    let l = offer.language;
    let done = match l {
        Es => "El caso es suyo. Llame ahora a quien reportó.",
        En => "The case is yours. Call the reporter now.",
    };
    page(l, &title(offer), &format!("<p><strong>{done}</strong></p>{}", case(offer)))
}

/// A link that does not count. Whose it was is not known, so it is said in both languages.
pub(super) fn no_link() -> String {
    both("Este enlace no es válido o ya fue usado.", "This link is not valid or was used already.")
}

/// The store is away.
pub(super) fn not_now() -> String {
    both(
        "No se pudo registrar. Inténtelo de nuevo, o responda por SMS.",
        "It could not be recorded. Try again, or reply by text message.",
    )
}

fn title(offer: &Offer) -> String {
    match offer.language {
        Es => format!("Caso {}", offer.case),
        En => format!("Case {}", offer.case),
    }
}

fn case(offer: &Offer) -> String {
    let l = offer.language;
    let choose = |es: &'static str, en: &'static str| if l == Es { es } else { en };
    let severity = match offer.severity {
        Severity::Critical => choose("Crítico", "Critical"),
        Severity::Major => choose("Mayor", "Major"),
        Severity::General => choose("Consulta", "Enquiry"),
    };
    let due = match l {
        Es => format!("antes de {}", offer.due),
        En => format!("before {}", offer.due),
    };
    let rows = [
        (choose("Gravedad", "Severity"), severity),
        (choose("Institución", "Institution"), offer.institution.as_str()),
        (choose("Servicio", "Service"), offer.service.as_str()),
        (choose("Primera respuesta", "First response"), due.as_str()),
    ];
    let known = rows.iter().filter(|(_, text)| !text.trim().is_empty());
    let rows: Vec<String> = known.map(|(name, text)| format!("<dt>{name}</dt><dd>{}</dd>", escaped(text))).collect();
    let rows = rows.concat();
    format!("<h1>{}</h1><dl>{rows}</dl>", escaped(&title(offer)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::CaseNumber;
    use crate::language::Language;

    fn sample(language: Language) -> Offer {
        Offer {
            language,
            case: CaseNumber::new(2026, 123).unwrap(),
            severity: Severity::Critical,
            institution: "<script>alert('x')</script> & \"Hijos\"".to_owned(),
            service: String::new(),
            due: "las dos de la mañana".to_owned(),
        }
    }

    #[test]
    fn a_page_shows_the_case_and_runs_nothing() {
        for language in Language::ALL {
            let shown = offer(&sample(language));
            assert!(shown.contains("26001239") && shown.contains("las dos de la mañana"), "{shown}");
            assert!(!shown.contains("<script") && !shown.contains("'x'"), "{shown}");
            assert!(shown.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;Hijos&quot;"));
            assert_eq!(shown.matches("<dt>").count(), 3, "what is not known leaves no hole: {shown}");
            assert!(shown.contains("<form method=\"post\"><button>"), "{shown}");
            assert!(!taken(&sample(language)).contains("<form"));
        }
    }
}
