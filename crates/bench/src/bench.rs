//! What every workload works with: servers, rounds in turns, and where results are gathered.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::Failed;
use crate::arguments::Options;
use crate::client::Site;
use crate::measure::{Errors, Figure, Round, Subject};
use crate::report::{Case, Measured, Ratio};
use crate::target::{self, Server, Store};

/// What the server is called that is measured.
pub(crate) const SERVER: &str = "plauder";

/// What the other server is called.
pub(crate) const AGAINST: &str = "against";

/// What the most is called that this machine allows.
pub(crate) const LIMIT: &str = "limit";

/// A subject with its name, such as [`SERVER`].
pub(crate) type NamedSubject = (String, Box<dyn Subject>);

/// A run of the program.
pub(crate) struct Bench {
    /// What was asked for.
    pub(crate) options: Options,
    /// What was measured so far.
    pub(crate) cases: Vec<Case>,
    progress: ProgressBar,
}

impl Bench {
    /// A run that has measured nothing yet.
    pub(crate) fn new(options: Options) -> Result<Self, Failed> {
        let progress = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {wide_msg}")?;
        progress.set_style(style.progress_chars("=> "));
        Ok(Self { options, cases: Vec::new(), progress })
    }

    /// A store to start servers on.
    pub(crate) fn store(&self) -> Result<Arc<Store>, Failed> {
        let Options { program, database, admin, .. } = &self.options;
        let program = target::program(program.as_deref())?;
        Ok(Arc::new(Store::new(&program, database.as_deref(), admin.as_ref())?))
    }

    /// The servers to measure, by name: first the one that all is about, then the one that it is compared with.
    pub(crate) fn servers(&self) -> Result<Vec<(&'static str, Server)>, Failed> {
        let Options { url, admin, against, against_admin, .. } = &self.options;
        let mut servers = vec![(
            SERVER,
            match running(url.as_ref(), admin.as_ref()) {
                Some(server) => server,
                None => self.store()?.serve()?,
            },
        )];
        servers.extend(running(against.as_ref(), against_admin.as_ref()).map(|server| (AGAINST, server)));
        Ok(servers)
    }

    /// Says what is being done.
    pub(crate) fn tell(&self, workload: &str, what: &str) {
        self.progress.set_prefix(workload.to_owned());
        self.progress.set_message(what.to_owned());
        self.progress.tick();
    }

    /// Measures several subjects round by round in turns, after a round of each that does not count. `compared`: which
    /// figures of the first one are divided by the same of each other one.
    pub(crate) async fn alternate(
        &mut self,
        workload: &'static str,
        title: &str,
        compared: &[&'static str],
        subjects: Vec<NamedSubject>,
    ) -> Result<(), Failed> {
        let length = self.options.length();
        self.alternate_for(workload, title, compared, length, subjects).await
    }

    /// The same with rounds of another length.
    pub(crate) async fn alternate_for(
        &mut self,
        workload: &'static str,
        title: &str,
        compared: &[&'static str],
        length: Duration,
        mut subjects: Vec<NamedSubject>,
    ) -> Result<(), Failed> {
        let rounds = self.options.rounds();
        self.progress.set_length((rounds + 1) * subjects.len() as u64);
        self.progress.set_position(0);
        let mut measured: Vec<Vec<Round>> = subjects.iter().map(|_| Vec::new()).collect();
        let mut warm_up = vec![Errors::default(); subjects.len()];
        for at in 0..=rounds {
            for (number, (name, subject)) in subjects.iter_mut().enumerate() {
                self.tell(workload, &format!("{title}: {name}"));
                let length = if at == 0 { length.min(Duration::from_secs(1)) } else { length };
                let round = subject.round(length).await?;
                match at {
                    0 => warm_up[number] = round.errors,
                    _ => measured[number].push(round),
                }
                self.progress.inc(1);
            }
        }
        let ratios = ratios(compared, &subjects, &measured);
        let mut gathered = Vec::new();
        for (((name, _), rounds), warm_up) in subjects.into_iter().zip(measured).zip(warm_up) {
            let mut subject = Measured::new(name, rounds);
            subject.errors += warm_up.count;
            subject.first_error = subject.first_error.or(warm_up.first);
            gathered.push(subject);
        }
        self.add(Case { workload, title: title.to_owned(), subjects: gathered, ratios });
        Ok(())
    }

    /// Adds what was measured, and shows it.
    pub(crate) fn add(&mut self, case: Case) {
        self.progress.suspend(|| print!("{case}"));
        self.cases.push(case);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.progress.finish_and_clear();
    }
}

fn running(site: Option<&Site>, admin: Option<&(String, String)>) -> Option<Server> {
    let (site, (name, password)) = site.zip(admin)?;
    Some(Server::running(site, name, password))
}

/// The first subject's figures divided by those of each other subject, round by round.
fn ratios(compared: &[&'static str], subjects: &[NamedSubject], measured: &[Vec<Round>]) -> Vec<Ratio> {
    let value = |round: &Round, name: &str| {
        round.figures.iter().find(|figure| figure.name == name).map(|Figure { value, .. }| *value)
    };
    let mut all = subjects.iter().map(|(name, _)| name).zip(measured);
    let Some((first, ours)) = all.next() else { return Vec::new() };
    let mut ratios = Vec::new();
    for (other, theirs) in all {
        for figure in compared {
            let pairs = ours.iter().zip(theirs);
            let values = pairs.filter_map(|(our, their)| Some(value(our, figure)? / value(their, figure)?));
            let values: Vec<f64> = values.filter(|ratio| ratio.is_finite()).collect();
            ratios.extend(Ratio::new(figure, first, other, &values));
        }
    }
    ratios
}
