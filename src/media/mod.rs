//! Pictures people upload, made small and harmless, and the directory they are kept in.
//! May touch files; knows no database and no HTTP. All calls block: keep them off the async threads.

mod picture;
mod store;

pub use picture::{Picture, Purpose, process};
pub use store::{MediaStore, content_type_of};

use thiserror::Error;

/// Why a picture was not taken, as a sentence for the person who sent it.
#[derive(Debug, Error)]
pub enum MediaError {
    #[error("A picture may have at most {} MiB.", picture::MAX_BYTES / (1024 * 1024))]
    TooLarge,
    #[error("This is not a picture. PNG, JPEG, GIF and WebP are taken.")]
    NotAPicture,
    #[error("This picture has too many pixels. At most {} million are taken.", picture::MAX_PIXELS / 1_000_000)]
    TooManyPixels,
    #[error("This picture is damaged.")]
    Broken(#[source] image::ImageError),
    #[error("The picture could not be stored.")]
    Io(#[from] std::io::Error),
}
