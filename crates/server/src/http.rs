//! What HTTP asks for around every operation and page, whatever it is about.

pub(crate) mod deadline;
pub(crate) mod headers;
pub(crate) mod not_found;
pub mod paths;
