//! Every word of the console, Spanish beside English. A catalogue is a type: a word that one language lacks does not compile,
//! and neither does a template that asks for a word that is not there. `tests/tidy` finds words in templates.

mod enter;
mod keeping;
mod shell;
pub mod wall;

pub use enter::{Entering, Own};
pub use keeping::{FAMILIES, Keeping, Record, act_name};
pub use shell::{Shell, role_name};
pub use wall::OnTheWall;

/// Makes a catalogue: `key: "español", "English";`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $es:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        pub struct $name {
            $(pub $key: &'static str,)+
        }

        impl $name {
            /// In this language.
            pub fn of(language: $crate::language::Language) -> &'static Self {
                const ES: $name = $name { $($key: $es,)+ };
                const EN: $name = $name { $($key: $en,)+ };
                match language {
                    $crate::language::Language::Es => &ES,
                    $crate::language::Language::En => &EN,
                }
            }
        }
    };
}
use words;
