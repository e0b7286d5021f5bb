//! What stands around every page.

use super::words;
use crate::access::Role;
use crate::language::Language;

words! {
    /// The frame.
    Shell {
        skip: "Ir al contenido", "Skip to content";
        menu: "Secciones", "Sections";
        cases: "Casos", "Cases";
        wall: "Pizarra", "Wall";
        calls: "Llamadas", "Calls";
        work: "Pendientes", "To do";
        account: "Mi cuenta", "My account";
        roster: "Guardia", "On duty";
        reports: "Informes", "Reports";
        users: "Cuentas", "Accounts";
        audit: "Auditoría", "Audit";
        leave: "Salir", "Log out";
        other_language: "English", "Español";
        other_code: "en", "es";
        denied_title: "Sin permiso", "Not allowed";
        denied: "Su rol no permite ver esto. Si lo necesita, pídalo a quien administra las cuentas.",
            "Your role does not allow this. If you need it, ask whoever keeps the accounts.";
        missing_title: "No existe", "Not found";
        missing: "Aquí no hay nada. Quizás el enlace está incompleto.",
            "There is nothing here. Perhaps the link is incomplete.";
        foreign: "Esto no vino de una página de esta consola, así que no se hizo nada.",
            "This did not come from a page of this console, so nothing was done.";
        too_often: "Demasiados intentos. Espere un minuto.", "Too many tries. Wait a minute.";
        trouble_title: "No se pudo", "Not possible now";
        trouble: "La consola no puede leer sus datos en este momento. La línea sigue atendiendo. Inténtelo de nuevo en un minuto.",
            "The console cannot read its data just now. The line still answers. Try again in a minute.";
    }
}

/// What a role is called.
pub fn role_name(language: Language, role: Role) -> &'static str {
    let (es, en) = match role {
        Role::Agent => ("Guardia técnica", "Engineer on duty"),
        Role::Supervisor => ("Supervisión", "Supervisor"),
        Role::Quality => ("Calidad", "Quality"),
        Role::Auditor => ("Auditoría", "Auditor"),
        Role::Admin => ("Administración", "Administrator"),
    };
    match language {
        Language::Es => es,
        Language::En => en,
    }
}
