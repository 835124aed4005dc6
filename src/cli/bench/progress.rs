//! How far a measurement is: a bar on a terminal, a line for each stage elsewhere; on stderr.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress(Option<ProgressBar>);

impl Progress {
    pub fn begin(stage: &str, total: usize) -> Progress {
        if !std::io::stderr().is_terminal() {
            eprintln!("{stage} ({total})");
            return Progress(None);
        }
        let bar = ProgressBar::new(total as u64).with_message(stage.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{msg:44} {bar:30} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        Progress(Some(bar))
    }

    pub fn to(&self, position: usize) {
        if let Some(bar) = &self.0 {
            bar.set_position(position as u64);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
