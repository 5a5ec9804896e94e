//! What the versions of the conversation API decide differently.

use plauder_model::ConversationName;

/// What a version of the conversation API decides differently from others. A version gives it to the use cases, which know
/// no versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How many characters a name may have when a conversation is renamed.
    pub max_name_at_renaming: usize,
    /// How many characters a description may have.
    pub max_description: usize,
    /// Whether opening a public conversation, and closing a group, is refused. If not, it changes nothing.
    pub refuses_unchanged_openness: bool,
}

impl Rules {
    /// Conversation API v1 and v2.
    pub const V1: Self = Self {
        max_name_at_renaming: ConversationName::MAX_AT_RENAMING,
        max_description: 500,
        refuses_unchanged_openness: true,
    };

    /// Conversation API v3.
    pub const V3: Self = Self { max_name_at_renaming: ConversationName::MAX_AT_CREATION, ..Self::V1 };
}
