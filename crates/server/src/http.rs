//! HTTP matters of every operation and page: headers, paths, deadlines, unknown addresses.

pub(crate) mod deadline;
pub(crate) mod headers;
pub(crate) mod not_found;
pub mod paths;
