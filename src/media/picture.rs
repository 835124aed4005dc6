//! Takes an uploaded picture apart and writes a new one: nothing of the file but its pixels is kept.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::MediaError;

pub(super) const MAX_BYTES: usize = 10 * 1024 * 1024;
pub(super) const MAX_PIXELS: u64 = 40_000_000;
/// No camera writes longer sides; beyond them some decoders allocate whole rows oddly.
const MAX_SIDE: u32 = 16_384;
/// `MAX_PIXELS` at four bytes, and some working space for the decoder.
const MAX_ALLOCATION: u64 = 192 * 1024 * 1024;
const JPEG_QUALITY: u8 = 85;

/// A picture that was decoded and written anew: no EXIF, no GPS, no profile, nothing appended.
#[derive(Clone, Debug)]
pub struct Picture {
    pub bytes: Vec<u8>,
    /// `png` or `jpg`.
    pub extension: &'static str,
    pub content_type: &'static str,
    /// In pixels, as stored in `bytes`.
    pub width: u32,
    pub height: u32,
}

/// What a picture is for, which decides its size. None is ever enlarged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A person's: the middle square, at most 256 × 256.
    Avatar,
    /// A group's or the site's: whole (it may be a logo), at most 256 on the long side.
    Icon,
    /// Across the head of the site's pages: whole, at most 1600 on the long side.
    Banner,
    /// Part of a post: whole, at most 1600 on the long side.
    Post,
}

/// Reads PNG, JPEG, GIF (the first frame) or WebP, told by their content and never by a name, and
/// writes JPEG for opaque photographs, PNG for what is transparent or smaller that way.
///
/// Size, sides and pixels are checked before anything is decoded. The largest pictures taken need
/// up to about 400 MB for a moment, so a caller lets few run at a time.
pub fn process(bytes: &[u8], purpose: Purpose) -> Result<Picture, MediaError> {
    if bytes.len() > MAX_BYTES {
        return Err(MediaError::TooLarge);
    }
    use ImageFormat::{Gif, Jpeg, Png, WebP};
    let Ok(format @ (Png | Jpeg | Gif | WebP)) = image::guess_format(bytes) else {
        return Err(MediaError::NotAPicture);
    };
    let (pixels, orientation) = decode(bytes, format)?;
    let mut pixels = fit(pixels, purpose);
    pixels.apply_orientation(orientation);
    if purpose == Purpose::Avatar {
        pixels = middle_square(&pixels);
    }
    encode(pixels, format).map_err(broken)
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), MediaError> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOCATION);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let many = u64::from(width) * u64::from(height) > MAX_PIXELS;
    if many || width.max(height) > MAX_SIDE || decoder.total_bytes() > MAX_ALLOCATION {
        return Err(MediaError::TooManyPixels);
    }
    // Metadata that cannot be read is no reason to refuse the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let pixels = DynamicImage::from_decoder(decoder).map_err(broken)?;
    Ok((pixels, orientation))
}

fn broken(error: ImageError) -> MediaError {
    match error {
        ImageError::Limits(_) => MediaError::TooManyPixels,
        other => MediaError::Broken(other),
    }
}

/// Shrinks to the size of the purpose. An avatar's short side counts, as the rest is cut off.
fn fit(pixels: DynamicImage, purpose: Purpose) -> DynamicImage {
    let (width, height) = (pixels.width(), pixels.height());
    let (side, target) = match purpose {
        Purpose::Avatar => (width.min(height), 256),
        Purpose::Icon => (width.max(height), 256),
        Purpose::Banner | Purpose::Post => (width.max(height), 1600),
    };
    if side <= target {
        return pixels;
    }
    let scaled = |length: u32, to: u32| {
        let length = u64::from(length) * u64::from(to) / u64::from(side);
        u32::try_from(length).unwrap_or(MAX_SIDE).max(1)
    };
    // The fine filter works in floating point: a coarse step first keeps memory small.
    let halfway = 2 * target;
    let pixels = if side > halfway {
        pixels.thumbnail_exact(scaled(width, halfway), scaled(height, halfway))
    } else {
        pixels
    };
    pixels.resize_exact(
        scaled(width, target),
        scaled(height, target),
        FilterType::CatmullRom,
    )
}

fn middle_square(pixels: &DynamicImage) -> DynamicImage {
    let (width, height) = (pixels.width(), pixels.height());
    let side = width.min(height);
    pixels.crop_imm((width - side) / 2, (height - side) / 2, side, side)
}

fn encode(pixels: DynamicImage, source: ImageFormat) -> Result<Picture, ImageError> {
    let rgba = pixels.to_rgba8();
    let (width, height) = rgba.dimensions();
    let picture = |bytes, extension, content_type| Picture {
        bytes,
        extension,
        content_type,
        width,
        height,
    };
    let transparent = rgba.pixels().any(|pixel| pixel.0[3] < 255);
    let png = |pixels: DynamicImage| {
        let mut bytes = Vec::new();
        pixels.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
        Ok::<_, ImageError>(picture(bytes, "png", "image/png"))
    };
    if transparent {
        return png(rgba.into());
    }
    let opaque = DynamicImage::from(DynamicImage::from(rgba).into_rgb8());
    let mut bytes = Vec::new();
    opaque.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
    let jpeg = picture(bytes, "jpg", "image/jpeg");
    if source == ImageFormat::Jpeg {
        return Ok(jpeg);
    }
    // Drawings and screenshots are smaller and sharper as PNG, photographs are not.
    let png = png(opaque)?;
    Ok(if png.bytes.len() <= jpeg.bytes.len() {
        png
    } else {
        jpeg
    })
}

#[cfg(test)]
mod tests;
