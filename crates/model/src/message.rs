//! Messages: their kinds.

use crate::wire::wire_names;

wire_names! {
    /// The kind of a message (member `messageType`).
    MessageKind {
        /// A text that a participant wrote.
        Comment = "comment",
        /// The report of an event in the conversation, see [`crate::SystemMessage`].
        System = "system",
    }
}
