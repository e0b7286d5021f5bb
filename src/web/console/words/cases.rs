//! The list of cases, and the page of one.

use super::words;

words! {
    /// The list.
    CaseList {
        title: "Casos", "Cases";
        intro: "Los abiertos primero, por la hora en que vence su primera respuesta.",
            "Open ones first, by when their first response is due.";
        filters: "Filtrar los casos", "Filter the cases";
        state: "Estado", "State";
        severity: "Gravedad", "Severity";
        institution: "Institución", "Institution";
        service: "Servicio", "Service";
        all: "Todos", "All";
        any: "Todas", "All";
        filter: "Filtrar", "Filter";
        clear: "Quitar los filtros", "Remove the filters";
        number: "Caso", "Case";
        clock: "Reloj", "Clock";
        due: "Vence", "Due";
        holder: "Quién lo tiene", "Held by";
        nobody: "Nadie todavía", "Nobody yet";
        unknown: "Sin confirmar", "Not known yet";
        empty: "Ningún caso es así. Quite los filtros o espere: los casos nuevos aparecen aquí solos.",
            "No case is like this. Remove the filters, or wait: new cases appear here by themselves.";
        empty_own: "Ningún caso le fue avisado ni lo tiene usted. Cuando la línea le avise de uno, aparece aquí.",
            "You were paged for no case and hold none. When the line pages you for one, it appears here.";
        next: "Los siguientes", "The next ones";
        first: "Volver al principio", "Back to the beginning";
    }
}

words! {
    /// The page of one case.
    CasePageWords {
        back: "Todos los casos", "All cases";
        who: "Quién hace qué, y para cuándo", "Who does what, and by when";
        clock: "El reloj", "The clock";
        due: "Primera respuesta, a más tardar", "First response due";
        left: "Tiempo", "Time";
        used: "Tiempo prometido que ya pasó", "Promised time that has passed";
        started: "La línea contestó", "The line answered";
        promise: "Lo prometido", "The promise";
        severity: "Gravedad", "Severity";
        why: "¿Por qué vence", "Why is it due";
        why_end: "?", "?";
        why_intro: "Lo que contó y lo que no, en el calendario de la casa:",
            "What counted and what did not, in the calendar of the house:";
        why_moved: "El calendario de la casa cambió desde entonces; con el de hoy no se explica esta hora.",
            "The calendar of the house changed since; the one of today does not explain this time.";
        from: "Desde", "From";
        to: "Hasta", "To";
        counts: "Cuenta", "Counts";
        reason: "Motivo", "Reason";
        yes: "sí", "yes";
        no: "no", "no";
        cycles: "Ciclos anteriores", "Earlier cycles";
        cycle: "Ciclo", "Cycle";
        result: "Resultado", "Result";
        kept: "A tiempo", "In time";
        broken: "Fuera de plazo", "Late";
        undecided: "Terminó antes", "Ended before";
        about: "De qué se trata", "What it is about";
        institution: "Institución", "Institution";
        service: "Servicio", "Service";
        impact: "Impacto", "Impact";
        reporter: "Quien reportó", "Reporter";
        no_number: "Llamó sin mostrar su número.", "The number was withheld.";
        texts: "Recibe mensajes de texto.", "Takes text messages.";
        no_texts: "No recibe mensajes de texto.", "Takes no text messages.";
        silent: "Quien llamó no podía hablar.", "The caller could not speak.";
        unknown: "Sin confirmar", "Not known yet";
        show: "Mostrar el número", "Show the number";
        show_why: "¿Para qué lo necesita? Queda en la auditoría.", "What do you need it for? The audit keeps it.";
        shown: "Número de quien reportó (se muestra una sola vez):", "Number of the reporter (shown this once):";
        ladder: "Avisos a la guardia", "Pages";
        ladder_empty: "Todavía no se ha avisado a nadie.", "Nobody was paged yet.";
        page: "Aviso", "Page";
        person: "Persona", "Person";
        sent: "Enviado", "Sent";
        how: "Cómo y hasta dónde llegó", "How, and how far it came";
        answer: "Respuesta", "Answer";
        answered: "Contestó", "Answered";
        stands: "Se espera su respuesta", "Their answer is awaited";
        closed: "Ya no hace falta", "No longer needed";
        messages: "Mensajes a quien reportó", "Messages to the reporter";
        message: "Mensaje", "Message";
        delivery: "Hasta dónde llegó", "How far it came";
        news: "Lo que se dijo a quien reportó", "What the reporter was told";
        news_empty: "Todavía no se le ha dicho una hora.", "No time was told yet.";
        when: "Cuándo", "When";
        what_happened: "Qué pasó", "What happened";
        what: "Qué se dijo", "What was told";
        by: "Quién", "Who";
        calls: "Llamadas", "Calls";
        calls_empty: "Ninguna llamada trata de este caso.", "No call is about this case.";
        inbound: "Llamaron a la línea", "To the line";
        outbound: "Llamó la línea", "By the line";
        joined: "Casos unidos a este", "Cases that are one with this";
        merged_into: "Este caso continúa en el", "This case continues in";
        recordings: "Grabaciones", "Recordings";
        recordings_empty: "No hay grabaciones.", "There are no recordings.";
        listen: "Escuchar en la página de la llamada", "Hear it on the page of the call";
        ticket: "Ticket", "Ticket";
        ticket_own: "Está en los tickets de Guardia, con el número del caso.",
            "It is in Guardia's own tickets, under the number of the case.";
        ticket_remote: "Número allá", "Its number there";
        ticket_sync: "Sincronización", "Synchronisation";
        ticket_none: "Todavía no está allá.", "Not there yet.";
        sync_done: "Allá está todo", "All of it is there";
        sync_waits: "Falta decirle algo", "Something waits to be told";
        since: "desde", "since";
        sync_failed: "Algo no se pudo entregar", "Something could not be handed over";
        timeline: "Historia", "Timeline";
        older: "Ver también lo más antiguo", "Show what is older, too";
        acts: "Actuar", "Act";
        acts_none: "Su rol permite mirar este caso, no cambiarlo.", "Your role lets you look at this case, not change it.";
        acts_over: "En este estado solo se puede anotar.", "In this state only notes can be added.";
        optional: "(si quiere)", "(if you like)";
    }
}

