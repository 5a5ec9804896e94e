//! A mail server that does as it is told, for stories in which mails are sent.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long a story waits for a mail before it fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail server. It serves until the test ends.
pub(crate) struct FakeSmtp {
    pub(crate) address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

/// A mail that it took.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Head and body.
    pub(crate) text: String,
}

#[derive(Default)]
struct State {
    /// What it says of the next recipients; after that everybody is welcome.
    answers: VecDeque<&'static str>,
    /// Whether it keeps who brings a text waiting for the answer.
    holds: bool,
    /// How many such wait now.
    held: usize,
    /// How many recipients were named to it at once, and how many of those that it waits for before it answers any.
    asking: usize,
    meeting: usize,
    deliveries: Vec<Delivery>,
    /// Every line that it was told.
    heard: Vec<String>,
}

impl FakeSmtp {
    /// One that welcomes every mail.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<(Mutex<State>, Condvar)>::default();
        let office = Self { address, state: Arc::clone(&state) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&state);
                // A client that is killed in the middle of a command ends its own connection only.
                std::thread::spawn(move || serve(&stream.unwrap(), &state));
            }
        });
        office
    }

    /// What to configure for it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Says this of the next recipient.
    pub(crate) fn will_say(&self, answer: &'static str) {
        self.change(|state| state.answers.push_back(answer));
    }

    /// Keeps who brings a text waiting, from now on or not any more.
    pub(crate) fn holds(&self, holds: bool) {
        self.change(|state| state.holds = holds);
    }

    /// Answers about no recipient before so many have been named at the same time.
    pub(crate) fn waits_for_a_meeting_of(&self, several: usize) {
        self.change(|state| state.meeting = several);
    }

    /// Returns when somebody is kept waiting.
    pub(crate) fn until_somebody_is_held(&self) {
        self.until(|state| state.held > 0);
    }

    /// What it took, once it is so many mails.
    pub(crate) fn until_it_has(&self, mails: usize) -> Vec<Delivery> {
        self.until(|state| state.deliveries.len() >= mails);
        self.change(|state| state.deliveries.clone())
    }

    /// Returns when it was told a line that begins so.
    pub(crate) fn until_it_hears(&self, start: &str) {
        self.until(|state| state.heard.iter().any(|line| line.starts_with(start)));
    }

    /// Every line that it was told.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.change(|state| state.heard.clone())
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state.0.lock().unwrap());
        self.state.1.notify_all();
        changed
    }

    fn until(&self, done: impl Fn(&State) -> bool) {
        let state = self.state.0.lock().unwrap();
        let (_state, waited) =
            self.state.1.wait_timeout_while(state, PATIENCE, |state| !done(state)).unwrap();
        assert!(!waited.timed_out(), "the post office waited in vain");
    }
}

/// Talks to one who brings mails. `None` when they are gone.
fn serve(mut stream: &TcpStream, office: &(Mutex<State>, Condvar)) -> Option<()> {
    let (state, changed) = office;
    let mut lines = BufReader::new(stream).lines();
    let (mut from, mut to) = (String::new(), String::new());
    stream.write_all(b"220 post office\r\n").ok()?;
    loop {
        let line = lines.next()?.ok()?;
        let command = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        state.lock().unwrap().heard.push(line.clone());
        changed.notify_all();
        let answer = match command.as_str() {
            "EHLO" => "250-post office\r\n250 8BITMIME",
            "HELO" => "250 post office",
            "MAIL" => {
                from = in_angles(&line);
                "250 yes"
            }
            "RCPT" => {
                to = in_angles(&line);
                let mut state = state.lock().unwrap();
                state.asking += 1;
                changed.notify_all();
                let mut state = changed.wait_while(state, |state| state.asking < state.meeting).unwrap();
                // Those who met are through; who comes later meets nobody.
                state.meeting = 0;
                changed.notify_all();
                state.asking -= 1;
                state.answers.pop_front().unwrap_or("250 yes")
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                let mut text = String::new();
                loop {
                    let line = lines.next()?.ok()?;
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push('\n');
                }
                let mut state = state.lock().unwrap();
                state.held += 1;
                changed.notify_all();
                let mut state = changed.wait_while(state, |state| state.holds).unwrap();
                state.held -= 1;
                state.deliveries.push(Delivery { from: from.clone(), to: to.clone(), text });
                changed.notify_all();
                "250 taken"
            }
            "QUIT" => {
                stream.write_all(b"221 goodbye\r\n").ok()?;
                return Some(());
            }
            _ => "502 what",
        };
        // In one piece: the network would keep a second one back for a while.
        stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
    }
}

fn in_angles(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
