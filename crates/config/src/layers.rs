//! The layers of the configuration: defaults, file, environment, command line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::{Table, Value};

use crate::settings::SECTIONS;
use crate::unknown::Unknown;
use crate::{Config, Kind, SETTINGS, Setting};

/// The file that is read if none is named and it exists.
const DEFAULT_FILE: &str = "plauder.toml";

/// The variable that names the file.
const FILE_VARIABLE: &str = "PLAUDER_CONFIG";

/// The prefix of variables for the tests of this program.
const TEST_PREFIX: &str = "PLAUDER_TEST_";

/// Why the configuration cannot be used. No message contains a value, because values contain passwords.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The file is not TOML.
    #[error("the configuration file {0} is not TOML: line {1}: {2}")]
    Syntax(PathBuf, usize, String),
    /// The file has keys that no setting has.
    #[error("the configuration file {0} has an unknown key: {list}; see plauder config example", list = joined(.1))]
    UnknownKey(PathBuf, Vec<Unknown>),
    /// The environment has variables that no setting has.
    #[error("the environment has an unknown variable: {list}; see plauder config example", list = joined(.0))]
    UnknownVariable(Vec<Unknown>),
    /// A variable is not UTF-8.
    #[error("the variable {0} is not UTF-8")]
    NotUtf8(String),
    /// A section is used as a key.
    #[error(
        "the configuration file {0} gives {1} a value, but it is a section: write [{1}] and its keys below it"
    )]
    Section(PathBuf, String),
    /// A setting is given by its key and by a key of an earlier release.
    #[error("{0} and {1} are the same setting: remove {1}")]
    Twice(String, String),
    /// A value is not valid.
    #[error("{path} (from {origin}) has to be {expected}")]
    Value {
        /// The setting.
        path: String,
        /// Where the value comes from.
        origin: String,
        /// The accepted values.
        expected: String,
    },
}