words! {
    /// What may be done to a case.
    CaseActs {
        take: "Tomar el caso", "Take the case";
        take_hint: "Deja de avisarse a los demás. Hasta la primera respuesta se le recordará.",
            "Nobody else is paged. Until the first response you are reminded.";
        assign: "Asignar a una persona", "Assign to a person";
        assign_to: "Persona", "Person";
        assign_hint: "Se le pregunta enseguida si está; si no contesta, se avisa a otras personas.",
            "They are asked at once whether they are there; without an answer others are paged.";
        assign_button: "Asignar y preguntarle ahora", "Assign and ask them now";
        respond: "Anotar la primera respuesta", "Note the first response";
        method: "¿Cómo se habló con quien reportó?", "How was the reporter reached?";
        respond_note: "¿Qué se le dijo?", "What were they told?";
        respond_button: "Anotar la primera respuesta y parar el reloj", "Note the first response and stop the clock";
        estimate: "Decir una hora a quien reportó", "Tell the reporter a time";
        eta: "Estará resuelto a las", "Solved by";
        next_update: "Próxima noticia a las", "Next news at";
        estimate_why: "Motivo del cambio", "Reason of the change";
        estimate_button: "Ver lo que se le dirá", "See what they will be told";
        severity: "Cambiar la gravedad", "Change the severity";
        severity_hint: "El reloj sigue desde la misma hora, con otra promesa.", "The clock keeps its start, with another promise.";
        severity_button: "Cambiar la gravedad y el plazo", "Change severity and due time";
        invite: "Llamar a alguien a la conversación", "Call somebody into the conversation";
        invite_hint: "Se le llama en nombre de usted, mientras hablan con quien reportó.",
            "They are called in your name, while somebody talks with the reporter.";
        invite_button: "Llamarle ahora", "Call them now";
        merge: "Unir a otro caso", "Merge into another case";
        merge_into: "Número del caso que queda", "Number of the case that stays";
        merge_hint: "Este deja de avisarse y continúa en el otro, que conserva la hora de inicio más temprana. Solo se deshace reabriéndolo.",
            "Nobody is paged for this one any more and it continues in the other, which keeps the earlier start. Only reopening undoes it.";
        merge_button: "Unir este caso al otro", "Merge this case into the other";
        resolve: "Marcar como resuelto", "Mark as resolved";
        resolve_note: "¿Qué se hizo?", "What was done?";
        resolve_button: "Marcar como resuelto", "Mark as resolved";
        close: "Cerrar", "Close";
        close_button: "Cerrar el caso", "Close the case";
        cancel: "Anular", "Call off";
        cancel_hint: "Se para el reloj y a nadie se avisa más.", "The clock stops and nobody is paged any more.";
        cancel_button: "Anular el caso", "Call the case off";
        reopen: "Reabrir", "Reopen";
        reopen_hint: "Empieza un ciclo con un reloj nuevo, y se avisa a la guardia.",
            "A new cycle with a new clock begins, and whoever is on duty is paged.";
        reopen_button: "Reabrir y avisar a la guardia", "Reopen and page the person on duty";
        note: "Añadir una nota interna", "Add an internal note";
        note_text: "Nota", "Note";
        note_hint: "La ven quienes trabajan en el caso; quien reportó no.", "Seen by those who work on the case, not by the reporter.";
        note_button: "Añadir la nota", "Add the note";
        reason: "¿Por qué?", "Why?";
        choose: "Elija…", "Choose…";
        preview: "Antes de avisar", "Before it is told";
        preview_text: "Este mensaje de texto se enviará", "This text message will be sent";
        preview_silent: "Quien reportó no recibe mensajes de texto: no se le avisa por mensaje. La línea se lo dirá cuando llame.",
            "The reporter takes no text messages: nothing is sent. The line will tell them when they call.";
        preview_back: "No avisar, volver al caso", "Tell nothing, back to the case";
    }
}

