//! A piece of work on its way to a thread of the store, and back to whoever waits for its outcome.

use tokio::sync::oneshot;

use crate::{StoreError, Transaction};

/// What a piece of work does to the store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// What becomes of what a job wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Commit,
    Rollback,
}

/// Work for a store, and somebody who waits for its outcome.
pub(crate) trait Job: Send {
    /// What it does to the store.
    fn mode(&self) -> Mode;

    /// Does the work. May be called again after the store took back what it wrote.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Outcome;

    /// Replaces the outcome by an error of the store.
    fn fail(&mut self, error: StoreError);

    /// Hands the outcome to whoever waits. `end` tells how the commit went.
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
}

/// A job made of a function.
pub(crate) struct Work<W, T, E> {
    does: W,
    mode: Mode,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<W, T, E> Work<W, T, E> {
    /// A job that was not run yet, and where its outcome will come.
    pub(crate) fn new(does: W, mode: Mode) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, outcome) = oneshot::channel();
        (Self { does, mode, outcome: None, reply }, outcome)
    }
}

impl<W, T, E> Job for Work<W, T, E>
where
    W: Fn(&mut Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn mode(&self) -> Mode {
        self.mode
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> Outcome {
        let outcome = (self.does)(transaction);
        let decision = if outcome.is_ok() { Outcome::Commit } else { Outcome::Rollback };
        self.outcome = Some(outcome);
        decision
    }

    fn fail(&mut self, error: StoreError) {
        self.outcome = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        let outcome = match (self.outcome, end) {
            // What the work refused was not to be kept in any case.
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(answer)), Ok(())) => Ok(answer),
            (None, Ok(())) => Err(StoreError::Closed.into()),
        };
        let _ = self.reply.send(outcome);
    }
}
