//! A server that a test starts.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::integrity::violations;
use crate::people::Person;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_plauder");

/// The first administrator's password in every test.
pub(crate) const ADMIN_PASSWORD: &str = "Verwaltung-mit-Keks-3";

/// A running server with a store of its own; both are gone when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it said on standard output while it started.
    pub(crate) greeting: String,
    /// Where it serves.
    pub(crate) base: String,
    pub(crate) database: String,
    /// Where it runs: its store, its log.
    pub(crate) folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Server {
    pub(crate) fn on_sqlite() -> Self {
        Self::with(&[], |folder| format!("sqlite://{}", folder.join("data/plauder.db").display()))
    }

    pub(crate) fn on_postgresql() -> Self {
        Self::with(&[], |_| plauder_fixtures::fresh_postgres())
    }

    /// A server on PostgreSQL with further variables.
    pub(crate) fn with_store_on_postgresql(environment: &[(&str, &str)]) -> Self {
        Self::with(environment, |_| plauder_fixtures::fresh_postgres())
    }

    /// A server on SQLite with further variables.
    pub(crate) fn with_environment(environment: &[(&str, &str)]) -> Self {
        Self::with(environment, |folder| format!("sqlite://{}", folder.join("data/plauder.db").display()))
    }

    fn with(environment: &[(&str, &str)], database: impl FnOnce(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = database(folder.path());
        let mut environment: Vec<_> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if environment.iter().all(|(name, _)| name != "PLAUDER_ADMIN_PASSWORD") {
            environment.push(("PLAUDER_ADMIN_PASSWORD".to_owned(), ADMIN_PASSWORD.to_owned()));
        }
        // The stories are told by more guests of one address than people are.
        if environment.iter().all(|(name, _)| name != "PLAUDER_LIMITS_GUEST_JOINS_PER_MINUTE") {
            environment.push(("PLAUDER_LIMITS_GUEST_JOINS_PER_MINUTE".to_owned(), "0".to_owned()));
        }
        let (child, greeting, base) = launch(folder.path(), &database, &environment);
        Self { child, greeting, base, database, folder, environment }
    }

    /// Another server on the same store, configured alike.
    pub(crate) fn another(&self) -> Self {
        let variables: Vec<_> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self::with(&variables, |_| self.database.clone())
    }

    /// Ends the process as a power cut would, and starts it again.
    pub(crate) fn dies_and_comes_back(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        (self.child, self.greeting, self.base) =
            launch(self.folder.path(), &self.database, &self.environment);
    }

    /// The process, to send it signals while others still use the server.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, and how it ended.
    pub(crate) fn stops(&mut self) -> std::process::ExitStatus {
        signal(self.child.id(), "TERM");
        self.ends()
    }

    /// How it ended.
    pub(crate) fn ends(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// What Prometheus reads; for servers with `PLAUDER_METRICS_LISTEN`.
    pub(crate) fn metrics(&self) -> String {
        let log = self.log();
        let address = log.split("metrics=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
        ureq::get(format!("http://{address}/metrics")).call().unwrap().body_mut().read_to_string().unwrap()
    }

    /// Everything that it logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(log_file(self.folder.path())).unwrap()
    }

    pub(crate) fn admin(&self) -> Person<'_> {
        Person::new(self, "admin", ADMIN_PASSWORD)
    }

    /// An account called `id`, shown with a capital letter.
    pub(crate) fn user(&self, id: &str) -> Person<'_> {
        let password = format!("{id}-likes-cake");
        let shown = id[..1].to_uppercase() + &id[1..];
        let fields = [("userid", id), ("password", &password), ("displayName", &shown)];
        self.admin().post("/cloud/users", &fields).is_ok();
        Person::new(self, id, &password)
    }

    /// Somebody without an account.
    pub(crate) fn nobody(&self) -> Person<'_> {
        Person::nobody(self)
    }

    pub(crate) fn group(&self, id: &str, members: &[&str]) {
        self.admin().post("/cloud/groups", &[("groupid", id)]).is_ok();
        for member in members {
            self.admin().post(&format!("/cloud/users/{member}/groups"), &[("groupid", id)]).is_ok();
        }
    }

    /// Runs the command line beside the server, on its store.
    pub(crate) fn runs(&self, arguments: &[&str]) -> Output {
        command(self.folder.path(), &self.database, &self.environment).args(arguments).output().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        } else {
            assert_eq!(violations(self.folder.path(), &self.database), "", "the store is not in order");
        }
    }
}

/// The program, knowing nothing of the environment that the tests run in.
pub(crate) fn command(folder: &Path, database: &str, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .env("PLAUDER_DATABASE_URL", database);
    command
}

/// Returns when a connection to a PostgreSQL store waits for a lock that this transaction holds.
pub(crate) fn until_somebody_waits_for(holder: &mut postgres::Transaction<'_>) {
    let waiting =
        "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
    let began = std::time::Instant::now();
    while holder.query_one(waiting, &[]).unwrap().get::<_, i64>(0) == 0 {
        assert!(began.elapsed().as_secs() < 30, "nobody waits");
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status().unwrap();
    assert!(sent.success());
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("log")
}

fn launch(folder: &Path, database: &str, environment: &[(String, String)]) -> (Child, String, String) {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log_file(folder)).unwrap();
    let mut child = command(folder, database, environment)
        .args(["--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut greeting = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    while !greeting.contains("curl") {
        if output.read_line(&mut greeting).unwrap() == 0 {
            let mut log = String::new();
            std::fs::File::open(log_file(folder)).unwrap().read_to_string(&mut log).unwrap();
            panic!("the server did not start: {greeting}{log}");
        }
    }
    let address = greeting.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
    let base = format!("http://{}", address.trim_end_matches('.'));
    (child, greeting, base)
}
