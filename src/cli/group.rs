//! `coppice group …`: groups made by the operator.

use clap::{Args, Subcommand};

use super::{Failure, person, with_store};
use crate::community::CommunityError;
use crate::community::groups::{self, NewGroup};
use crate::config::Settings;
use crate::domain::limits::{DisplayName, Statement};
use crate::domain::names::Name;

#[derive(Subcommand)]
pub enum Command {
    /// Make a group.
    Create(Create),
}

#[derive(Args)]
pub struct Create {
    name: String,
    /// What it is called on its page.
    #[arg(long)]
    title: String,
    /// Who coordinates it: the name of an account here.
    #[arg(long)]
    by: String,
    /// The domain statement: what the group cares about (Markdown).
    #[arg(long, default_value = "")]
    domain: String,
}

pub async fn run(settings: &Settings, Command::Create(create): Command) -> Result<(), Failure> {
    let new = NewGroup {
        name: Name::parse_as_operator(&create.name).map_err(CommunityError::name("name"))?,
        title: DisplayName::parse(&create.title).map_err(CommunityError::text("title"))?,
        domain: Statement::parse(&create.domain).map_err(CommunityError::text("domain"))?,
        rules: None,
        icon: None,
        image: None,
        posting_restricted: false,
        sensitive: false,
        visibility: crate::domain::kinds::Visibility::Public,
    };
    with_store(settings, |store| async move {
        let by = person(&store, &create.by).await?;
        let name = new.name.clone();
        store.write(move |tx| groups::create(tx, by, &new)).await?;
        let address = &store.house().address;
        println!("Group {name} is at {}", address.group(name.as_str()));
        Ok(())
    })
    .await
}
