//! Blocked and allowed servers, one by one and as lists from elsewhere; and links nobody may post.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::Asked;
use super::federation::{PATH, RULES, ended_notice, told};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::hosts::{self, Outcome};
use crate::community::queue::By;
use crate::community::{CommunityError, links};
use crate::domain::blocklist::{Blocklist, Entry};
use crate::domain::hosts::{Domain, HostRule};
use crate::domain::limits::{REASON_MAX, Reason};
use crate::domain::links::LinkPattern;
use crate::store::host_rules::{self, RuleRow};
use crate::store::{StoreError, Tx, blocked_links};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::{thousands, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::Frame;
use crate::web::pages::reason;
use crate::web::session::AdminViewer;

struct Rules {
    blocked: Vec<RuleRow>,
    allowed: Vec<RuleRow>,
    links: String,
}

pub async fn show(
    State(app): State<App>,
    _: AdminViewer,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let rules = load(&app).await?;
    let draft = Draft::of([("links", rules.links.clone())]);
    Ok(page(&frame, &rules, &draft, &ended_notice(&asked)))
}

async fn load(app: &App) -> Result<Rules, Failure> {
    let load = |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let links = blocked_links::all(tx.conn)?;
        Ok(Rules {
            blocked: host_rules::all(tx.conn, HostRule::Blocked)?,
            allowed: host_rules::all(tx.conn, HostRule::Allowed)?,
            links: links
                .iter()
                .map(|row| format!("{}\n", row.pattern))
                .collect(),
        })
    };
    Ok(app.store.read(load).await?)
}

/// What a form of this page asks for.
enum Change {
    Block(Domain, Option<Reason>),
    Unblock(Domain),
    Allow(Domain),
    Disallow(Domain),
    Import(Vec<(Domain, Option<Reason>)>),
    Links(Vec<LinkPattern>),
}

impl Change {
    fn read(fields: &Fields) -> Result<Change, Failure> {
        let domain = |field: &'static str| Domain::parse(fields.text(field)).map_err(at(field));
        Ok(match fields.text("act") {
            "block" => Change::Block(domain("server")?, reason(fields)?),
            "unblock" => Change::Unblock(domain("listed")?),
            "allow" => Change::Allow(domain("allowed")?),
            "disallow" => Change::Disallow(domain("listed")?),
            "import" => {
                let entries = Blocklist::parse(fields.text("list")).entries;
                let pairs = entries
                    .into_iter()
                    .map(|entry| (entry.domain, entry.reason));
                Change::Import(pairs.collect())
            }
            "links" => {
                let lines = fields.text("links").lines();
                let patterns = lines.filter(|line| !line.trim().is_empty());
                let patterns: Result<_, _> = patterns.map(LinkPattern::parse).collect();
                Change::Links(patterns.map_err(at("links"))?)
            }
            _ => return Err(Failure::BadForm),
        })
    }

    fn run(&self, tx: &mut Tx<'_>, viewer: &Viewer) -> Result<Outcome, CommunityError> {
        let by = By::Viewer(viewer);
        match self {
            Change::Block(domain, reason) => hosts::block(tx, by, domain, reason.as_ref()),
            Change::Unblock(domain) => hosts::unblock(tx, by, domain),
            Change::Allow(domain) => hosts::allow(tx, by, domain, None),
            Change::Disallow(domain) => hosts::disallow(tx, by, domain),
            Change::Import(list) => hosts::block_all(tx, by, list),
            Change::Links(list) => {
                links::replace_blocked(tx, viewer, list).map(|()| Outcome::default())
            }
        }
    }
}

pub async fn act(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    if fields.text("act") == "preview" {
        let rules = load(&app).await?;
        let list = Blocklist::parse(fields.text("list"));
        return Ok(preview(&frame, &rules, &list, fields.text("list")).into_response());
    }
    match change(&app, viewer, &fields).await {
        Ok(outcome) => {
            let path = format!("{RULES}{}", told(&outcome));
            Ok(redirect(
                &app.settings.public_url,
                &path,
                Flash::RulesChanged,
            ))
        }
        Err(failure) => {
            let rules = load(&app).await?;
            let mut fields = fields;
            if fields.text("act") != "links" {
                fields.set("links", rules.links.clone());
            }
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &rules, &draft, &html! {})).into_response())
        }
    }
}

async fn change(app: &App, viewer: Viewer, fields: &Fields) -> Result<Outcome, Failure> {
    let change = Change::read(fields)?;
    Ok(app.store.write(move |tx| change.run(tx, &viewer)).await?)
}

