//! What callers and people say in the year that is made.

use super::dice::Dice;
use crate::flow::Language;

const SUBJECTS: [(&str, &str); 8] = [
    ("La plataforma no carga desde la mañana", "The platform has not loaded since this morning"),
    ("Da error quinientos al iniciar sesión", "It gives error five hundred at log-in"),
    ("Los usuarios no pueden generar la nómina", "Users cannot generate the payroll"),
    ("La firma digital rechaza todos los documentos", "The digital signature refuses every document"),
    ("El correo institucional está caído", "Institutional e-mail is down"),
    ("El portal está muy lento y se cae", "The portal is very slow and goes down"),
    ("Aparecen datos de otra institución", "Data of another institution is shown"),
    ("Sospechamos un ataque: hay accesos extraños", "We suspect an attack: there are strange log-ins"),
];
const DETAILS: [(&str, &str); 6] = [
    ("Afecta a toda la institución.", "The whole institution is affected."),
    ("Afecta a unas cuarenta personas.", "Some forty people are affected."),
    ("Reiniciamos el navegador y sigue igual.", "We restarted the browser and it is the same."),
    ("Hoy es el último día de pago.", "Today is the last day of payment."),
    ("Comenzó después de la actualización de anoche.", "It began after last night's update."),
    ("Hay ciudadanos esperando en ventanilla.", "Citizens are waiting at the counter."),
];
const MENDS: [&str; 6] = [
    "Se reinició el servicio y se verificó con quien reportó.",
    "Había un certificado vencido; se renovó.",
    "El disco de la base de datos estaba lleno; se liberó espacio.",
    "El enlace del proveedor estaba caído; volvió solo.",
    "Se revirtió la actualización de anoche.",
    "Era un filtro de red; se corrigió la regla.",
];
const NOTES: [&str; 5] = [
    "Se le devolvió la llamada: ya estaba resuelto.",
    "No contesta; se le dejó mensaje.",
    "Marcó por error, buscaba otro número.",
    "Preguntó por el horario de servicio.",
    "Llamada comercial, no es de la línea.",
];

/// What a caller recorded, as words.
pub(super) fn transcript(dice: &Dice, language: Language) -> String {
    let of = |pair: Option<&(&str, &str)>| {
        pair.map_or(String::new(), |(es, en)| (*if language == Language::Es { es } else { en }).to_owned())
    };
    format!("{}. {}", of(dice.pick(&SUBJECTS)), of(dice.pick(&DETAILS)))
}

/// What was wrong, as whoever mended it notes.
pub(super) fn mend(dice: &Dice) -> String {
    dice.pick(&MENDS).copied().unwrap_or_default().to_owned()
}

/// What is noted on a missed call.
pub(super) fn note(dice: &Dice) -> String {
    dice.pick(&NOTES).copied().unwrap_or_default().to_owned()
}
