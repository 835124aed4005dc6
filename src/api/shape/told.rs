//! What apps have no fields for (polls, events, warnings, further pictures) told in the text. The author, whose
//! app puts the text into a form to edit, gets it as it was written.

use crate::community::special;
use crate::domain::extras::{AttachmentKind, Extras};
use crate::store::views::PostView;

pub(super) fn thread(body: Option<String>, view: &PostView) -> Option<String> {
    let (before, after) = special::words(&view.post, &view.more);
    let mut parts: Vec<String> = before.into_iter().chain(body).collect();
    // The first picture has a field of its own.
    parts.extend(attached(&view.more.extras, view.post.image_url.as_deref()));
    parts.extend(after);
    Some(parts.join("\n\n")).filter(|text| !text.is_empty())
}

pub(super) fn comment(content: String, extras: &Extras) -> String {
    let warning = extras
        .warning
        .as_ref()
        .map(|words| format!("**{}**", plain(words)));
    let content = Some(content).filter(|text| !text.is_empty());
    let mut parts: Vec<String> = warning.into_iter().chain(content).collect();
    parts.extend(attached(extras, None));
    parts.join("\n\n")
}

fn attached(extras: &Extras, shown: Option<&str>) -> Vec<String> {
    let others = extras.attachments.iter();
    let others = others.filter(|file| Some(file.url.as_str()) != shown);
    others
        .map(|file| {
            let alt = plain(file.alt.as_deref().unwrap_or_default());
            match file.kind {
                AttachmentKind::Picture => format!("![{alt}](<{}>)", file.url),
                _ if alt.is_empty() => format!("<{}>", file.url),
                _ => format!("[{alt}](<{}>)", file.url),
            }
        })
        .collect()
}

/// Within brackets or asterisks.
fn plain(text: &str) -> String {
    text.replace(['[', ']', '*', '\\'], " ")
}
