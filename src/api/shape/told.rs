//! What apps have no fields for (polls, events, warnings, further pictures, hashtags) told in the text. The author, whose
//! app puts the text into a form to edit, gets it as it was written.

use crate::community::special;
use crate::domain::extras::{AttachmentKind, Extras};
use crate::domain::markdown;
use crate::store::shared_messages::Beside;
use crate::store::views::PostView;

pub(super) fn thread(body: Option<String>, view: &PostView) -> Option<String> {
    let (before, after) = special::words(&view.post, &view.more);
    let mut parts: Vec<String> = before.into_iter().chain(body).collect();
    // The first picture has a field of its own.
    parts.extend(attached(&view.more.extras, view.post.image_url.as_deref()));
    parts.extend(tagged(&view.more.extras, &parts));
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
    parts.extend(tagged(extras, &parts));
    parts.join("\n\n")
}

pub(super) fn message(content: String, beside: &Beside) -> String {
    let text = comment(content, &beside.extras);
    let others: Vec<&str> = beside.also_to().iter().map(|p| p.name.as_str()).collect();
    let others =
        (!others.is_empty()).then(|| plain(&format!("Also sent to {}", others.join(", "))));
    let text = Some(text).filter(|text| !text.is_empty());
    let parts: Vec<String> = text.into_iter().chain(others).collect();
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

/// The hashtags that the text does not say.
fn tagged(extras: &Extras, text: &[String]) -> Option<String> {
    let said = markdown::hashtags(&text.join("\n\n"));
    let said: Vec<String> = said.iter().map(|tag| tag.to_lowercase()).collect();
    let unsaid = |tag: &&String| !said.contains(&tag.to_lowercase());
    let tags: Vec<String> = extras
        .hashtags
        .iter()
        .filter(unsaid)
        .map(|tag| format!("\\#{}", plain(tag)))
        .collect();
    Some(tags.join(" ")).filter(|line| !line.is_empty())
}

/// Within brackets or asterisks.
fn plain(text: &str) -> String {
    text.replace(['[', ']', '*', '\\'], " ")
}
