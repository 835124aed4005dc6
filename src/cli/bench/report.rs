//! The figures, as a table for people or as JSON.

use serde::Serialize;

use super::calibrate::Yardstick;
use super::fanout::Fanout;
use super::idle::Idle;
use super::intake::Intake;
use super::pages::Pages;
use super::{Failure, failed};

#[derive(Serialize)]
pub struct Report {
    yardstick: Yardstick,
    pub idle: Option<Idle>,
    pub intake: Vec<Intake>,
    pub fanout: Option<Fanout>,
    pub pages: Vec<Pages>,
}

impl Report {
    pub fn new(yardstick: Yardstick) -> Report {
        Report {
            yardstick,
            idle: None,
            intake: Vec::new(),
            fanout: None,
            pages: Vec::new(),
        }
    }

    pub fn print(&self, json: bool) -> Result<(), Failure> {
        if json {
            let text = serde_json::to_string_pretty(self).map_err(|e| failed("the report", e))?;
            println!("{text}");
            return Ok(());
        }
        let Yardstick {
            signature_ms,
            verification_ms,
        } = self.yardstick;
        println!("RSA-2048 on this machine");
        row("one signature", format!("{signature_ms:.3} ms"));
        row("one verification", format!("{verification_ms:.3} ms"));
        if let Some(idle) = &self.idle {
            println!("Idle");
            row(
                "ready, new database",
                format!("{:.0} ms", idle.ready_after_ms),
            );
            row(
                "ready again",
                format!("{:.0} ms", idle.ready_again_after_ms),
            );
            row("memory", or_unknown(idle.memory_mib.map(mib)));
        }
        for intake in &self.intake {
            print_intake(intake, verification_ms);
        }
        if let Some(fanout) = &self.fanout {
            print_fanout(fanout, signature_ms);
        }
        for page in &self.pages {
            println!("{} of {} threads", page.path, page.threads);
            row("median time", format!("{:.2} ms", page.median_ms));
            row("size", format!("{} bytes", page.bytes));
        }
        Ok(())
    }
}

fn print_intake(intake: &Intake, verification_ms: f64) {
    match intake.announced_to {
        0 => println!("Intake of {} votes and comments", intake.activities),
        hosts => println!(
            "Intake of {} votes and comments, each announced to {hosts} hosts",
            intake.activities
        ),
    }
    row("accepted", per_second(intake.accepted_per_second));
    row("applied", per_second(intake.applied_per_second));
    if let Some(rate) = intake.announced_per_second {
        row("announced to all hosts", per_second(rate));
    }
    let cpu = intake.cpu_ms_per_activity.map(|ms| {
        let multiple = ms / verification_ms;
        format!("{ms:.3} ms of CPU = {multiple:.1} verifications")
    });
    row("server, for each", or_unknown(cpu));
    row("peak memory", or_unknown(intake.peak_memory_mib.map(mib)));
}

fn print_fanout(fanout: &Fanout, signature_ms: f64) {
    println!(
        "Fan-out of {} threads, one by one, to {} hosts",
        fanout.threads, fanout.hosts
    );
    row(
        "until all have it",
        format!("{:.3} s", fanout.median_seconds),
    );
    row("deliveries", per_second(fanout.deliveries_per_second));
    row(
        "deliveries per host and thread",
        fanout.most_deliveries_per_host.to_string(),
    );
    let cpu = fanout.cpu_ms_per_delivery.map(|ms| {
        let multiple = ms / signature_ms;
        format!("{ms:.3} ms of CPU = {multiple:.1} signatures")
    });
    row("server, for each", or_unknown(cpu));
    row("peak memory", or_unknown(fanout.peak_memory_mib.map(mib)));
}

fn row(label: &str, value: String) {
    println!("  {label:<32} {value}");
}

fn per_second(rate: f64) -> String {
    format!("{rate:.0} per second")
}

fn mib(amount: f64) -> String {
    format!("{amount:.1} MiB")
}

fn or_unknown(value: Option<String>) -> String {
    value.unwrap_or_else(|| "unknown: this system has no /proc".to_owned())
}
