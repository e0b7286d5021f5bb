//! Reports.

use super::words;
use crate::language::Language;
use crate::sla::Severity;

words! {
    /// The report.
    Reporting {
        title: "Informe de cumplimiento", "Did we keep our word";
        from: "Desde el mes", "From the month";
        to: "Hasta el mes", "To the month";
        severity: "Gravedad", "Severity";
        institution: "Institución", "Institution";
        institution_code: "Código de la institución", "Institution's code";
        any: "Todas", "All";
        only: "Solo la institución", "Only the institution";
        show: "Mostrar", "Show";
        clear: "Quitar los filtros", "Clear the filters";
        promises: "Promesas", "Promises";
        met: "Cumplida", "Kept";
        breached: "Incumplida", "Broken";
        running: "En plazo", "Still running";
        met_many: "Cumplidas", "Kept";
        breached_many: "Incumplidas", "Broken";
        running_many: "En plazo", "Running";
        rate: "Cumplimiento", "Kept of decided";
        half: "Mitad atendida en", "Half answered within";
        most: "Nueve de diez en", "Nine in ten within";
        acknowledged: "Tiempo medio hasta que alguien acepta", "Mean time until somebody takes it";
        acknowledged_short: "Aceptación media", "Mean to take";
        bar: "Proporción", "Share";
        by_month: "Por mes", "By month";
        month: "Mes", "Month";
        by_severity: "Por gravedad", "By severity";
        by_hours: "En horario y fuera de horario", "In and out of service hours";
        began: "Comenzó", "Began";
        within: "En horario de servicio", "In service hours";
        outside: "Fuera de horario", "Out of hours";
        by_institution: "Por institución", "By institution";
        unknown: "Sin identificar", "Not known";
        calls_by_hour: "Llamadas por hora y día", "Calls by hour and day";
        breaches_by_hour: "Promesas incumplidas, por la hora en que comenzaron", "Broken promises, by the hour they began";
        no_calls: "Ninguna en estos meses.", "None in these months.";
        day: "Día", "Day";
        repeat: "Quienes llaman una y otra vez", "Who rings again and again";
        repeat_none: "Nadie llamó tres veces o más en estos meses.", "Nobody rang three times or more in these months.";
        number: "Número", "Number";
        calls: "Llamadas", "Calls";
        last: "Última llamada", "Last call";
        csv: "Descargar como CSV", "Download as CSV";
        xlsx: "Descargar como hoja de cálculo (XLSX)", "Download as a spreadsheet (XLSX)";
        print: "Esta página se puede imprimir tal como está.", "This page prints as it is.";
        cut: "Hay más promesas de las que un informe toma; elija menos meses.",
            "There are more promises than a report takes; choose fewer months.";
        none: "Ninguna promesa en estos meses.", "No promise in these months.";
        case: "Caso", "Case";
        service: "Servicio", "Service";
        started: "Inicio", "Start";
        due: "Vence", "Due";
        acknowledged_at: "Aceptado", "Taken";
        responded_at: "Primera respuesta", "First response";
        kept: "Promesa", "Promise";
    }
}

/// What a severity is called.
pub fn severity_name(language: Language, severity: Severity) -> &'static str {
    let (es, en) = match severity {
        Severity::Critical => ("Crítico", "Critical"),
        Severity::Major => ("Mayor", "Major"),
        Severity::General => ("Consulta", "Enquiry"),
    };
    match language {
        Language::Es => es,
        Language::En => en,
    }
}
