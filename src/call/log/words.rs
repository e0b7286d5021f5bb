//! Words as they are looked for: accents and capitals do not matter.

/// The longest word that is told from another, in letters; what stands behind is left out.
const LONGEST: usize = 40;

/// The words of a text: letters `a` to `z` and digits, without accents and capitals; everything else stands between words.
/// Both what is kept and what is looked for goes through here, so both databases find the same.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        match plain(character) {
            Some(letters) => word.push_str(letters),
            None if character.is_ascii_alphanumeric() => word.push(character.to_ascii_lowercase()),
            None if is_mark(character) => {}
            None if word.is_empty() => {}
            None => words.push(std::mem::take(&mut word)),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    // What is left is ASCII: letters are bytes.
    for word in &mut words {
        word.truncate(LONGEST);
    }
    words
}

/// A mark that is written behind its letter, as some keyboards send it.
fn is_mark(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// The letters of a Latin letter with a mark, of Spanish and its neighbours.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' | 'Ā' | 'ª' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'É' | 'È' | 'Ê' | 'Ë' | 'Ē' => "e",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'Í' | 'Ì' | 'Î' | 'Ï' | 'Ī' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' | 'Ō' | 'º' => "o",
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'Ú' | 'Ù' | 'Û' | 'Ü' | 'Ū' => "u",
        'ý' | 'ÿ' | 'Ý' | 'Ÿ' => "y",
        'ñ' | 'Ñ' => "n",
        'ç' | 'Ç' => "c",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_capitals_and_signs_do_not_matter() {
        for (text, found) in [
            ("El SERVICIO de nómina está caído.", "el servicio de nomina esta caido"),
            ("man\u{303}ana, pin\u{303}a", "manana pina"),
            ("¿Código 1042? 'No'—sí; x%y_z\"", "codigo 1042 no si x y z"),
            ("", ""),
            (" \n\0 ☎ ", ""),
            ("Œuvre Straße", "oeuvre strasse"),
        ] {
            assert_eq!(words(text).join(" "), found, "{text:?}");
        }
        assert_eq!(words(&"ñ".repeat(90)), ["n".repeat(LONGEST)]);
    }
}
