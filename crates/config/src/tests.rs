//! Tests of layers, origins, refusals and secrets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use toml::Table;

use crate::{Config, ConfigError, Layers, SETTINGS, example, reference};

fn layers(
    file: &str,
    environment: &[(&str, &str)],
    options: &[(&'static str, &str)],
) -> Result<Layers, ConfigError> {
    let file = (PathBuf::from("test.toml"), file.parse().unwrap());
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let options = options.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Layers::layer(Some(file), environment.collect(), &options)
}

fn resolve(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    layers(file, environment, &[])?.resolve()
}

#[track_caller]
fn refusal(file: &str, environment: &[(&str, &str)]) -> String {
    resolve(file, environment).unwrap_err().to_string()
}

#[test]
fn command_line_overrides_environment_overrides_file_overrides_defaults() {
    let file = "[server]\nlisten = \"1.1.1.1:1\"\n[admin]\nuser = \"file\"\n\
                [passwords]\nmin_length = 9\n[database]\nsqlite_readers = 3";
    let environment = [
        ("PLAUDER_SERVER_LISTEN", "2.2.2.2:2"),
        ("PLAUDER_ADMIN_USER", "env"),
        ("PLAUDER_PASSWORDS_MIN_LENGTH", "10"),
    ];
    let all = layers(file, &environment, &[("listen", "3.3.3.3:3")]).unwrap();
    let config = all.resolve().unwrap();
    assert_eq!(config.server.listen.to_string(), "3.3.3.3:3");
    assert_eq!(config.admin.user, "env");
    assert_eq!(config.passwords.min_length, 10);
    assert_eq!(config.database.sqlite_readers, 3);
    assert_eq!(config.database.postgres_connections, 8);
    let shown = all.show();
    for line in [
        "[server]",
        "listen = \"3.3.3.3:3\"  # command line: --listen",
        "min_length = 10  # environment: PLAUDER_PASSWORDS_MIN_LENGTH",
        "sqlite_readers = 3  # file: test.toml",
        "postgres_connections = 8  # default",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in {shown}");
    }
    assert_eq!(all.renamed(), []);
    let shown_again = layers(&shown, &[], &[]).unwrap();
    assert_eq!(
        shown_again.resolve().unwrap().server.listen,
        config.server.listen,
        "the displayed configuration is a valid file"
    );
}

#[test]
fn keys_of_earlier_releases_are_accepted_and_named() {
    let file = "password_min_length = 9\ndatabase = \"sqlite://old.db\"\nsqlite_readers = 3\n";
    let all =
        layers(file, &[("PLAUDER_LISTEN", "2.2.2.2:2"), ("PLAUDER_MAIL_FROM", "a@b.org")], &[]).unwrap();
    let config = all.resolve().unwrap();
    assert_eq!((config.passwords.min_length, config.database.sqlite_readers), (9, 3));
    assert_eq!(config.database.url.to_string(), "sqlite://old.db");
    assert_eq!(config.server.listen.to_string(), "2.2.2.2:2");
    let renamed = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    assert_eq!(
        all.renamed(),
        [
            renamed("PLAUDER_LISTEN", "PLAUDER_SERVER_LISTEN"),
            renamed("database", "database.url"),
            renamed("sqlite_readers", "database.sqlite_readers"),
            renamed("password_min_length", "passwords.min_length"),
        ]
    );
    let shown = all.show();
    assert!(shown.contains("min_length = 9  # file: test.toml, as password_min_length\n"), "{shown}");
    assert!(shown.contains("listen = \"2.2.2.2:2\"  # environment: PLAUDER_LISTEN\n"), "{shown}");

    let twice = refusal("listen = \"1.1.1.1:1\"\n[server]\nlisten = \"1.1.1.1:2\"", &[]);
    assert_eq!(twice, "server.listen and listen are the same setting: remove listen");
    let twice = refusal("", &[("PLAUDER_LISTEN", "1.1.1.1:1"), ("PLAUDER_SERVER_LISTEN", "1.1.1.1:1")]);
    assert!(twice.contains("remove PLAUDER_LISTEN"), "{twice}");
}

#[test]
fn unknown_keys_and_variables_are_refused_with_the_nearest_one() {
    for (file, unknown, nearest) in [
        ("lissten = \"x\"", "lissten", "server.listen"),
        ("[server]\nlissten = \"x\"", "server.lissten", "server.listen"),
        ("[sever]\nlisten = \"x\"", "sever.listen", "server.listen"),
        ("[server]\nguest_joins_per_min = 1", "server.guest_joins_per_min", "limits.guest_joins_per_minute"),
        ("pasword_memory_seconds = 1", "pasword_memory_seconds", "passwords.cache_seconds"),
        ("[nothing]", "nothing", "metrics.listen"),
    ] {
        let refused = refusal(file, &[]);
        assert!(refused.contains(&format!("unknown key: {unknown} (the nearest known one is ")), "{refused}");
        if unknown != "nothing" {
            assert!(refused.contains(&format!("is {nearest})")), "{refused}");
        }
    }
    let refused = refusal("", &[("PLAUDER_SERVER_LISTN", "x"), ("PLAUDER_DATABSE", "x")]);
    for part in [
        "unknown variable: ",
        "PLAUDER_SERVER_LISTN (the nearest known one is PLAUDER_SERVER_LISTEN)",
        "PLAUDER_DATABSE (the nearest known one is PLAUDER_DATABASE_URL)",
    ] {
        assert!(refused.contains(part), "{refused}");
    }
    assert!(refusal("log = \"json\"", &[]).contains("gives log a value, but it is a section"));
}

#[test]
fn variables_of_tests_and_of_kubernetes_are_ignored() {
    let load = |variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Layers::load(None, variables.collect::<Vec<_>>(), &BTreeMap::new())
    };
    let kubernetes = [
        ("PLAUDER_SERVICE_HOST", "10.0.0.1"),
        ("PLAUDER_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("PATH", "/bin"),
    ];
    assert!(load(&kubernetes).is_ok());
    assert!(load(&[("PLAUDER_TEST_POSTGRES", "x")]).is_ok());
    assert!(matches!(load(&[("PLAUDER_PORT", "8080")]), Err(ConfigError::UnknownVariable(_))));
}

#[test]
fn an_invalid_value_is_named_with_its_origin() {
    assert_eq!(
        refusal("[server]\nlisten = 8080", &[]),
        "server.listen (from test.toml) has to be ADDRESS:PORT"
    );
    assert_eq!(
        refusal("", &[("PLAUDER_DATABASE_SQLITE_READERS", "many")]),
        "database.sqlite_readers (from PLAUDER_DATABASE_SQLITE_READERS) has to be a number from 1 to 64"
    );
    assert!(
        refusal("[server]\ntrusted_proxies = [\"home\"]", &[])
            .contains("server.trusted_proxies (from test.toml)")
    );
    assert!(refusal("[database]\nurl = \"mysql://x\"", &[]).contains("database.url"));
    assert!(
        refusal("[database.url]\nx = 1", &[])
            .contains("database.url (from test.toml) has to be sqlite://PATH")
    );
}

#[test]
fn a_list_is_read_from_a_variable() {
    let config = resolve("", &[("PLAUDER_SERVER_TRUSTED_PROXIES", "10.0.0.0/8, ::1")]).unwrap();
    let proxies: Vec<String> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
}

#[test]
fn mail_needs_a_server_and_a_sender() {
    assert!(resolve("", &[]).unwrap().mail.sender().is_none());
    assert!(resolve("[mail]\nfrom = \"talk@example.org\"", &[]).unwrap().mail.sender().is_none());
    assert_eq!(
        refusal("[mail]\nserver = \"smtp://localhost:25\"", &[]),
        "mail.from (from default) has to be an e-mail address when there is a mail.server"
    );
    let both = "[mail]\nserver = \"smtp://localhost:25\"\nfrom = \"talk@example.org\"";
    assert_eq!(resolve(both, &[]).unwrap().mail.sender().unwrap().1.as_str(), "talk@example.org");
    assert!(
        refusal("[mail]\nfrom = \"talk\"", &[])
            .contains("mail.from (from test.toml) has to be an e-mail address")
    );
}

#[test]
fn the_defaults_are_valid_and_the_example_contains_them() {
    let defaults = layers("", &[], &[]).unwrap();
    assert!(format!("{:?}", Config::default()).contains("127.0.0.1:8080"));
    let active: Vec<String> = example()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
            Some(_) => String::new(),
            None => line.to_owned(),
        })
        .collect();
    let active = active.join("\n");
    let table: Table = active.parse().unwrap();
    let keys: usize = table.values().map(|section| section.as_table().unwrap().len()).sum();
    assert_eq!(keys, SETTINGS.len());
    let from_example = layers(&active, &[], &[]).unwrap();
    assert_eq!(from_example.show().replace("file: test.toml", "default"), defaults.show());
}