fn joined(unknown: &[Unknown]) -> String {
    unknown.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The declaration.
    Default,
    /// A file, and the key if it is one of an earlier release.
    File(PathBuf, Option<&'static str>),
    /// This variable.
    Environment(String),
    /// This command-line option.
    CommandLine(&'static str),
}

impl Origin {
    /// The place where an operator changes the value.
    fn place(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File(path, _) => path.display().to_string(),
            Self::Environment(name) => name.clone(),
            Self::CommandLine(name) => format!("--{name}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place();
        match self {
            Self::Default => f.write_str("default"),
            Self::File(_, None) => write!(f, "file: {place}"),
            Self::File(_, Some(old)) => write!(f, "file: {place}, as {old}"),
            Self::Environment(_) => write!(f, "environment: {place}"),
            Self::CommandLine(_) => write!(f, "command line: {place}"),
        }
    }
}

/// Every setting with its value and origin.
pub struct Layers {
    values: Vec<Layered>,
    renamed: Vec<(String, String)>,
}

struct Layered {
    setting: &'static Setting,
    value: Value,
    origin: Origin,
}

impl Layers {
    /// Loads the layers. `file` is the file named on the command line; `options` are the values of command-line options
    /// by name.
    ///
    /// # Errors
    /// Fails if the file cannot be read, or if the file or the environment has an unknown key.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        options: &BTreeMap<&'static str, String>,
    ) -> Result<Self, ConfigError> {
        let mut environment = own_variables(environment)?;
        let named = environment.remove(FILE_VARIABLE).map(PathBuf::from);
        let file = match file.map(Path::to_owned).or(named) {
            Some(path) => Some(path),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists()),
        };
        let file = file.map(|path| read(&path).map(|table| (path, table))).transpose()?;
        Self::layer(file, environment, options)
    }

    pub(crate) fn layer(
        file: Option<(PathBuf, Table)>,
        mut environment: BTreeMap<String, String>,
        options: &BTreeMap<&'static str, String>,
    ) -> Result<Self, ConfigError> {
        let (path, mut table) = file.unwrap_or_default();
        let mut layers = Self { values: Vec::new(), renamed: Vec::new() };
        for setting in SETTINGS {
            let in_file = layers.take_from_file(setting, &mut table)?;
            let in_environment = layers.take_variable(setting, &mut environment)?;
            let option = setting.option().and_then(|(name, _)| Some((name, options.get(name)?)));
            let (value, origin) = if let Some((name, text)) = option {
                ((setting.from_text)(text), Origin::CommandLine(name))
            } else if let Some((name, text)) = in_environment {
                ((setting.from_text)(&text), Origin::Environment(name))
            } else if let Some((old, value)) = in_file {
                (value, Origin::File(path.clone(), old))
            } else {
                ((setting.from_text)(setting.default), Origin::Default)
            };
            layers.values.push(Layered { setting, value, origin });
        }
        refuse_unknown_keys(path, table)?;
        if environment.is_empty() {
            return Ok(layers);
        }
        Err(ConfigError::UnknownVariable(environment.into_keys().map(Unknown::variable).collect()))
    }

    /// Removes a setting from the file. Returns its value, and the key if it is one of an earlier release.
    fn take_from_file(
        &mut self,
        setting: &'static Setting,
        table: &mut Table,
    ) -> Result<Option<(Option<&'static str>, Value)>, ConfigError> {
        let section = table.get_mut(setting.section).and_then(Value::as_table_mut);
        let mut found = section.and_then(|section| section.remove(setting.key)).map(|value| (None, value));
        for &old in setting.replaces {
            // The name of a section may be a key of an earlier release.
            if table.get(old).is_none_or(Value::is_table) {
                continue;
            }
            let Some(value) = table.remove(old) else { continue };
            if found.is_some() {
                return Err(ConfigError::Twice(setting.path(), old.to_owned()));
            }
            self.renamed.push((old.to_owned(), setting.path()));
            found = Some((Some(old), value));
        }
        Ok(found)
    }

    /// Removes a setting from the environment. Returns the variable and its value.
    fn take_variable(
        &mut self,
        setting: &'static Setting,
        environment: &mut BTreeMap<String, String>,
    ) -> Result<Option<(String, String)>, ConfigError> {
        let mut found = environment.remove_entry(&setting.variable());
        for old in setting.replaced_variables() {
            let Some(entry) = environment.remove_entry(&old) else { continue };
            if found.is_some() {
                return Err(ConfigError::Twice(setting.variable(), old));
            }
            self.renamed.push((old, setting.variable()));
            found = Some(entry);
        }
        Ok(found)
    }

    /// Parses every value.
    ///
    /// # Errors
    /// Fails if a value is not valid.
    pub fn resolve(&self) -> Result<Config, ConfigError> {
        let config = Config::read(self)?;
        if config.mail.server.is_some() && config.mail.from.is_none() {
            let expected = "an e-mail address when there is a mail.server".to_owned();
            return Err(self.invalid("mail", "from", expected));
        }
        Ok(config)
    }

    /// Reads one setting.
    pub(crate) fn read<K: Kind>(&self, section: &str, key: &str) -> Result<K::Output, ConfigError> {
        let value = self.find(section, key).and_then(|layered| K::read(&layered.value));
        value.ok_or_else(|| self.invalid(section, key, K::expected()))
    }

    fn find(&self, section: &str, key: &str) -> Option<&Layered> {
        self.values.iter().find(|layered| layered.setting.section == section && layered.setting.key == key)
    }

    fn invalid(&self, section: &str, key: &str, expected: String) -> ConfigError {
        let origin = self.find(section, key).map(|layered| layered.origin.place());
        ConfigError::Value { path: format!("{section}.{key}"), origin: origin.unwrap_or_default(), expected }
    }

    /// The keys and variables of earlier releases that are in use, each with its present name.
    #[must_use]
    pub fn renamed(&self) -> &[(String, String)] {
        &self.renamed
    }

    /// The configuration in force as a file, with the origin of each value and without secrets.
    #[must_use]
    pub fn show(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for Layered { setting, value, origin } in &self.values {
            if section != setting.section {
                let blank = if section.is_empty() { "" } else { "\n" };
                section = setting.section;
                let _ = writeln!(text, "{blank}[{section}]");
            }
            let value = (setting.redact)(value).unwrap_or_else(|| Value::from("(not valid)"));
            let _ = writeln!(text, "{} = {value}  # {origin}", setting.key);
        }
        text
    }
}

impl Default for Config {
    fn default() -> Self {
        let layers = Layers::layer(None, BTreeMap::new(), &BTreeMap::new());
        layers.and_then(|layers| layers.resolve()).expect("the defaults are valid")
    }
}

/// The variables of this program. If Kubernetes has a service called plauder, it sets variables such as
/// `PLAUDER_SERVICE_HOST` and `PLAUDER_PORT_8080_TCP` in every container; these are ignored.
fn own_variables(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut variables = BTreeMap::new();
    for (name, value) in environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with("PLAUDER_")) else { continue };
        if !name.starts_with(TEST_PREFIX) {
            let value = value.into_string().map_err(|_| ConfigError::NotUtf8(name.to_owned()))?;
            variables.insert(name.to_owned(), value);
        }
    }
    if variables.contains_key("PLAUDER_SERVICE_HOST") {
        variables
            .retain(|name, _| !name.starts_with("PLAUDER_SERVICE_") && !name.starts_with("PLAUDER_PORT"));
    }
    Ok(variables)
}

fn refuse_unknown_keys(path: PathBuf, table: Table) -> Result<(), ConfigError> {
    let mut unknown = Vec::new();
    for (name, value) in table {
        let is_section = SECTIONS.iter().any(|(section, _)| *section == name);
        match value {
            Value::Table(keys) if is_section || !keys.is_empty() => {
                unknown.extend(keys.into_iter().map(|(key, _)| Unknown::key(format!("{name}.{key}"))));
            }
            _ if is_section => return Err(ConfigError::Section(path, name)),
            _ => unknown.push(Unknown::key(name)),
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(ConfigError::UnknownKey(path, unknown)) }
}

fn read(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::File(path.to_owned(), error))?;
    // The whole error would show the line, which may contain a password.
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ConfigError::Syntax(path.to_owned(), before.matches('\n').count() + 1, error.message().to_owned())
    })
}
