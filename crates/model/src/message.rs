//! What a message is.

use crate::wire::wire_names;

wire_names! {
    /// What kind of message it is (member `messageType`).
    MessageKind {
        /// A text that somebody wrote.
        Comment = "comment",
        /// The report of an event in the conversation, see [`crate::SystemMessage`].
        System = "system",
    }
}