#[test]
fn every_name_belongs_to_one_setting_and_no_option_takes_a_secret() {
    let mut names = BTreeMap::new();
    for setting in SETTINGS {
        let options = setting.option().map(|(name, _)| format!("--{name}"));
        let old = setting.replaces.iter().map(|&key| key.to_owned());
        for name in options
            .into_iter()
            .chain(old)
            .chain([setting.path(), setting.variable()])
            .chain(setting.replaced_variables())
        {
            let other = names.insert(name.clone(), setting.path());
            assert_eq!(other, None, "{name} names {} too", setting.path());
        }
        assert!(!(setting.is_secret && setting.option().is_some()), "{}", setting.path());
    }
}

/// Compares the reference in docs/operations.md with the declaration. `UPDATE_DOCS=1` updates it.
#[test]
fn the_manual_contains_the_reference() {
    const BEGIN: &str = "<!-- settings: made from crates/config/src/settings.rs -->\n\n";
    const END: &str = "<!-- /settings -->";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}{END}{after}", reference());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert_eq!(page, expected, "run the test again with UPDATE_DOCS=1");
}

/// The text, percent-encoded for a URL.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// All output about a configuration: the configuration itself, or the error.
fn all_output(file: &str, environment: &[(&str, &str)], options: &[(&'static str, &str)]) -> String {
    match layers(file, environment, options) {
        Err(error) => format!("{error} {error:?}"),
        Ok(layers) => match layers.resolve() {
            Err(error) => format!("{error} {error:?} {}", layers.show()),
            Ok(config) => format!("{config:?} {}", layers.show()),
        },
    }
}

proptest! {
    /// No part of a password is displayed, plain or encoded, in any setting that may contain one, from any origin.
    #[test]
    fn no_secret_is_displayed(specials in prop::collection::vec("[?@/#%:;=&+, '\"\\\\ü]{1,2}", 0..6)) {
        let password = specials.iter().fold("hush0".to_owned(), |password, special| password + special + "hush0");
        for written in [password.clone(), encoded(&password)] {
            let urls = [
                ("database", "url", format!("postgres://me:{written}@host:5432/db")),
                ("database", "url", format!("postgres://me@host/db?password={written}")),
                ("database", "url", format!("postgres://host:5432/db?user=me&password={written}")),
                ("database", "url", format!("host=host user=me password='{written}'")),
                ("nats", "url", format!("nats://me:{written}@host:4222")),
                ("nats", "url", format!("tls://{written}@host:4222")),
                ("nats", "url", format!("nats://me:4222{written}@host")),
                ("mail", "server", format!("smtps://me:{written}@host:465")),
                ("mail", "server", format!("smtp+starttls://me%40example.org:{written}@host:587")),
                ("mail", "server", format!("smtp://me:{written}@host:25")),
                ("admin", "password", written.clone()),
                ("server", "public_url", format!("https://me:{written}@host")),
            ];
            for (section, key, url) in &urls {
                let value = toml::Value::from(url.as_str());
                let from = "from = \"talk@example.org\"\n";
                let from = if *section == "mail" { from } else { "" };
                let file = format!("[{section}]\n{from}{key} = {value}");
                let variable = format!("PLAUDER_{section}_{key}").to_uppercase();
                let environment = [(variable.as_str(), url.as_str()), ("PLAUDER_MAIL_FROM", "talk@example.org")];
                let old = format!("database = {value}");
                for output in [
                    all_output(&file, &[], &[]),
                    all_output("", &environment, &[]),
                    all_output(&old, &[], &[]),
                    all_output("", &[], &[("database", url)]),
                ] {
                    prop_assert!(!output.contains("hush"), "{url} is displayed as {output}");
                }
            }
        }
        let mail = format!("smtps://me:{}@host:465", encoded(&password)).parse::<crate::MailServer>().unwrap();
        prop_assert_eq!(mail.credentials, Some(("me".to_owned(), password)));
    }

    /// The error about a file that is not TOML contains nothing of the file.
    #[test]
    fn no_secret_is_in_an_error_about_the_file(
        special in "[?@/#%:;=&+, '\"\\\\\\[\\]{}ü]{0,3}",
        quote in "[\"']{0,3}",
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.toml");
        std::fs::write(&file, format!("[database]\nurl = {quote}postgres://me:hush0{special}hush0@host/db\n")).unwrap();
        let output = match Layers::load(Some(&file), [], &BTreeMap::new()) {
            Err(error) => error.to_string(),
            Ok(layers) => layers.show(),
        };
        prop_assert!(!output.contains("hush"), "{output}");
    }
}
