//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::client::Site;

/// Puts load on a server that speaks Talk's API, and compares it with the limit of this machine.
///
/// Without --url it starts plauder itself, on a new store for each workload. Each figure is the median of several
/// rounds, with the least and the most; what it is compared with takes turns with it, round by round. The server's
/// settings can be chosen by its variables, which "plauder config example" lists.
#[derive(Debug, Parser)]
#[command(
    name = "plauder-bench",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct Arguments {
    /// What to measure
    #[arg(required = true, value_name = "WORKLOAD")]
    pub(crate) workload: Option<Selection>,
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Option<Hidden>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Hidden {
    /// Serves as one of the limits, for another process of this program
    #[command(subcommand, hide = true)]
    LimitServer(Limit),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Limit {
    /// Answers every request with the same bytes
    Static {
        /// The file that holds the body
        body: PathBuf,
        /// The status
        #[arg(long)]
        status: u16,
        /// Headers, as NAME:VALUE
        #[arg(long = "header")]
        headers: Vec<String>,
    },
    /// Holds connections and writes to all of them at once
    WakeUps {
        /// How many bytes to write to each
        bytes: usize,
    },
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Selection {
    /// Everything below, one after the other
    All,
    /// Get user's conversations, in both versions
    List,
    /// Get a single conversation
    Single,
    /// Make conversations
    Create,
    /// Write messages, each durable before it is acknowledged
    Post,
    /// Get the last 100 messages
    History,
    /// Wait for messages: how long one takes to reach everybody; with --rate, many a second
    Poll,
    /// One message to twenty lists, while everybody waits
    Mix,
    /// Sign in with passwords that the server has not seen before
    Login,
    /// From the start of the process to its first answer
    Start,
    /// Memory of a server that has nothing to do
    Idle,
    /// The same with little and with much in the store
    Sizes,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// A server that runs already: http://HOST:PORT
    #[arg(long, value_name = "URL", requires = "admin", conflicts_with_all = ["program", "database"])]
    pub(crate) url: Option<Site>,
    /// An administrator there, or of the --database
    #[arg(long, value_name = "USER:PASSWORD", value_parser = credentials)]
    pub(crate) admin: Option<(String, String)>,
    /// Another server, which does the same in turns with the first
    #[arg(long, value_name = "URL", requires = "against_admin")]
    pub(crate) against: Option<Site>,
    /// An administrator of the other server
    #[arg(long, value_name = "USER:PASSWORD", value_parser = credentials, requires = "against")]
    pub(crate) against_admin: Option<(String, String)>,
    /// The server program to start (without it: plauder beside this program)
    #[arg(long, value_name = "PATH")]
    pub(crate) program: Option<PathBuf>,
    /// The store that it is started on (without it: a new SQLite file for each workload)
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// How many connections send requests (16; post: 64; sizes: 1)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) connections: Option<u64>,
    /// How many requests to send a second, whatever becomes of those before; without it each connection sends its next
    /// one when the last was answered. poll: how many messages to write a second
    #[arg(long, value_name = "R", value_parser = rate)]
    pub(crate) rate: Option<f64>,
    /// How long a round takes, in seconds (3)
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(crate) seconds: Option<f64>,
    /// How many rounds are measured (5)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: Option<u64>,
    /// How many conversations there are (100; start: also 100000)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) conversations: Option<u64>,
    /// How many people are in each (10)
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) members: Option<u64>,
    /// How many messages are in one of them (0; history: 100; sizes: 1000000)
    #[arg(long, value_name = "K")]
    pub(crate) messages: Option<u64>,
    /// How many requests wait for messages (poll: 1000, with --rate 10000; mix: 100)
    #[arg(long, value_name = "W", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) waiters: Option<u64>,
    /// Over how many conversations they are spread (poll: 1, with --rate 50; mix: 10)
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rooms: Option<u64>,
    /// How many accounts wait in each of these; login: how many sign in, in a round (10; login: 100)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) accounts: Option<u64>,
    /// Do not measure the limit of this machine
    #[arg(long)]
    pub(crate) no_limits: bool,
    /// Writes everything that was measured into a file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Draws it into a file, as SVG
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) plot: Option<PathBuf>,
    /// Everything tiny, to see that it works
    #[arg(long)]
    pub(crate) short: bool,
}

impl Options {
    /// How many, where nobody chose: `usual`, or `short` where everything is tiny.
    pub(crate) fn or(&self, chosen: Option<u64>, usual: u64, short: u64) -> u64 {
        chosen.unwrap_or(if self.short { short } else { usual })
    }

    /// How many connections send requests.
    pub(crate) fn connections(&self, usual: u64) -> usize {
        usize::try_from(self.or(self.connections, usual, 4)).unwrap_or(usize::MAX)
    }

    /// How many rounds are measured.
    pub(crate) fn rounds(&self) -> u64 {
        self.or(self.rounds, 5, 2)
    }

    /// How long a round is.
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.unwrap_or(if self.short { 0.05 } else { 3.0 }))
    }
}

fn credentials(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((user, password)) if !user.is_empty() && !password.is_empty() => {
            Ok((user.to_owned(), password.to_owned()))
        }
        _ => Err("it has to be USER:PASSWORD".to_owned()),
    }
}

fn positive(text: &str, most: f64) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && value <= most => Ok(value),
        _ => Err(format!("it has to be a number above 0 and up to {most}")),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    positive(text, 1e6)
}

fn seconds(text: &str) -> Result<f64, String> {
    positive(text, 3600.0)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn what_cannot_be_meant_is_refused() {
        Arguments::command().debug_assert();
        let refused = |line: &str| Arguments::try_parse_from(line.split(' ')).is_err();
        assert!(!refused("bench list --rate 10 --url http://x --admin a:b"));
        for line in [
            "bench",
            "bench lists",
            "bench list --url http://x",
            "bench list --url https://x --admin a:b",
            "bench list --admin a",
            "bench list --rate 0",
            "bench list --seconds -1",
            "bench list --connections 0",
            "bench list --against http://x",
        ] {
            assert!(refused(line), "{line}");
        }
    }
}
