//! One other server: what is known of it, what waits, what was refused, and the ways to act on it.

use axum::extract::State;
use maud::{Markup, html};

use super::super::{Asked, Id, PAGE};
use super::federation::{PATH, RULES, ended_notice, moment, queue_buttons, refused, state};
use crate::app::App;
use crate::domain::hosts::{HostRule, SignatureForm, without_port};
use crate::domain::ids::HostId;
use crate::domain::paging::Page;
use crate::store::activities::{self, WaitingDelivery};
use crate::store::host_rules::{self, RuleRow};
use crate::store::host_signatures::{self, SignaturesRow};
use crate::store::hosts::{self, HostQueue, HostRow};
use crate::store::intake::{self, IntakeRow};
use crate::store::{StoreError, Tx};
use crate::web::components::forms::{Field, token};
use crate::web::components::{lists, thousands, time};
use crate::web::errors::Failure;
use crate::web::forms::Draft;
use crate::web::layout::Frame;
use crate::web::session::AdminViewer;

struct Known {
    queue: HostQueue,
    signatures: Option<SignaturesRow>,
    rules: Vec<RuleRow>,
    any_allowed: bool,
    waiting: Page<WaitingDelivery>,
    failures: Page<IntakeRow>,
}

pub async fn show(
    State(app): State<App>,
    _: AdminViewer,
    frame: Frame,
    Id(id): Id<HostId>,
    asked: Asked,
) -> Result<Markup, Failure> {
    let (after, failures_after) = (asked.after()?, asked.cursor("failures")?);
    let load = move |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let queue = hosts::queue_of(tx.conn, id)?;
        let name = queue.host.host.clone();
        Ok(Known {
            signatures: host_signatures::find(tx.conn, &name)?,
            rules: host_rules::about(tx.conn, &name)?,
            any_allowed: host_rules::any_allowed(tx.conn)?,
            waiting: activities::waiting_for(tx.conn, id, after, PAGE)?,
            failures: intake::failures_of(tx.conn, id, failures_after, PAGE)?,
            queue,
        })
    };
    let known = match app.store.read(load).await {
        Err(StoreError::NotFound) => return Err(Failure::NoSuchPage),
        other => other?,
    };
    let host = &known.queue.host;
    let here = format!("{PATH}/hosts/{id}");
    let main = html! {
        p { a href=(PATH) { "← All servers" } }
        (ended_notice(&asked))
        section.card.stack {
            h2 { (host.host) " " (state(&frame, &known.queue)) }
            (facts(&frame, &known))
            (queue_buttons_here(&frame, &known.queue))
        }
        (policy(&frame, host, &known.rules, known.any_allowed))
        section.card.stack {
            h2 { "Waits to be sent" }
            @if known.waiting.items.is_empty() { p.quiet { "Nothing waits." } }
            @else { (waiting(&frame, &known.waiting)) }
            (lists::pager(&here, after, known.waiting.next))
        }
        section.card.stack {
            h2 { "Received and refused" }
            @if known.failures.items.is_empty() { p.quiet { "Nothing was refused, or it was dropped." } }
            @else { (refused(&frame, &known.failures, &here)) }
        }
    };
    Ok(super::page(&frame, &host.host, PATH, main))
}

fn facts(frame: &Frame, known: &Known) -> Markup {
    let host = &known.queue.host;
    let form = |form: Option<SignatureForm>| match form {
        Some(SignatureForm::Rfc9421) => "RFC 9421",
        Some(SignatureForm::Cavage) => "the older draft",
        None => "not known yet",
    };
    let signatures = known.signatures.as_ref();
    html! {
        dl.pairs {
            dt { "Software" } dd { (host.software.as_deref().unwrap_or("unknown")) " " (host.version.as_deref().unwrap_or_default()) }
            dt { "First met" } dd { (time::ago(host.created, frame.now)) }
            dt { "Last heard" } dd { (moment(frame, host.last_heard)) }
            dt { "Last delivered" } dd { (moment(frame, host.last_delivered)) }
            dt { "Takes signatures of" } dd { (form(signatures.and_then(|row| row.takes))) }
            dt { "Signs with" } dd { (form(signatures.and_then(|row| row.sends))) }
            dt { "Waits to be sent" } dd { (thousands(known.queue.outgoing)) }
            dt { "Waits to be applied" } dd { (thousands(known.queue.incoming)) }
            dt { "Failures in a row" } dd { (thousands(i64::from(host.failures))) }
            @if host.failures > 0 { dt { "Next try" } dd { (time::ago(host.next_attempt, frame.now)) } }
            @if let Some(error) = &host.last_error { dt { "Last error" } dd { (error) } }
        }
    }
}

fn queue_buttons_here(frame: &Frame, queue: &HostQueue) -> Markup {
    html! {
        @if queue.host.blocked { p.quiet { "Nothing is sent to this server or taken from it." } }
        @else {
            @if queue.host.given_up.is_some() {
                p.quiet { "It failed for a month. Nothing is queued for it until it speaks to us or answers us again, or until you retry." }
            }
            (queue_buttons(frame, queue))
        }
    }
}

fn policy(frame: &Frame, host: &HostRow, rules: &[RuleRow], any_allowed: bool) -> Markup {
    let blocks: Vec<&RuleRow> = rules
        .iter()
        .filter(|rule| rule.kind == HostRule::Blocked)
        .collect();
    let allowed = rules.iter().any(|rule| rule.kind == HostRule::Allowed);
    let draft = Draft::of([("server", without_port(&host.host).to_owned())]);
    html! {
        section.card.stack {
            h2 { "Policy" }
            @for rule in &blocks {
                p { strong { (rule.domain) } " is blocked since " (time::ago(rule.created, frame.now)) "." @if let Some(reason) = &rule.reason { " " (reason) } }
                form method="post" action=(PATH) {
                    (token(&frame.csrf))
                    input type="hidden" name="host" value=(host.id);
                    input type="hidden" name="from_page" value="on";
                    input type="hidden" name="server" value=(rule.domain);
                    button name="act" value="unblock" { "Unblock " (rule.domain) }
                }
            }
            @if any_allowed && !allowed && blocks.is_empty() {
                p { "It is shut out because it is not among the " a href=(RULES) { "allowed servers" } "." }
            }
            @if blocks.is_empty() {
                details {
                    summary { "Block this server" }
                    form.stack method="post" action=(PATH) {
                        (token(&frame.csrf))
                        input type="hidden" name="host" value=(host.id);
                        input type="hidden" name="from_page" value="on";
                        (Field::new("server", "Domain").required().max(253).hint("Its subdomains follow it.").input(&draft))
                        (Field::new("reason", "Reason").max(500).hint("For the log of moderation.").input(&draft))
                        p.quiet { "Nothing will be sent there or taken from there; what waits is dropped, and follows between here and there end. What came before stays." }
                        div { button.danger name="act" value="block" { "Block" } }
                    }
                }
            }
        }
    }
}

fn waiting(frame: &Frame, page: &Page<WaitingDelivery>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Waits to be sent" {
            table.data {
                thead { tr { th scope="col" { "Activity" } th scope="col" { "To" } th scope="col" { "Since" } } }
                tbody {
                    @for row in &page.items {
                        tr {
                            td { small { (row.ap_id) } }
                            td { small { (row.inbox_url) } }
                            td { (time::ago(row.created, frame.now)) }
                        }
                    }
                }
            }
        }
    }
}
