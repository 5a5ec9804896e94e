//! Unknown keys and variables.

use std::fmt;

use strsim::damerau_levenshtein;

use crate::SETTINGS;

/// An unknown key or variable, and the nearest known one.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    name: String,
    nearest: String,
}

impl Unknown {
    /// A key of the file.
    pub(crate) fn key(name: String) -> Self {
        let spellings = SETTINGS.iter().flat_map(|setting| {
            let own = [setting.path(), setting.key.to_owned()];
            let old = setting.replaces.iter().map(|&key| key.to_owned());
            own.into_iter().chain(old).map(|spelling| (spelling, setting.path()))
        });
        // A key in a misspelt or wrong section is nearest to its name without the section.
        let last = name.rsplit('.').next().unwrap_or(&name).to_owned();
        let nearest = nearest(&[&name, &last], spellings);
        Self { name, nearest }
    }

    /// An environment variable.
    pub(crate) fn variable(name: String) -> Self {
        let config = std::iter::once(("PLAUDER_CONFIG".to_owned(), "PLAUDER_CONFIG".to_owned()));
        let spellings = SETTINGS.iter().flat_map(|setting| {
            let variables = std::iter::once(setting.variable()).chain(setting.replaced_variables());
            variables.map(|spelling| (spelling, setting.variable()))
        });
        let nearest = nearest(&[&name], config.chain(spellings));
        Self { name, nearest }
    }
}

/// The name that belongs to the spelling nearest to one of `names`.
fn nearest(names: &[&str], spellings: impl Iterator<Item = (String, String)>) -> String {
    let distance = |spelling: &str| names.iter().map(|name| damerau_levenshtein(name, spelling)).min();
    spellings.min_by_key(|(spelling, _)| distance(spelling)).map(|(_, name)| name).unwrap_or_default()
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (the nearest known one is {})", self.name, self.nearest)
    }
}
