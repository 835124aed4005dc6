//! Lanes: kinds of tests that need something of the machine. A missing one is skipped aloud, or
//! is a failure when `COPPICE_TEST_REQUIRE` (a list such as `postgres,browser`) names it.

use std::io::Write;
use std::sync::Mutex;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Sqlite,
    Postgres,
    Browser,
    /// Node.js with npm, for client libraries of others.
    Node,
    /// Documents that servers of other software sent.
    Documents,
}

/// Why a lane cannot run on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip(pub String);

static SAID: Mutex<Vec<Lane>> = Mutex::new(Vec::new());

impl Lane {
    pub fn title(self) -> &'static str {
        match self {
            Lane::Sqlite => "SQLite",
            Lane::Postgres => "PostgreSQL",
            Lane::Browser => "browser",
            Lane::Node => "Node.js",
            Lane::Documents => "real documents",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Lane::Sqlite => "sqlite",
            Lane::Postgres => "postgres",
            Lane::Browser => "browser",
            Lane::Node => "node",
            Lane::Documents => "documents",
        }
    }

    pub fn is_required_by(self, list: &str) -> bool {
        list.split(',').any(|word| word.trim() == self.word())
    }

    /// Says once per process that the lane is skipped, and panics where it is required.
    pub fn skip(self, why: &Skip) {
        let list = std::env::var("COPPICE_TEST_REQUIRE").unwrap_or_default();
        assert!(
            !self.is_required_by(&list),
            "{} lane is required by COPPICE_TEST_REQUIRE: {}",
            self.title(),
            why.0
        );
        let mut said = SAID.lock().unwrap_or_else(|e| e.into_inner());
        if !said.contains(&self) {
            said.push(self);
            // Not eprintln!, which the test runner hides for tests that pass.
            let line = format!("skipped: {} lane: {}\n", self.title(), why.0);
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}