words! {
    /// What was done, said once.
    CaseDone {
        take: "El caso es suyo. A los demás ya no se les avisa.", "The case is yours. Nobody else is paged.";
        assign: "El caso quedó asignado, y a la persona se le pregunta ahora.", "The case is assigned, and the person is asked now.";
        respond: "La primera respuesta quedó anotada y el reloj parado.", "The first response is noted and the clock has stopped.";
        estimate: "La hora quedó anotada.", "The time is noted.";
        severity: "La gravedad cambió.", "The severity changed.";
        invite: "Se le está llamando.", "They are being called.";
        merge: "Este caso quedó unido al otro.", "This case is one with the other now.";
        resolve: "El caso quedó resuelto.", "The case is resolved.";
        close: "El caso quedó cerrado.", "The case is closed.";
        cancel: "El caso quedó anulado.", "The case is called off.";
        reopen: "El caso se reabrió, con un reloj nuevo.", "The case is open again, with a new clock.";
        note: "La nota quedó añadida.", "The note is added.";
    }
}

words! {
    /// Why nothing was done.
    CaseRefused {
        stale: "El caso cambió mientras usted miraba esta página, así que no se hizo nada. Abajo está como quedó; si todavía hace falta, hágalo de nuevo.",
            "The case changed while you looked at this page, so nothing was done. It stands below as it is now; if it is still needed, do it again.";
        state: "En su estado de ahora el caso no lo permite, así que no se hizo nada.",
            "The case does not allow it in its present state, so nothing was done.";
        taken: "No se hizo nada: ya lo tiene alguien.", "Nothing was done: somebody has it already.";
        nobody: "Su cuenta no es de nadie de la guardia, así que usted no puede tomarlo.",
            "Your account is nobody's of the roster, so you cannot take it.";
        person: "Esa persona no está en la lista de guardia.", "That person is not on the roster.";
        past: "Escriba al menos una hora, y que esté por venir.", "Write at least one time, and one to come.";
        same: "Así está ya; no se cambió nada.", "It is so already; nothing was changed.";
        reason: "Escriba el motivo: queda en la historia del caso.", "Write the reason: it stays in the timeline of the case.";
        long: "El texto es muy largo: dos mil caracteres como máximo.", "The text is too long: two thousand characters at most.";
        unreadable: "Falta algo o no se entiende; no se hizo nada.", "Something is missing or cannot be read; nothing was done.";
        talk_nobody: "Nadie habla ahora con quien reportó: no hay conversación.", "Nobody talks with the reporter now: there is no conversation.";
        talk_there: "Esa persona ya está en la conversación o se le está llamando.", "They are in the conversation already, or being called.";
        talk_unreachable: "Esa persona no tiene un número al que se le pueda llamar.", "They have no number at which they can be called.";
        merge_itself: "Un caso no se une a sí mismo.", "A case cannot be merged into itself.";
        merge_over: "Solo se une un caso abierto.", "Only an open case can be merged.";
        merge_staying: "El caso que quedaría no está abierto.", "The case that would stay is not open.";
        merge_lesser: "El caso que quedaría es menos grave, y se perdería la promesa más estricta. Únalos al revés o cambie antes la gravedad.",
            "The case that would stay is less severe, and the stricter promise would be lost. Merge them the other way round, or change the severity first.";
        no_other: "No hay un caso con ese número.", "There is no case with that number.";
        no_number: "Quien reportó llamó sin mostrar su número.", "The reporter withheld the number.";
    }
}
