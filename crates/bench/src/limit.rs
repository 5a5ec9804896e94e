//! The limit of this machine: the part of the work that no server could leave out, and nothing else. Each runs
//! in turns with the server that is measured.

pub(crate) mod bare_sqlite;
pub(crate) mod static_handler;
pub(crate) mod wake_ups;

use std::net::SocketAddr;
use std::process::Command;

use tokio::net::TcpListener;

use crate::Failed;
use crate::arguments::Limit;
use crate::target::Process;

/// Serves as a limit, in a process that another one of this program has started.
pub(crate) async fn serve(limit: Limit) -> Result<(), Failed> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("limit serves on http://{}", listener.local_addr()?);
    match limit {
        Limit::Static { body, status, headers } => {
            static_handler::serve(listener, &body, status, &headers).await
        }
        Limit::WakeUps { bytes } => wake_ups::serve(listener, bytes).await,
    }
}

/// Starts this program as a limit.
fn start(arguments: &[&str]) -> Result<Process, Failed> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("limit-server").args(arguments);
    Process::start(&mut command, "serves on http")
}
