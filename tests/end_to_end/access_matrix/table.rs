//! The table as text: read, and written so that its columns stand below each other.

use std::fmt::Write as _;
use std::path::PathBuf;

/// The whole table.
pub(super) struct Table {
    /// What stands before the first block: how to read it.
    pub(super) legend: String,
    pub(super) blocks: Vec<Block>,
}

/// What is answered in one kind of conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) title: String,
    /// Who calls.
    pub(super) callers: Vec<String>,
    pub(super) lines: Vec<Line>,
}

/// What is answered to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) request: Request,
    /// The versions of the API to which it applies.
    pub(super) versions: Vec<String>,
    /// The answer to each caller, and what it did.
    pub(super) cells: Vec<String>,
    /// The system messages that it can bring.
    pub(super) tells: String,
}

/// `METHOD PATH name=value …; situation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
    /// What was done before it; empty: nothing.
    pub(super) situation: String,
}

pub(super) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/access_matrix.txt")
}

impl Table {
    pub(super) fn read() -> Self {
        let text = std::fs::read_to_string(path()).unwrap();
        let (legend, rest) = text.split_once("\n== ").expect("tests/access_matrix.txt has blocks");
        let blocks = rest.split("\n== ").map(Block::parse).collect();
        Self { legend: legend.to_owned(), blocks }
    }

    pub(super) fn write(&self) {
        let blocks: String = self.blocks.iter().map(Block::print).collect();
        std::fs::write(path(), format!("{}\n{}", self.legend, blocks.trim_end().to_owned() + "\n")).unwrap();
    }
}

impl Block {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let title = lines.next().unwrap().trim().to_owned();
        let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let head = cells(lines.next().unwrap());
        let callers = head[2..head.len() - 1].to_vec();
        let lines = lines.map(|line| {
            let mut cells = cells(line);
            assert_eq!(cells.len(), head.len(), "the columns of {line}");
            let tells = cells.pop().unwrap();
            let versions = cells[1].split(' ').map(str::to_owned).collect();
            Line { request: Request::parse(&cells[0]), versions, cells: cells.split_off(2), tells }
        });
        Self { title, callers, lines: lines.collect() }
    }

    fn print(&self) -> String {
        let mut rows = vec![vec!["request".to_owned(), "in".to_owned()]];
        rows[0].extend(self.callers.iter().cloned());
        rows[0].push("tells".to_owned());
        rows.extend(self.lines.iter().map(Line::row));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap();
        let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
        let mut text = format!("== {}\n", self.title);
        for row in &rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            let line = cells.collect::<Vec<_>>().join(" | ");
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
        text + "\n"
    }
}

impl Line {
    fn row(&self) -> Vec<String> {
        let mut row = vec![self.request.to_string(), self.versions.join(" ")];
        row.extend(self.cells.iter().cloned());
        row.push(self.tells.clone());
        row
    }
}

impl Request {
    fn parse(text: &str) -> Self {
        let (request, situation) = text.split_once("; ").unwrap_or((text, ""));
        let mut words = request.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap(), words.next().unwrap_or_default());
        let field = |word: String| {
            let (name, value) = word.split_once('=').expect("name=value");
            (name.to_owned(), value.to_owned())
        };
        Self { method, path, fields: words.map(field).collect(), situation: situation.to_owned() }
    }
}

impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (name, value) in &self.fields {
            write!(f, " {name}={value}")?;
        }
        if !self.situation.is_empty() {
            write!(f, "; {}", self.situation)?;
        }
        Ok(())
    }
}
