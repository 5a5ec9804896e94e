//! Documents generated from the declaration: the example file and the reference.

use std::fmt::Write as _;

use crate::settings::SECTIONS;
use crate::{SETTINGS, Setting};

/// An example file with every setting at its default.
#[must_use]
pub fn example() -> String {
    let mut text = String::from(
        "# The configuration of Plauder. Every line here is the default; remove the # before those that you change.\n\
         # Each setting has a variable too: PLAUDER_, its section and its key in capitals, such as\n\
         # PLAUDER_SERVER_LISTEN.\n",
    );
    for (section, about) in SECTIONS {
        let _ = write!(text, "\n{}[{section}]\n", commented(about));
        for setting in SETTINGS.iter().filter(|setting| setting.section == *section) {
            let _ = write!(text, "\n{}#{} = {}\n", commented(setting.help), setting.key, default(setting));
        }
    }
    text
}

fn commented(lines: &str) -> String {
    lines.lines().fold(String::new(), |text, line| text + "#" + line + "\n")
}

fn default(setting: &Setting) -> String {
    (setting.from_text)(setting.default).to_string()
}

/// The reference of all settings in Markdown, for docs/operations.md.
#[must_use]
pub fn reference() -> String {
    let mut text = String::new();
    for (section, about) in SECTIONS {
        let _ = write!(text, "`[{section}]` {}\n\n", about.split_whitespace().collect::<Vec<_>>().join(" "));
        for setting in SETTINGS.iter().filter(|setting| setting.section == *section) {
            let mut names = format!("`{}`", setting.variable());
            if let Some((option, _)) = setting.option() {
                let _ = write!(names, ", `--{option}`");
            }
            let old: Vec<_> = setting.replaces.iter().map(|old| format!("`{old}`")).collect();
            if !old.is_empty() {
                let _ = write!(names, "; was {}", old.join(", "));
            }
            let secret = if setting.is_secret { " It is never shown." } else { "" };
            let item = format!(
                "- `{} = {}` ({names}): {}{secret}",
                setting.key,
                default(setting),
                setting.summary()
            );
            text.push_str(&wrapped(&item));
        }
        text.push('\n');
    }
    text
}

/// An item of a list in lines of at most 120 characters.
fn wrapped(item: &str) -> String {
    const WIDTH: usize = 120;
    let mut text = String::new();
    let mut column = 0;
    for word in item.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push_str("\n  ");
            column = 2;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text + "\n"
}
