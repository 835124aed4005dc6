//! Other servers: what waits for them and from them, what went wrong, and another try.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Asked, PAGE};
use crate::app::App;
use crate::community::hosts::{self as use_cases, Outcome};
use crate::community::queue::{self, By};
use crate::community::{CommunityError, accounts::Viewer};
use crate::domain::hosts::Domain;
use crate::domain::ids::HostId;
use crate::domain::limits::Reason;
use crate::domain::paging::Page;
use crate::domain::time::Timestamp;
use crate::store::hosts::{self, HostQueue};
use crate::store::intake::{self, IntakeRow};
use crate::store::{StoreError, Tx};
use crate::web::components::forms::token;
use crate::web::components::{lists, thousands, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Fields, Posted, at};
use crate::web::layout::Frame;
use crate::web::pages::reason;
use crate::web::session::AdminViewer;

pub const PATH: &str = "/admin/federation";
pub const RULES: &str = "/admin/federation/rules";

pub async fn show(
    State(app): State<App>,
    _: AdminViewer,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let after = asked.after()?;
    let failures_after = asked.cursor("failures")?;
    let named = asked.text("q").to_owned();
    let q = named.clone();
    let load = move |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let wanted = Some(q.as_str()).filter(|q| !q.is_empty());
        let hosts = hosts::queues(tx.conn, wanted, after, PAGE)?;
        let failures = intake::failures(tx.conn, failures_after, PAGE)?;
        Ok((hosts, failures))
    };
    let (hosts, failures) = app.store.read(load).await?;
    let nothing_known = hosts.items.is_empty() && named.is_empty() && after.is_none();
    let main = html! {
        p { a.button.small href=(RULES) { "Blocked and allowed servers" } }
        @if nothing_known {
            (lists::empty("No other server is known yet", "Search for a group elsewhere by its address, or let somebody follow one of yours.", None))
        } @else {
            section.card.stack {
                h2 { "Servers" }
                form.join method="get" action=(PATH) role="search" {
                    label.hidden for="f-q" { "Name of a server" }
                    input id="f-q" name="q" type="search" value=(named) placeholder="Name of a server" maxlength="253";
                    button { "Search" }
                }
                @if hosts.items.is_empty() { p.quiet { "No server of that name is known." } }
                @else { (host_table(&frame, &hosts.items)) }
                (lists::pager(&list_address(&named), after, hosts.next))
            }
        }
        @if !failures.items.is_empty() {
            section.card.stack {
                h2 { "Received and refused" }
                p.quiet { "These came in signed and were kept, but could not be applied. Retrying a server tries them again." }
                (refused(&frame, &failures, PATH))
            }
        }
    };
    Ok(super::page(&frame, "Federation", PATH, main))
}

fn list_address(named: &str) -> String {
    match named.is_empty() {
        true => PATH.to_owned(),
        false => {
            let q: String = url::form_urlencoded::byte_serialize(named.as_bytes()).collect();
            format!("{PATH}?q={q}")
        }
    }
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
            th scope="row" { a href={ (PATH) "/hosts/" (host.id) } { (host.host) } small.quiet { (software) " " (host.version.as_deref().unwrap_or_default()) } }
            td.number { (thousands(queue.outgoing)) }
            td.number { (thousands(queue.incoming)) }
            td.number { (thousands(queue.failed)) }
            td { (moment(frame, host.last_heard)) }
            td {
                (state(frame, queue))
                @if let Some(error) = &host.last_error { small.quiet { (error) } }
            }
            td { (queue_buttons(frame, queue)) }
        }
    }
}

/// How things stand with a server, in a word.
pub fn state(frame: &Frame, queue: &HostQueue) -> Markup {
    html! {
        @if queue.host.blocked { span.badge.bad { "Shut out" } }
        @else if let Some(since) = queue.host.given_up { span.badge.bad { "Given up" } small { (time::ago(since, frame.now)) } }
        @else if let Some(since) = queue.host.failing_since { span.badge.warm { "Failing" } small { "since " (time::ago(since, frame.now)) } }
        @else { span.badge { "Fine" } }
    }
}

pub fn queue_buttons(frame: &Frame, queue: &HostQueue) -> Markup {
    let host = &queue.host;
    html! {
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

pub fn moment(frame: &Frame, time: Option<Timestamp>) -> Markup {
    html! { @if let Some(time) = time { (time::ago(time, frame.now)) } @else { "never" } }
}

/// What was received and refused, with why.
pub fn refused(frame: &Frame, failures: &Page<IntakeRow>, base: &str) -> Markup {
    html! {
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
        @if let Some(next) = failures.next { p { a.button.small href={ (base) "?failures=" (next) } { "Older →" } } }
    }
}

/// What is done to one server, from the list or from its page.
enum Act {
    Retry,
    Drop,
    Block(Domain, Option<Reason>),
    Unblock(Domain),
}

impl Act {
    fn read(fields: &Fields) -> Result<Act, Failure> {
        let domain = || Domain::parse(fields.text("server")).map_err(at("server"));
        Ok(match fields.text("act") {
            "retry" => Act::Retry,
            "drop" => Act::Drop,
            "block" => Act::Block(domain()?, reason(fields)?),
            "unblock" => Act::Unblock(domain()?),
            _ => return Err(Failure::BadForm),
        })
    }

    fn flash(&self) -> Flash {
        match self {
            Act::Retry => Flash::Retrying,
            Act::Drop => Flash::Dropped,
            Act::Block(..) | Act::Unblock(_) => Flash::RulesChanged,
        }
    }

    fn run(
        &self,
        tx: &mut Tx<'_>,
        viewer: &Viewer,
        host: HostId,
    ) -> Result<Outcome, CommunityError> {
        let by = By::Viewer(viewer);
        let nothing = |()| Outcome::default();
        match self {
            Act::Retry => queue::retry(tx, by, host).map(nothing),
            Act::Drop => queue::drop(tx, by, host).map(nothing),
            Act::Block(domain, reason) => use_cases::block(tx, by, domain, reason.as_ref()),
            Act::Unblock(domain) => use_cases::unblock(tx, by, domain),
        }
    }
}

pub async fn act(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let host: HostId = fields.text("host").parse().map_err(|_| Failure::BadForm)?;
    let act = Act::read(&fields)?;
    let flash = act.flash();
    let outcome = app
        .store
        .write(move |tx| act.run(tx, &viewer, host))
        .await?;
    let path = match fields.ticked("from_page") {
        true => format!("{PATH}/hosts/{host}{}", told(&outcome)),
        false => PATH.to_owned(),
    };
    Ok(redirect(&app.settings.public_url, &path, flash))
}

/// What else a change of the rules did, for the page that comes next.
pub fn told(outcome: &Outcome) -> String {
    match outcome.severed {
        0 => String::new(),
        ended => format!("?ended={ended}"),
    }
}

pub fn ended_notice(asked: &Asked) -> Markup {
    let ended = asked.word::<u32>("ended").unwrap_or(0);
    html! {
        @if ended > 0 {
            p.notice role="status" {
                @if ended == 1 { "One follow between here and there ended." }
                @else { (thousands(i64::from(ended))) " follows between here and there ended." }
            }
        }
    }
}
