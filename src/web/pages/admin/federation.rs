//! Other servers: what waits for them and from them, what went wrong, and another try.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Asked, PAGE};
use crate::app::App;
use crate::community::queue::{self, By};
use crate::domain::ids::HostId;
use crate::domain::paging::Page;
use crate::domain::time::Timestamp;
use crate::store::hosts::{self, HostQueue};
use crate::store::intake::{self, IntakeRow};
use crate::store::{StoreError, Tx};
use crate::web::components::forms::token;
use crate::web::components::{lists, thousands, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::Frame;
use crate::web::session::AdminViewer;

const PATH: &str = "/admin/federation";

pub async fn show(
    State(app): State<App>,
    _: AdminViewer,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let after = asked.after()?;
    let failures_after = asked.cursor("failures")?;
    let load = move |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let hosts = hosts::queues(tx.conn, after, PAGE)?;
        let failures = intake::failures(tx.conn, failures_after, PAGE)?;
        Ok((hosts, failures))
    };
    let (hosts, failures) = app.store.read(load).await?;
    let main = html! {
        @if hosts.items.is_empty() {
            (lists::empty("No other server is known yet", "Search for a group elsewhere by its address, or let somebody follow one of yours.", None))
        } @else {
            section.card.stack {
                h2 { "Servers" }
                (host_table(&frame, &hosts.items))
                (lists::pager(PATH, after, hosts.next))
            }
        }
        @if !failures.items.is_empty() { (failed(&frame, &failures)) }
    };
    Ok(super::page(&frame, "Federation", PATH, main))
}

fn host_table(frame: &Frame, hosts: &[HostQueue]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Servers" {
            table.data {
                thead { tr {
                    th scope="col" { "Server" } th.number scope="col" { "Out" } th.number scope="col" { "In" }
                    th.number scope="col" { "Refused" } th scope="col" { "Last heard" } th scope="col" { "State" } th scope="col" { "Queue" }
                } }
                tbody { @for queue in hosts { (host_row(frame, queue)) } }
            }
        }
    }
}

fn host_row(frame: &Frame, queue: &HostQueue) -> Markup {
    let host = &queue.host;
    let software = host.software.as_deref().unwrap_or("unknown software");
    html! {
        tr {
            th scope="row" { (host.host) small.quiet { (software) " " (host.version.as_deref().unwrap_or_default()) } }
            td.number { (thousands(queue.outgoing)) }
            td.number { (thousands(queue.incoming)) }
            td.number { (thousands(queue.failed)) }
            td { (moment(frame, host.last_heard)) }
            td {
                @if host.blocked { span.badge.bad { "Blocked" } }
                @else if let Some(since) = host.failing_since { span.badge.warm { "Failing" } small { "since " (time::ago(since, frame.now)) } }
                @else { span.badge { "Fine" } }
                @if let Some(error) = &host.last_error { small.quiet { (error) } }
            }
            td {
                @if queue.outgoing + queue.incoming + queue.failed > 0 || host.failures > 0 {
                    form.row method="post" action=(PATH) {
                        (token(&frame.csrf))
                        input type="hidden" name="host" value=(host.id);
                        button.small name="act" value="retry" { "Retry" span.hidden { " " (host.host) } }
                        button.small.danger name="act" value="drop" { "Drop" span.hidden { " " (host.host) } }
                    }
                }
            }
        }
    }
}

fn moment(frame: &Frame, time: Option<Timestamp>) -> Markup {
    html! { @if let Some(time) = time { (time::ago(time, frame.now)) } @else { "never" } }
}

fn failed(frame: &Frame, failures: &Page<IntakeRow>) -> Markup {
    html! {
        section.card.stack {
            h2 { "Received and refused" }
            p.quiet { "These came in signed and were kept, but could not be applied. Retrying a server tries them again." }
            div.scroll tabindex="0" role="region" aria-label="Received and refused" {
                table.data {
                    thead { tr { th scope="col" { "From" } th scope="col" { "Reason" } th scope="col" { "Received" } } }
                    tbody {
                        @for row in &failures.items {
                            tr {
                                td { small { (row.actor_ap_id) } small.quiet { (row.activity_ap_id) } }
                                td { (row.error.as_deref().unwrap_or_default()) }
                                td { (time::ago(row.received, frame.now)) }
                            }
                        }
                    }
                }
            }
            @if let Some(next) = failures.next { p { a.button.small href={ (PATH) "?failures=" (next) } { "Older →" } } }
        }
    }
}

pub async fn act(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let host: HostId = fields.text("host").parse().map_err(|_| Failure::BadForm)?;
    let flash = match fields.text("act") {
        "retry" => Flash::Retrying,
        "drop" => Flash::Dropped,
        _ => return Err(Failure::BadForm),
    };
    let change = move |tx: &mut Tx<'_>| {
        let by = By::Viewer(&viewer);
        if flash == Flash::Retrying {
            queue::retry(tx, by, host)
        } else {
            queue::drop(tx, by, host)
        }
    };
    app.store.write(change).await?;
    Ok(redirect(&app.settings.public_url, PATH, flash))
}
