//! Rich objects: what the placeholders in texts stand for.

use crate::wire::wire_names;

wire_names! {
    /// The type of a rich object (its member `type`).
    RichObjectType {
        /// An account.
        User = "user",
        /// A guest.
        Guest = "guest",
        /// A group of accounts.
        Group = "user-group",
        /// A conversation.
        Call = "call",
        /// A name whose object no longer exists.
        Highlight = "highlight",
    }
}

impl RichObjectType {
    /// Whether clients show the name with an `@` in front.
    #[must_use]
    pub const fn is_mention(self) -> bool {
        matches!(self, Self::User | Self::Guest | Self::Group)
    }
}
