//! The declaration of settings: the macro and what it expands to.

use toml::Value;

/// One setting.
pub struct Setting {
    /// Its section in the file.
    pub section: &'static str,
    /// Its key in the section.
    pub key: &'static str,
    /// Its meaning: the lines of the declaration.
    pub help: &'static str,
    /// Its default, as it is written in a variable.
    pub default: &'static str,
    /// The keys of earlier releases that it replaces.
    pub replaces: &'static [&'static str],
    /// Whether its value is a secret and never displayed. URLs are displayed without their secrets.
    pub is_secret: bool,
    /// The name of its command-line option and of the option's value.
    pub(crate) option: Option<&'static str>,
    /// Parses a variable or an option into a value.
    pub(crate) from_text: fn(&str) -> Value,
    /// Removes the secrets from a value. `None` if it is not valid.
    pub(crate) redact: fn(&Value) -> Option<Value>,
}

impl Setting {
    /// Its section and key, such as `server.listen`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// Its environment variable.
    #[must_use]
    pub fn variable(&self) -> String {
        variable(&format!("{}_{}", self.section, self.key))
    }

    /// The variables of earlier releases that it replaces.
    pub(crate) fn replaced_variables(&self) -> impl Iterator<Item = String> {
        let current = self.variable();
        self.replaces.iter().map(|key| variable(key)).filter(move |name| *name != current)
    }

    /// The name of its command-line option, without dashes, and of the value that the option takes.
    #[must_use]
    pub fn option(&self) -> Option<(&'static str, &'static str)> {
        self.option?.split_once(' ')
    }

    /// Its meaning in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        self.help.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

pub(crate) const fn first(options: &[&'static str]) -> Option<&'static str> {
    match options {
        [first, ..] => Some(*first),
        [] => None,
    }
}

fn variable(key: &str) -> String {
    format!("PLAUDER_{}", key.to_uppercase())
}

/// Declares sections of settings: a struct for each, [`Config`](crate::Config) with all of them, and the list
/// [`SETTINGS`](crate::SETTINGS). The type of a setting is a [`Kind`](crate::Kind), its field has the kind's output.
macro_rules! settings {
    ($($(#[doc = $about:literal])+ $section:ident: $struct:ident {
        $($(#[doc = $help:literal])+
          $key:ident: $kind:ty = $default:literal $(, option $option:literal)? $(, replaces $old:literal)*;)+
    })+) => {
        /// The configuration in force.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $about])+ pub $section: $struct,)+
        }

        $($(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $struct {
            $($(#[doc = $help])+ pub $key: <$kind as $crate::Kind>::Output,)+
        })+

        /// Every setting, in the order of the file.
        pub const SETTINGS: &[$crate::Setting] = &[$($($crate::Setting {
            section: stringify!($section),
            key: stringify!($key),
            help: concat!($($help, "\n"),+),
            default: concat!($default),
            replaces: &[$($old),*],
            is_secret: <$kind as $crate::Kind>::IS_SECRET,
            option: $crate::declaration::first(&[$($option),*]),
            from_text: <$kind as $crate::Kind>::from_text,
            redact: |value| {
                <$kind as $crate::Kind>::read(value).map(|read| <$kind as $crate::Kind>::redacted(&read))
            },
        },)+)+];

        /// Every section with its description.
        pub(crate) const SECTIONS: &[(&str, &str)] = &[$((stringify!($section), concat!($($about, "\n"),+)),)+];

        impl Config {
            /// Reads every setting from the layers.
            pub(crate) fn read(layers: &$crate::Layers) -> Result<Self, $crate::ConfigError> {
                Ok(Self {
                    $($section: $struct {
                        $($key: layers.read::<$kind>(stringify!($section), stringify!($key))?,)+
                    },)+
                })
            }
        }
    };
}
pub(crate) use settings;
