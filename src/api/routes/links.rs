//! The one `url` that apps see and set where a thread may have a link and a picture.

use url::Url;

use super::picture;
use crate::api::errors::ApiError;
use crate::api::types::post::EditPost;
use crate::community::pictures::file_of;
use crate::community::threads::Picture;
use crate::domain::extras::ALT_MAX;
use crate::domain::house::Address;
use crate::domain::limits::WebLink;
use crate::domain::text::one_line;
use crate::store::Tx;
use crate::store::posts::PostRow;

type Linked = (Option<WebLink>, Option<Picture>);

/// An empty text is no link.
fn link(text: Option<&str>) -> Result<Option<WebLink>, ApiError> {
    let text = text.filter(|text| !text.trim().is_empty());
    let link = text.map(WebLink::parse).transpose();
    link.map_err(|_| ApiError::Named("invalid_url"))
}

/// Apps give the address of a picture as a thread's link: it is the thread's picture here.
pub fn linked(tx: &Tx<'_>, url: Option<&str>, alt: Option<&str>) -> Result<Linked, ApiError> {
    let Some(link) = link(url)? else {
        return Ok((None, None));
    };
    let url = Url::parse(link.as_str()).map_err(|_| ApiError::Named("invalid_url"))?;
    if !is_picture(&url, &tx.house.address) {
        return Ok((Some(link), None));
    }
    let alt = alt_text(alt);
    Ok((None, Some(Picture { url, alt })))
}

fn is_picture(url: &Url, here: &Address) -> bool {
    let ours = file_of(here, url.as_str()).is_some();
    let extension = url.path().rsplit_once('.').map(|(_, extension)| extension);
    let named = extension.is_some_and(|extension| {
        ["png", "jpg", "jpeg", "gif", "webp"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    });
    ours || named
}

fn alt_text(text: Option<&str>) -> Option<String> {
    let text = one_line(text.unwrap_or_default(), ALT_MAX);
    Some(text).filter(|text| !text.is_empty())
}

/// Link and picture after an edit. Apps see one `url`: the link, or else the picture, which thus
/// is what another `url` takes the place of.
pub fn after_edit(tx: &Tx<'_>, form: &EditPost, old: &PostRow) -> Result<Linked, ApiError> {
    let alt = form.alt_text.as_deref().or(old.image_alt.as_deref());
    let standing = || -> Result<Option<Picture>, ApiError> {
        let url = picture(old.image_url.as_deref())?;
        let alt = alt_text(alt);
        Ok(url.map(|url| Picture { url, alt }))
    };
    let shown = old.link.as_deref().or(old.image_url.as_deref());
    let Some(url) = form.url.as_deref().filter(|url| Some(*url) != shown) else {
        return Ok((link(old.link.as_deref())?, standing()?));
    };
    // Beside a link the picture was not what the app saw, and stays.
    let kept = match old.link {
        Some(_) => standing()?,
        None => None,
    };
    // The words on the picture before say nothing of another one.
    let (link, image) = linked(tx, Some(url), form.alt_text.as_deref())?;
    Ok((link, image.or(kept)))
}

/// A picture that an app wants shown with a link takes the place of what is there. A thread that is a
/// picture itself keeps that.
pub fn with_thumbnail(
    link: Option<&WebLink>,
    image: Option<Picture>,
    thumbnail: Option<&str>,
) -> Result<Option<Picture>, ApiError> {
    match (link, picture(thumbnail)?) {
        (Some(_), Some(url)) => Ok(Some(Picture { url, alt: None })),
        _ => Ok(image),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_picture_is_known_by_its_ending_or_by_being_one_of_ours() {
        let here = Address::new(&Url::parse("https://college.example").unwrap());
        let is = |url: &str| is_picture(&Url::parse(url).unwrap(), &here);
        assert!(is("https://elsewhere.example/a/fold.PNG?size=9"));
        assert!(is("https://elsewhere.example/fold.webp"));
        assert!(is("https://college.example/pictures/fold"));
        assert!(!is("https://elsewhere.example/pictures/fold"));
        assert!(!is("https://elsewhere.example/png"));
        assert!(!is("https://elsewhere.example/?fold.png"));
        assert!(!is("https://fold.png/"));
    }
}
