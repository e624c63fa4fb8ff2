//! Who is asked next: newest first, no host more than a few times at once, and none that rests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// After failures of so many jobs, with no answer in between, a host is not asked again in this build. One address that
/// fails whenever it is asked for says nothing of the others.
const HOST_FAILURES: usize = 3;

/// Jobs by the hosts that they wait for; a job is a number, and the lower comes first.
pub(super) struct Queue {
    hosts: Mutex<Hosts>,
    changed: Condvar,
    per_host: usize,
    until: Instant,
}

#[derive(Default)]
struct Hosts {
    by_name: BTreeMap<String, Host>,
    /// Jobs that have no answer yet.
    open: usize,
    is_stopped: bool,
}

struct Host {
    /// Those that failed there and are to be asked for again come after all others.
    waiting: BTreeSet<(Order, usize)>,
    asked: usize,
    /// The jobs that have failed there since it last answered.
    failures: BTreeSet<usize>,
    not_before: Instant,
}

/// Whether a host is asked for something for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    First,
    Again,
}

impl Host {
    fn rests(&self) -> bool {
        self.failures.len() >= HOST_FAILURES
    }
}

/// A job whose turn it is.
pub(super) struct Turn {
    pub(super) job: usize,
    pub(super) host: String,
    /// Whether its host rests: it is not to be asked.
    pub(super) rests: bool,
}

/// How a host took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It answered, be it with a refusal.
    Answered,
    /// It did not, or said that it cannot.
    Failed,
    /// It was not asked.
    NotAsked,
}

/// What becomes of a job.
#[derive(Clone, Copy)]
pub(super) enum Next<'host> {
    /// It is answered.
    Done,
    /// It waits for this host.
    At(&'host str, Duration),
}

impl Queue {
    pub(super) fn new(per_host: usize, until: Instant) -> Self {
        Self { hosts: Mutex::default(), changed: Condvar::new(), per_host, until }
    }

    /// Adds a job.
    pub(super) fn add(&self, job: usize, host: &str) {
        let mut hosts = self.lock();
        hosts.open += 1;
        hosts.host(host).waiting.insert((Order::First, job));
    }

    /// The next job; waits while none may be done. None at the end of all jobs, or of time.
    pub(super) fn take(&self) -> Option<Turn> {
        let mut hosts = self.lock();
        loop {
            let now = Instant::now();
            if hosts.open == 0 || hosts.is_stopped || now >= self.until {
                self.changed.notify_all();
                return None;
            }
            if let Some(turn) = hosts.next(self.per_host, now) {
                return Some(turn);
            }
            let soonest = hosts.by_name.values().filter(|host| !host.waiting.is_empty()).map(|host| host.not_before);
            let wake = soonest.filter(|at| *at > now).min().unwrap_or(self.until).min(self.until);
            hosts = match self.changed.wait_timeout(hosts, wake - now) {
                Ok((hosts, _)) => hosts,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// Gives out no more jobs.
    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    /// Says how the host took a job whose turn it was, and what becomes of the job.
    pub(super) fn finish(&self, turn: &Turn, manner: Manner, next: Next<'_>) {
        let mut hosts = self.lock();
        let asked = hosts.host(&turn.host);
        // One that rests was never counted.
        asked.asked -= usize::from(!turn.rests);
        match manner {
            Manner::Answered => asked.failures.clear(),
            Manner::Failed => drop(asked.failures.insert(turn.job)),
            Manner::NotAsked => {}
        }
        match next {
            Next::Done => hosts.open -= 1,
            Next::At(next, delay) => {
                let order = if next == turn.host { Order::Again } else { Order::First };
                let host = hosts.host(next);
                host.waiting.insert((order, turn.job));
                host.not_before = host.not_before.max(Instant::now() + delay);
            }
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Hosts> {
        // Each change leaves it whole.
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hosts {
    fn host(&mut self, name: &str) -> &mut Host {
        self.by_name.entry(name.to_owned()).or_insert_with(|| Host {
            waiting: BTreeSet::new(),
            asked: 0,
            failures: BTreeSet::new(),
            not_before: Instant::now(),
        })
    }

    fn next(&mut self, per_host: usize, now: Instant) -> Option<Turn> {
        let is_free = |host: &Host| host.rests() || (host.asked < per_host && host.not_before <= now);
        let free = self.by_name.iter_mut().filter(|(_, host)| is_free(host) && !host.waiting.is_empty());
        let (name, host) = free.min_by_key(|(_, host)| host.waiting.first().copied())?;
        let (_, job) = host.waiting.pop_first()?;
        let rests = host.rests();
        host.asked += usize::from(!rests);
        Some(Turn { job, host: name.clone(), rests })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_twice_at_once_newest_first_and_rests_after_three_failures() {
        let queue = Queue::new(2, Instant::now() + Duration::from_secs(5));
        for job in [3, 1, 2, 4, 5] {
            queue.add(job, "a");
        }
        queue.add(9, "b");
        let turns: Vec<Turn> = (0..3).map(|_| queue.take().unwrap()).collect();
        assert_eq!(turns.iter().map(|turn| turn.job).collect::<Vec<_>>(), [1, 2, 9], "the third of `a` waits");
        queue.finish(&turns[0], Manner::Failed, Next::Done);
        queue.finish(&turns[1], Manner::Failed, Next::Done);
        let third = queue.take().unwrap();
        assert_eq!(third.job, 3);
        queue.finish(&third, Manner::Failed, Next::At("b", Duration::ZERO));
        let turn = queue.take().unwrap();
        assert_eq!((turn.job, turn.rests), (3, false), "it goes on at another host");
        let turn = queue.take().unwrap();
        assert_eq!((turn.job, turn.rests), (4, true));
    }

    #[test]
    fn a_job_that_asks_nobody_holds_no_place() {
        let queue = Queue::new(1, Instant::now() + Duration::from_secs(5));
        for job in [1, 2] {
            queue.add(job, "a");
            let turn = queue.take().unwrap();
            assert_eq!((turn.job, turn.rests), (job, false));
            queue.finish(&turn, Manner::NotAsked, Next::Done);
        }
        assert!(queue.take().is_none());
    }
}
