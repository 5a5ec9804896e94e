//! The mail that invites somebody by their address.

use super::one_line;

/// The maximum length of a name in a mail, in characters.
const NAME: usize = 60;

/// Subject and text of the mail by which `inviter` invites somebody to `conversation`. Both are names to show; empty:
/// no name. `link` is the address of the conversation.
///
/// The text is plain: names can add neither markup nor lines.
#[must_use]
pub fn write(inviter: &str, conversation: &str, link: &str) -> (String, String) {
    let inviter = match one_line(inviter, NAME) {
        name if name.is_empty() => "Somebody".to_owned(),
        name => name,
    };
    let conversation = match one_line(conversation, NAME) {
        name if name.is_empty() => "a conversation".to_owned(),
        name => format!("the conversation \"{name}\""),
    };
    let link = one_line(link, usize::MAX);
    let subject = format!("{inviter} invites you to {conversation}");
    let body = format!(
        "Hello,\n\n\
         {inviter} would like to talk with you and invites you to {conversation}.\n\n\
         To take part, open this link in your browser:\n\n\
         {link}\n\n\
         The link is meant for you; please do not pass it on without asking. If you did not expect this mail, or do \
         not know who sent it, you can simply ignore it.\n\n\
         Have a good conversation!\n"
    );
    (subject, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://talk.example.org/call/abcdefgh";

    #[test]
    fn an_invitation_names_inviter_conversation_and_link() {
        let (subject, body) = write("Alice", "Planning", LINK);
        assert_eq!(subject, "Alice invites you to the conversation \"Planning\"");
        assert!(body.contains("\n\nAlice would like to talk with you and invites you to the conversation"));
        assert!(body.contains(&format!("\n\n{LINK}\n\n")), "the link has a line of its own: {body}");
    }

    #[test]
    fn an_invitation_without_names() {
        let (subject, _) = write("", " \n", LINK);
        assert_eq!(subject, "Somebody invites you to a conversation");
    }

    #[test]
    fn names_cannot_add_lines_to_an_invitation() {
        let nasty = "Eve\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>\u{2028}\u{0}\u{202e}";
        let (subject, body) = write(nasty, nasty, LINK);
        let plain = write("Alice", "Planning", LINK).1;
        assert!(!subject.contains(['\r', '\n', '\0', '\u{2028}', '\u{202e}']), "{subject:?}");
        assert_eq!(body.lines().count(), plain.lines().count(), "{body}");
        assert!(!body.contains(['\r', '\0', '\u{2028}', '\u{202e}']), "{body:?}");
        assert!(body.lines().filter(|line| line.starts_with("https://")).eq([LINK]), "{body}");
        assert!(body.contains("<script>alert(1)</script>"), "it is text, and stays as it is: {body}");
    }

    #[test]
    fn long_names_are_cut_in_invitations() {
        let (subject, body) = write(&"é".repeat(5_000), &"x ".repeat(5_000), LINK);
        assert!(subject.chars().count() < 200, "{subject}");
        assert!(body.chars().count() < 800, "{body}");
        assert!(subject.contains("é… invites"), "{subject}");
    }
}
