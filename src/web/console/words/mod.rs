//! Every word of the console, Spanish beside English. A catalogue is a type: a word that one language lacks does not compile,
//! and neither does a template that asks for a word that is not there. `tests/tidy` finds words in templates.

mod calls;
mod case_summary;
mod case_terms;
mod cases;
mod duties;
mod enter;
mod keeping;
mod reporting;
mod shell;
mod timeline;
pub mod wall;
mod work;

pub use calls::{CallLog, CallPageWords, call_happened, disposition_name, leg_words, outcome_name};
pub use case_summary::{summary, tell_button, tell_to, title};
pub use case_terms::{Terms, Told, delivery, pick, severity, state};
pub use cases::{CaseActs, CaseDone, CaseList, CasePageWords, CaseRefused};
pub use duties::{Duties, agreement, channel_name};
pub use enter::{Entering, Own};
pub use keeping::{FAMILIES, Keeping, Record, act_name};
pub use reporting::{Reporting, severity_name};
pub use shell::{Shell, role_name};
pub use timeline::{actor, happened};
pub use wall::OnTheWall;
pub use work::{Pending, step_name};

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