fn page(frame: &Frame, rules: &Rules, draft: &Draft, notice: &Markup) -> Markup {
    let main = html! {
        p { a href=(PATH) { "← All servers" } }
        (notice)
        (problem(draft))
        section.card.stack {
            h2 { "Blocked servers" }
            p.quiet { "Nothing is taken from these domains or sent there, nor to what lies below them. What came before the block stays." }
            (listed(frame, &rules.blocked, "unblock", "Unblock"))
            form.stack method="post" action=(RULES) {
                (token(&frame.csrf))
                (Field::new("server", "Block a domain").required().max(253).hint("As in example.org. Follows between here and there end.").input(draft))
                (Field::new("reason", "Reason").max(REASON_MAX).input(draft))
                div { button.danger name="act" value="block" { "Block" } }
            }
        }
        section.card.stack {
            h2 { "Allowed servers" }
            p.quiet {
                @if rules.allowed.is_empty() { "The list is empty: this server talks with every server that is not blocked. With the first domain on it, it talks with the listed ones alone." }
                @else { "This server talks with these domains alone, and what lies below them. Follows of others rest." }
            }
            (listed(frame, &rules.allowed, "disallow", "Take off the list"))
            form.stack method="post" action=(RULES) {
                (token(&frame.csrf))
                (Field::new("allowed", "Allow a domain").required().max(253).input(draft))
                div { button name="act" value="allow" { "Allow" } }
            }
        }
        section.card.stack {
            h2 { "Lists from elsewhere" }
            form.stack method="post" action=(RULES) {
                (token(&frame.csrf))
                (Field::new("list", "A blocklist").required().tall().hint("Mastodon's CSV, GoToSocial's JSON, or a domain a line. You see what it would do before anything happens.").area(draft))
                div { button name="act" value="preview" { "Look at it" } }
            }
            p.row {
                "Take your own along: "
                @for (format, words) in [("csv", "CSV (Mastodon)"), ("json", "JSON (GoToSocial)"), ("txt", "plain text")] {
                    a.button.small href={ (RULES) "/export?format=" (format) } { (words) }
                }
            }
        }
        section.card.stack {
            h2 { "Links nobody may post" }
            form.stack method="post" action=(RULES) {
                (token(&frame.csrf))
                (Field::new("links", "Addresses, one a line").tall().hint("example.org, or example.org/page. What lies below follows; threads and replies with such a link are refused, from elsewhere too.").area(draft))
                div { button name="act" value="links" { "Save" } }
            }
        }
    };
    super::page(frame, "Blocked and allowed servers", PATH, main)
}

fn listed(frame: &Frame, rules: &[RuleRow], act: &str, words: &str) -> Markup {
    html! {
        @if !rules.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="Domains" {
                table.data {
                    thead { tr { th scope="col" { "Domain" } th scope="col" { "Reason" } th scope="col" { "Since" } th scope="col" { "Change" } } }
                    tbody {
                        @for rule in rules {
                            tr {
                                th scope="row" { (rule.domain) }
                                td { (rule.reason.as_deref().unwrap_or_default()) }
                                td { (time::ago(rule.created, frame.now)) }
                                td {
                                    form method="post" action=(RULES) {
                                        (token(&frame.csrf))
                                        input type="hidden" name="listed" value=(rule.domain);
                                        button.small name="act" value=(act) { (words) span.hidden { " " (rule.domain) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn preview(frame: &Frame, rules: &Rules, list: &Blocklist, text: &str) -> Markup {
    let known = |entry: &&Entry| {
        rules
            .blocked
            .iter()
            .any(|rule| rule.domain == entry.domain.as_str())
    };
    let new: Vec<&Entry> = list.entries.iter().filter(|entry| !known(entry)).collect();
    let draft = Draft::of([("list", text.to_owned())]);
    let main = html! {
        p { a href=(RULES) { "← Blocked and allowed servers" } }
        section.card.stack {
            h2 { "What this list would do" }
            p {
                "New domains that would be blocked: " (thousands(new.len() as i64)) ". Blocked already: "
                (thousands((list.entries.len() - new.len()) as i64)) ". Left out: "
                (thousands(list.skipped.len() as i64)) "."
            }
            @if !new.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="New domains" {
                    table.data {
                        thead { tr { th scope="col" { "Domain" } th scope="col" { "Reason" } } }
                        tbody { @for entry in &new { tr { th scope="row" { (entry.domain) } td { (entry.reason.as_ref().map_or("", Reason::as_str)) } } } }
                    }
                }
            }
            @if !list.skipped.is_empty() {
                h3 { "Left out" }
                ul { @for line in &list.skipped { li { code { (line.text) } " " (line.why) } } }
            }
            form.stack method="post" action=(RULES) {
                (token(&frame.csrf))
                (Field::new("list", "The list").required().tall().area(&draft))
                div.row {
                    @if !new.is_empty() { button.danger name="act" value="import" { "Block the new ones" } }
                    button name="act" value="preview" { "Look again" }
                }
            }
        }
    };
    super::page(frame, "What this list would do", PATH, main)
}

pub async fn export(
    State(app): State<App>,
    _: AdminViewer,
    asked: Asked,
) -> Result<Response, Failure> {
    let rules = load(&app).await?;
    let entries = rules.blocked.into_iter().filter_map(|rule| {
        Some(Entry {
            domain: Domain::parse(&rule.domain).ok()?,
            reason: rule.reason.as_deref().and_then(Reason::cut),
        })
    });
    let list = Blocklist {
        entries: entries.collect(),
        skipped: Vec::new(),
    };
    let (kind, name, text) = match asked.text("format") {
        "json" => ("application/json", "blocked.json", list.to_json()),
        "txt" => ("text/plain; charset=utf-8", "blocked.txt", list.to_lines()),
        _ => ("text/csv; charset=utf-8", "blocked.csv", list.to_csv()),
    };
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, text).into_response())
}
