//! Jobs: a use case on its way from [`crate::Database`] through a queue to a worker thread, and its result on the way
//! back to the caller. A [`Job`] hides the types of the result from queues and drivers.

use tokio::sync::oneshot;

use crate::{StoreError, Transaction};

/// Whether a job only reads or may write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// Whether the changes of a job are to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Commit,
    Rollback,
}

/// Work for a worker thread, with a caller who waits for its result.
pub(crate) trait Job: Send {
    /// Whether it only reads or may write.
    fn mode(&self) -> Mode;

    /// Does the work. A driver calls it again if it rolled the transaction back to retry it.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Outcome;

    /// Replaces the result with an error of the store.
    fn fail(&mut self, error: StoreError);

    /// Sends the result to the caller; an error in `end` means that the transaction was not committed.
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
}

/// A job that calls a function.
pub(crate) struct Work<W, T, E> {
    function: W,
    mode: Mode,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<W, T, E> Work<W, T, E> {
    /// Creates a job, and the receiver of its result.
    pub(crate) fn new(function: W, mode: Mode) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, result) = oneshot::channel();
        (Self { function, mode, result: None, reply }, result)
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
        let result = (self.function)(transaction);
        let outcome = if result.is_ok() { Outcome::Commit } else { Outcome::Rollback };
        self.result = Some(result);
        outcome
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        let result = match (self.result, end) {
            // The work failed, so that nothing of it was to be committed.
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(answer)), Ok(())) => Ok(answer),
            (None, Ok(())) => Err(StoreError::Closed.into()),
        };
        let _ = self.reply.send(result);
    }
}
