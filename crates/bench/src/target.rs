//! Servers: those that run already, and those that are started here, each as a process with a store of its own.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::Failed;
use crate::api::Account;
use crate::client::Site;

/// The first administrator's password on stores that are made here.
const PASSWORD: &str = "bench-and-nobody-else";

/// A server under load.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it is.
    pub(crate) site: Site,
    /// Who makes accounts on it.
    pub(crate) admin: Arc<Account>,
    /// Where it was started here.
    pub(crate) process: Option<Process>,
    /// What it serves then; it has to outlive the process.
    _store: Option<Arc<Store>>,
}

impl Server {
    /// A server that runs already.
    pub(crate) fn running(site: &Site, name: &str, password: &str) -> Self {
        let admin = Arc::new(Account::new(name, password));
        Self { site: site.clone(), admin, process: None, _store: None }
    }
}

/// What the memory of a process is, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// What of it is in memory.
    pub(crate) resident: u64,
    /// The same, with what it shares with others counted in part; where the kernel tells it.
    pub(crate) proportional: Option<u64>,
}

impl Memory {
    /// The more exact of the two.
    pub(crate) fn best(self) -> u64 {
        self.proportional.unwrap_or(self.resident)
    }
}

/// A process that was started here, and is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Held open, for it may say more.
    output: Option<BufReader<ChildStdout>>,
    /// What it said on standard output when it was ready.
    pub(crate) greeting: String,
}

impl Process {
    /// Starts a program and waits for the first line of its output that holds `word`.
    pub(crate) fn start(command: &mut Command, word: &str) -> Result<Self, Failed> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("cannot start {name}: {error}"))?;
        let output = child.stdout.take().map(BufReader::new);
        let mut process = Self { child, output, greeting: String::new() };
        let output = process.output.as_mut().ok_or("a process without output")?;
        loop {
            process.greeting.clear();
            if output.read_line(&mut process.greeting)? == 0 {
                return Err(format!("{name} ended without serving").into());
            }
            if process.greeting.contains(word) {
                return Ok(process);
            }
        }
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its memory now.
    pub(crate) fn memory(&self) -> Result<Memory, Failed> {
        let folder = PathBuf::from(format!("/proc/{}", self.child.id()));
        let status = fs::read_to_string(folder.join("status"))?;
        let resident = kilobytes(&status, "VmRSS:").ok_or("the kernel does not tell VmRSS")? * 1024;
        let rollup = fs::read_to_string(folder.join("smaps_rollup")).unwrap_or_default();
        Ok(Memory { resident, proportional: kilobytes(&rollup, "Pss:").map(|pss| pss * 1024) })
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<(), Failed> {
        let notified = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status()?;
        if !notified.success() {
            return Err("the server could not be told to stop".into());
        }
        let end = self.child.wait()?;
        if end.success() { Ok(()) } else { Err(format!("the server ended with {end}").into()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long the cores have worked for a process, in hundredths of a second; None when it is gone.
pub(crate) fn work_of(process: u32) -> Option<Duration> {
    worked(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

fn worked(stat: &str) -> Option<Duration> {
    // Its name, in brackets, may hold anything.
    let mut numbers = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix(" kB")?.parse().ok()
}

/// The last lines of a log.
fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// The address that a process told when it began to serve.
pub(crate) fn site_in(greeting: &str) -> Result<Site, Failed> {
    let from = greeting.find("http://").ok_or("a greeting without an address")?;
    let address = greeting[from..].split_whitespace().next().unwrap_or_default();
    Ok(address.trim_end_matches('.').parse()?)
}

/// A store, and the program that serves it.
#[derive(Debug)]
pub(crate) struct Store {
    program: PathBuf,
    database: String,
    password: Option<(String, String)>,
    is_made: bool,
    /// Where the store is, if it was made here; it is gone with it.
    folder: TempDir,
}

impl Store {
    /// The store at `database`, or a new one that is gone afterwards. `admin`: who administers it, where that was chosen
    /// before.
    pub(crate) fn new(
        program: &Path,
        database: Option<&str>,
        admin: Option<&(String, String)>,
    ) -> Result<Self, Failed> {
        let folder = tempfile::Builder::new().prefix("plauder-bench-").tempdir()?;
        let created = || format!("sqlite://{}", folder.path().join("plauder.db").display());
        let is_made = database.is_none();
        let database = database.map_or_else(created, str::to_owned);
        Ok(Self { is_made, program: program.to_owned(), database, password: admin.cloned(), folder })
    }

    /// Another store for the same program: a new one, if this was made here.
    pub(crate) fn another(&self) -> Result<Arc<Self>, Failed> {
        let database = Some(self.database.as_str()).filter(|_| !self.is_made);
        Ok(Arc::new(Self::new(&self.program, database, self.password.as_ref())?))
    }

    /// Serves it, until the server is dropped.
    pub(crate) fn serve(self: &Arc<Self>) -> Result<Server, Failed> {
        let default = || ("admin".to_owned(), PASSWORD.to_owned());
        let (name, password) = self.password.clone().unwrap_or_else(default);
        let mut command = Command::new(&self.program);
        command.args(["--listen", "127.0.0.1:0", "--database", &self.database, "--admin-user", &name]);
        command.current_dir(self.folder.path());
        command.env("PLAUDER_ADMIN_PASSWORD", &password);
        // As where it is run for others, its log is kept.
        let log = self.folder.path().join("log");
        command.stderr(OpenOptions::new().create(true).append(true).open(&log)?);
        let process = Process::start(&mut command, "serves on http");
        let process = process.map_err(|error| format!("{error}\n{}", end_of(&log)))?;
        let site = site_in(&process.greeting)?;
        let admin = Arc::new(Account::new(&name, &password));
        Ok(Server { site, admin, process: Some(process), _store: Some(Arc::clone(self)) })
    }
}

/// The server program: where it was said to be, or beside this one.
pub(crate) fn program(named: Option<&Path>) -> Result<PathBuf, Failed> {
    let path = match named {
        // The server is started in a folder of its own.
        Some(path) => std::path::absolute(path)?,
        None => std::env::current_exe()?.with_file_name("plauder"),
    };
    if path.is_file() {
        return Ok(path);
    }
    let shown = path.display();
    Err(format!("there is no server program at {shown}: cargo build -p plauder (or --release), or --program")
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_and_the_kernel_say_is_understood() {
        let greeting = "Plauder serves on http://127.0.0.1:4711. List your conversations with:";
        assert_eq!(site_in(greeting).unwrap().authority, "127.0.0.1:4711");
        assert!(site_in("hello").is_err());
        assert_eq!(kilobytes("Name:\tx\nVmRSS:\t   12345 kB\n", "VmRSS:"), Some(12345));
        assert_eq!(kilobytes("Pss_Dirty: 1 kB\nPss:  17 kB\n", "Pss:"), Some(17));
        assert_eq!(kilobytes("", "Pss:"), None);
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 13 0 0 0 25 17 0 0 20 0 5 0 1000";
        assert_eq!(worked(stat), Some(Duration::from_millis(420)));
    }
}
