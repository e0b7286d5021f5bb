//! Accounts, and the record of who did what.

use super::words;
use crate::language::Language;

words! {
    /// The accounts.
    Keeping {
        title: "Cuentas", "Accounts";
        intro: "Quién puede abrir esta consola, y con qué rol.", "Who may open this console, and in which role.";
        login: "Usuario", "User name";
        login_hint: "Letras minúsculas, números, puntos y guiones. No se puede repetir ni reutilizar.",
            "Lower-case letters, digits, dots and hyphens. It is never given twice.";
        name: "Nombre", "Name";
        role: "Rol", "Role";
        person: "Persona de la guardia", "Person of the roster";
        nobody: "Nadie", "Nobody";
        language: "Idioma", "Language";
        stands: "Estado", "State";
        made: "Creada", "Made";
        acts: "Cambiar", "Change";
        open: "Activa", "Open";
        temporary: "Primera contraseña", "First password";
        locked: "Bloqueada por intentos", "Locked by tries";
        disabled: "Desactivada", "Disabled";
        second_factor: "con segundo factor", "with a second factor";
        me: "(usted)", "(you)";
        add: "Crear una cuenta", "Make an account";
        add_button: "Crear la cuenta y mostrar su primera contraseña", "Make the account and show its first password";
        change_role: "Dar este rol y cerrar sus sesiones", "Give this role and end their sessions";
        change_person: "Guardar la persona", "Save the person";
        unlock: "Desbloquear", "Unlock";
        disable: "Desactivar y cerrar sus sesiones", "Disable and end their sessions";
        enable: "Activar de nuevo", "Enable again";
        reset: "Dar una contraseña nueva y quitar el segundo factor", "Give a new password and take the second factor away";
        of: "de", "of";
        password_of: "Contraseña de", "Password of";
        once: "Se muestra solo esta vez. Entréguela en persona o por teléfono; al entrar tendrá que cambiarla.",
            "It is shown this once. Hand it over in person or by telephone; it must be changed at the first login.";
        changed: "Hecho.", "Done.";
        no_login: "El usuario lleva letras minúsculas, números, puntos, guiones y guiones bajos: hasta cuarenta.",
            "A user name has lower-case letters, digits, dots, hyphens and underscores: up to forty.";
        no_name: "Escriba el nombre: hasta ochenta letras.", "Write the name: up to eighty letters.";
        no_role: "Elija un rol.", "Choose a role.";
        taken: "Ya hay o hubo una cuenta con ese usuario. Elija otro.", "There is or was an account with this user name. Take another.";
        no_person: "La lista de guardia no tiene esa persona.", "The roster has no such person.";
        last_admin: "Es la última cuenta de administración que puede entrar. Cree otra primero.",
            "This is the last administrator's account that can come in. Make another first.";
        not_saved: "No se pudo guardar. Inténtelo de nuevo.", "It could not be saved. Try again.";
    }
}

words! {
    /// The record of who did what.
    Record {
        title: "Auditoría", "Audit";
        intro: "Quién hizo qué, y por qué. Cada línea lleva la huella de la anterior, así que nada se puede cambiar ni quitar sin que se note.",
            "Who did what, and why. Each line carries the fingerprint of the one before it, so nothing can be changed or taken out unseen.";
        verify: "Compruébelo en el servidor:", "Prove it on the server:";
        actor: "Quién", "Who";
        act: "Qué", "What";
        subject: "Sobre qué", "About what";
        reason: "Motivo", "Reason";
        detail: "Detalle", "Detail";
        at: "Cuándo", "When";
        number: "N.º", "No.";
        any: "Todo", "Everything";
        filter: "Filtrar", "Filter";
        clear: "Quitar los filtros", "Clear the filters";
        none: "Nada con estos filtros.", "Nothing with these filters.";
        older: "Anteriores", "Older";
        newest: "Lo más reciente", "Newest";
        list: "Registro de auditoría", "Audit record";
    }
}

/// The families of acts that can be chosen, with what each is called.
pub const FAMILIES: [(&str, [&str; 2]); 12] = [
    ("session", ["Entradas y salidas", "Coming in and going out"]),
    ("account", ["Cuentas", "Accounts"]),
    ("recording", ["Grabaciones", "Recordings"]),
    ("number", ["Números mostrados", "Numbers shown"]),
    ("case", ["Casos", "Cases"]),
    ("call", ["Llamadas", "Calls"]),
    ("export", ["Descargas", "Downloads"]),
    ("roster", ["Guardia", "Roster"]),
    ("line", ["Línea", "Line"]),
    ("quality", ["Calidad", "Quality"]),
    ("retention", ["Conservación", "Retention"]),
    ("person", ["Datos de una persona", "A person's data"]),
];

/// What the words of an act mean; an act that is not here stands as it is kept.
pub fn act_name(language: Language, act: &str) -> Option<&'static str> {
    let (es, en) = match act {
        "session.begun" => ("Entró", "Came in"),
        "session.ended" => ("Salió", "Went out"),
        "account.made" => ("Creó una cuenta", "Made an account"),
        "account.role" => ("Cambió el rol", "Changed the role"),
        "account.person" => ("Cambió la persona de la guardia", "Changed the person of the roster"),
        "account.disabled" => ("Desactivó la cuenta", "Disabled the account"),
        "account.enabled" => ("Activó la cuenta", "Enabled the account"),
        "account.unlocked" => ("Desbloqueó la cuenta", "Unlocked the account"),
        "account.reset" => ("Dio una contraseña nueva", "Gave a new password"),
        "account.password" => ("Cambió su contraseña", "Changed their password"),
        "recording.heard" => ("Escuchó una grabación", "Heard a recording"),
        "recording.taken" => ("Descargó una grabación", "Took a recording away"),
        "call.noted" => ("Anotó una llamada", "Noted something on a call"),
        "call.decided" => ("Decidió sobre una llamada", "Decided about a call"),
        "hand_off.retried" => ("Reintentó entregas", "Tried hand-offs anew"),
        "roster.agreed" => ("Acordó un cambio de guardia", "Agreed on other duty"),
        "roster.withdrawn" => ("Retiró un cambio de guardia", "Took an agreement out"),
        "export.taken" => ("Descargó un archivo", "Took a file away"),
        "account.locked" => ("Bloqueó la cuenta por intentos", "Locked the account after wrong tries"),
        "case.taken" => ("Tomó el caso", "Took the case"),
        "case.assigned" => ("Asignó el caso", "Assigned the case"),
        "case.responded" => ("Anotó la primera respuesta", "Noted the first response"),
        "case.estimated" => ("Dio una hora a quien reportó", "Gave the reporter a time"),
        "case.severity" => ("Cambió la gravedad", "Changed the severity"),
        "case.invited" => ("Llamó a alguien a la conversación", "Called somebody into the conversation"),
        "case.merged" => ("Unió el caso a otro", "Merged the case into another"),
        "case.resolved" => ("Marcó el caso como resuelto", "Marked the case as resolved"),
        "case.closed" => ("Cerró el caso", "Closed the case"),
        "case.cancelled" => ("Anuló el caso", "Called the case off"),
        "case.reopened" => ("Reabrió el caso", "Reopened the case"),
        "case.noted" => ("Añadió una nota al caso", "Added a note to the case"),
        "number.shown" => ("Vio el número de quien reportó", "Saw the number of the reporter"),
        _ => return None,
    };
    Some(match language {
        Language::Es => es,
        Language::En => en,
    })
}
