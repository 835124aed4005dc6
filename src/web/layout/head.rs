//! The head of a page: what search engines, link cards and other servers read.

use maud::{Markup, html};

use super::Page;
use crate::web::assets::address;

impl Page<'_> {
    pub(super) fn head(&self) -> Markup {
        let site = &self.frame.site.name;
        let title = if self.title == *site {
            site.clone()
        } else {
            format!("{} · {site}", self.title)
        };
        let card = self.frame.absolute("/assets/card.png");
        html! {
            head {
                (essentials(&title))
                @if self.hidden_from_search { meta name="robots" content="noindex"; }
                @if let Some(text) = &self.description { meta name="description" content=(text); }
                @if let Some(url) = &self.canonical { link rel="canonical" href=(url); }
                @if let Some(url) = &self.activity {
                    link rel="alternate" type="application/activity+json" href=(url);
                }
                @if self.embeddable { (self.embeds()) }
                @if let Some(creator) = &self.creator { meta name="fediverse:creator" content=(creator); }
                @if let Some(published) = self.published { meta property="article:published_time" content=(published); }
                meta property="og:site_name" content=(site);
                meta property="og:title" content=(self.title);
                meta property="og:type" content=(self.kind);
                @if let Some(text) = &self.description { meta property="og:description" content=(text); }
                @if let Some(url) = &self.canonical { meta property="og:url" content=(url); }
                meta property="og:image" content=(self.picture.as_ref().unwrap_or(&card));
            }
        }
    }

    /// Where sites that show links as cards ask for this page as a quotation.
    fn embeds(&self) -> Markup {
        let here = self.frame.here.split('?').next().unwrap_or_default();
        let address = |format: &str| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("url", &self.frame.absolute(here))
                .append_pair("format", format)
                .finish();
            self.frame.absolute("/oembed") + "?" + &query
        };
        html! {
            link rel="alternate" type="application/json+oembed" href=(address("json")) title=(self.title);
            link rel="alternate" type="text/xml+oembed" href=(address("xml")) title=(self.title);
        }
    }
}

/// What stands in the head of every page, with or without a database.
pub(super) fn essentials(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        title { (title) }
        meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
        meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff";
        meta name="theme-color" media="(prefers-color-scheme: dark)" content="#1c211d";
        link rel="icon" type="image/svg+xml" href=(address("logo.svg"));
        link rel="stylesheet" href=(address("style.css"));
        script src=(address("app.js")) defer {}
    }
}
