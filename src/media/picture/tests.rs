use image::{ImageBuffer, Rgb, RgbImage, Rgba};

use super::*;

fn photo(width: u32, height: u32) -> RgbImage {
    // Noise, so that a PNG of it is larger than a JPEG.
    let mut seed = 1u32;
    ImageBuffer::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([(seed >> 24) as u8, (seed >> 16) as u8, (seed >> 8) as u8])
    })
}

fn written(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image.into();
    image
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A PNG chunk with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let mut crc = u32::MAX;
    for byte in &body {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [length.as_slice(), &body, &(!crc).to_be_bytes()].concat()
}

fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[size.as_slice(), &[8, 6, 0, 0, 0]].concat());
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &header,
        &chunk(b"IDAT", &[0; 20]),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

/// A JPEG with an EXIF block: the orientation, and a word that stands for the place it was taken.
fn jpeg_with_exif(image: RgbImage, orientation: u16) -> Vec<u8> {
    let jpeg = written(image, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend(orientation.to_le_bytes());
    exif.extend(b"\0\0\0\0\0\0GPS-SECRET");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn the_orientation_is_applied_and_the_place_is_forgotten() {
    let mut image = RgbImage::from_pixel(64, 32, Rgb([0, 0, 255]));
    for x in 0..32 {
        for y in 0..32 {
            image.put_pixel(x, y, Rgb([255, 0, 0])); // left half red
        }
    }
    // 6: to be turned a quarter clockwise, so left becomes top.
    let bytes = jpeg_with_exif(image, 6);
    assert!(contains(&bytes, b"GPS-SECRET"));
    let picture = process(&bytes, Purpose::Post).unwrap();
    assert_eq!((picture.width, picture.height), (32, 64));
    assert_eq!(picture.content_type, "image/jpeg");
    assert!(!contains(&picture.bytes, b"GPS-SECRET") && !contains(&picture.bytes, b"Exif"));
    let pixels = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
    assert!(pixels.get_pixel(16, 8).0[0] > 200 && pixels.get_pixel(16, 56).0[2] > 200);
}

#[test]
fn what_is_appended_to_a_picture_is_gone() {
    let mut bytes = written(photo(8, 8), ImageFormat::Png);
    bytes.extend(b"<script>alert(1)</script>");
    let picture = process(&bytes, Purpose::Post).unwrap();
    assert!(!contains(&picture.bytes, b"<script>"));
}

#[test]
fn pictures_that_claim_giant_sizes_are_refused_before_decoding() {
    for (width, height) in [
        (50_000, 50_000),
        (16_000, 16_000),
        (60_000, 1),
        (7_000, 6_000),
    ] {
        let result = process(&png_claiming(width, height), Purpose::Avatar);
        assert!(
            matches!(result, Err(MediaError::TooManyPixels)),
            "{width}×{height}"
        );
    }
    let mut gif = written(photo(2, 2), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    let result = process(&gif, Purpose::Avatar);
    assert!(matches!(result, Err(MediaError::TooManyPixels)));
}

#[test]
fn only_the_four_kinds_of_picture_are_taken_by_their_content() {
    for bytes in [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice(),
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"BM\0\0\0\0",
        b"II*\0",
        b"",
    ] {
        let result = process(bytes, Purpose::Post);
        assert!(matches!(result, Err(MediaError::NotAPicture)));
    }
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let picture = process(&written(photo(20, 10), format), Purpose::Post).unwrap();
        assert_eq!((picture.width, picture.height), (20, 10));
    }
}

#[test]
fn damaged_and_oversized_files_are_refused_with_a_sentence() {
    let half = written(photo(50, 50), ImageFormat::Png);
    let broken = process(&half[..half.len() / 2], Purpose::Post).unwrap_err();
    assert_eq!(broken.to_string(), "This picture is damaged.");
    let large = process(&vec![0; MAX_BYTES + 1], Purpose::Post).unwrap_err();
    assert_eq!(large.to_string(), "A picture may have at most 10 MiB.");
}

#[test]
fn each_purpose_has_its_size_and_nothing_is_enlarged() {
    let wide = written(photo(1800, 900), ImageFormat::Jpeg);
    for (purpose, size) in [
        (Purpose::Avatar, (256, 256)),
        (Purpose::Icon, (256, 128)),
        (Purpose::Post, (1600, 800)),
    ] {
        let picture = process(&wide, purpose).unwrap();
        assert_eq!((picture.width, picture.height), size, "{purpose:?}");
    }
    let small = process(&written(photo(30, 20), ImageFormat::Jpeg), Purpose::Avatar).unwrap();
    assert_eq!((small.width, small.height), (20, 20));
    let line = process(&written(photo(5000, 1), ImageFormat::Png), Purpose::Post).unwrap();
    assert_eq!((line.width, line.height), (1600, 1));
}

#[test]
fn photographs_are_written_as_jpeg_drawings_and_transparency_as_png() {
    let noisy = process(&written(photo(200, 200), ImageFormat::Png), Purpose::Post).unwrap();
    assert_eq!((noisy.extension, noisy.content_type), ("jpg", "image/jpeg"));
    let flat = RgbImage::from_pixel(200, 200, Rgb([9, 9, 9]));
    let flat = process(&written(flat, ImageFormat::Png), Purpose::Post).unwrap();
    assert_eq!((flat.extension, flat.content_type), ("png", "image/png"));
    let glass = ImageBuffer::from_pixel(20, 20, Rgba([9u8, 9, 9, 100]));
    let glass = process(&written(glass, ImageFormat::WebP), Purpose::Post).unwrap();
    assert_eq!(glass.extension, "png");
    let again = image::load_from_memory(&glass.bytes).unwrap().into_rgba8();
    assert_eq!(again.get_pixel(0, 0).0[3], 100);
}
