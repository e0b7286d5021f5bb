//! How long words take to say.
//!
//! Measured with espeak-ng 1.51 at 150 words a minute, without the silence after the last word (`-v es-419 -s 150 -z -w`,
//! `-v en-us` for English), over every prompt of the two sets filled with long values; the constants are the least-squares
//! fit. The estimate of every prompt is within 12 % of its measure in Spanish and 20 % in English (the short ones are the
//! outliers). That is slow speech: the neural voices of the providers say the same in less.

use crate::flow::Language;

/// Seconds per character, per pause within a sentence, per pause between sentences, and to begin.
struct Rate {
    character: f64,
    comma: f64,
    stop: f64,
    begin: f64,
}

const SPANISH: Rate = Rate { character: 0.065, comma: 0.26, stop: 0.46, begin: 0.15 };
const ENGLISH: Rate = Rate { character: 0.059, comma: 0.43, stop: 0.32, begin: 0.0 };

/// The seconds it takes to say the words.
#[must_use]
pub fn seconds(language: Language, words: &str) -> f64 {
    let rate = match language {
        Language::Es => SPANISH,
        Language::En => ENGLISH,
    };
    let mut seconds = rate.begin;
    let mut before = ' ';
    for character in words.trim().chars() {
        seconds += rate.character;
        if character.is_whitespace() {
            seconds += match before {
                ',' | ';' => rate.comma,
                '.' | '?' | '!' | ':' => rate.stop,
                _ => 0.0,
            };
        }
        before = character;
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of the measurement: language, seconds measured, words.
    const MEASURED: &[(Language, f64, &str)] = &[
        (Language::Es, 3.52, "Gracias por llamar a incidentes críticos de la OGTIC."),
        (
            Language::Es,
            11.58,
            "Para un incidente crítico, marque uno. Estado de un caso, dos. Agregar datos, tres. Información, cuatro. English, press eight.",
        ),
        (
            Language::Es,
            8.12,
            "Respondemos los incidentes críticos en cuatro horas o menos, los mayores en ocho horas y las consultas en cuarenta y ocho.",
        ),
        (Language::Es, 6.35, "Grabamos esta llamada para atender su caso. Si no desea ser grabado, marque nueve."),
        (
            Language::Es,
            7.33,
            "Marque el código de cuatro dígitos de su institución. Si no lo conoce, marque asterisco y numeral.",
        ),
        (
            Language::Es,
            11.85,
            "Si falla nómina, marque uno. Portal de servicios, dos. Correo institucional, tres. Firma digital, cuatro. Otro servicio, cinco.",
        ),
        (
            Language::Es,
            10.23,
            "Después del tono, díganos qué falla, desde cuándo y a cuántas personas afecta. Tiene hasta dos minutos. Al terminar, marque numeral.",
        ),
        (
            Language::Es,
            11.00,
            "Le llamaremos al ocho cuatro nueve, cinco siete siete, cero uno siete siete. Si es correcto, marque uno. Para dar otro número, marque dos.",
        ),
        (
            Language::Es,
            11.69,
            "Su caso es veintiséis, cero cuatro, setenta y cuatro, setenta y cinco. Repito: veintiséis, cero cuatro, setenta y cuatro, setenta y cinco.",
        ),
        (
            Language::Es,
            6.92,
            "Le responderemos antes de las once y cincuenta y cinco de la noche del miércoles veintitrés de septiembre.",
        ),
        (
            Language::Es,
            8.24,
            "Para hablar ahora con la persona de guardia, permanezca en la línea. Si prefiere que le llamemos, marque uno o cuelgue.",
        ),
        (
            Language::Es,
            7.79,
            "Estamos localizando a la persona de guardia. Su caso ya está registrado. Por favor, no cuelgue.",
        ),
        (
            Language::Es,
            11.48,
            "Le llamaremos al ocho cuatro nueve, cinco siete siete, cero uno siete siete antes de las once y cincuenta y cinco de la noche del miércoles veintitrés de septiembre.",
        ),
        (
            Language::Es,
            10.94,
            "Su caso fue resuelto a las once y cincuenta y cinco de la noche del miércoles veintitrés de septiembre. Si el problema continúa, marque uno y lo reabrimos.",
        ),
        (Language::En, 3.93, "Thank you for calling the O G T I C critical-incident line."),
        (
            Language::En,
            11.14,
            "To report a critical incident, press one. Status of a case, two. Add details, three. Information, four. Español, marque ocho.",
        ),
        (
            Language::En,
            7.88,
            "We respond to critical incidents within four hours, to major ones within eight hours, and to enquiries within forty-eight.",
        ),
        (Language::En, 5.79, "We record this call to handle your case. If you do not wish to be recorded, press nine."),
        (
            Language::En,
            6.02,
            "Enter the four-digit code of your institution. If you do not know it, press star and pound.",
        ),
        (
            Language::En,
            10.01,
            "After the tone, tell us what fails, since when, and how many people it affects. You have up to two minutes. When you finish, press pound.",
        ),
        (
            Language::En,
            11.01,
            "Your case is twenty-six, zero four, seventy-four, seventy-five. Again: twenty-six, zero four, seventy-four, seventy-five.",
        ),
        (Language::En, 5.65, "We will respond before eleven fifty-five p.m. on Wednesday, September twenty-third."),
        (
            Language::En,
            7.14,
            "To speak now with the person on duty, stay on the line. If you prefer a call back, press one or hang up.",
        ),
        (
            Language::En,
            9.83,
            "Your case was solved at eleven fifty-five p.m. on Wednesday, September twenty-third. If the problem persists, press one and we will reopen it.",
        ),
    ];

    #[test]
    fn estimates_are_near_the_measures() {
        for (language, measured, words) in MEASURED {
            let ratio = seconds(*language, words) / measured;
            assert!((0.88..1.12).contains(&ratio), "{ratio:.2}: {words}");
        }
    }
}
