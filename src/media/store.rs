//! The directory of pictures: each file is named by its content, so none is ever overwritten.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};

use super::{MediaError, Picture};

/// Hexadecimal digits of the SHA-256 that name a file: 128 bits.
const NAME_DIGITS: usize = 32;

#[derive(Clone, Debug)]
pub struct MediaStore {
    root: PathBuf,
}

impl MediaStore {
    /// Makes the directory if it is missing.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, MediaError> {
        let root = directory.into();
        fs::create_dir_all(&root)?;
        Ok(MediaStore { root })
    }

    /// Keeps a picture and gives its file name. When this returns, the file is whole and on disk;
    /// a picture kept before is not written again.
    pub fn put(&self, picture: &Picture) -> Result<String, MediaError> {
        let hash = digest(&SHA256, &picture.bytes);
        let mut name = String::with_capacity(NAME_DIGITS + 4);
        for byte in &hash.as_ref()[..NAME_DIGITS / 2] {
            // Writing into a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name.push('.');
        name.push_str(picture.extension);
        let path = self.root.join(&name);
        if !path.exists() {
            let mut file = tempfile::NamedTempFile::new_in(&self.root)?;
            file.write_all(&picture.bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            sync_directory(&self.root)?;
        }
        Ok(name)
    }

    /// Removes the file of that name; one that is not there is gone already.
    pub fn remove(&self, name: &str) -> std::io::Result<()> {
        match self.path_of(name).map(fs::remove_file) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Where the file of that name lies, if it is a name this store gives: 32 hexadecimal digits
    /// and `.png` or `.jpg`. Whether the file exists is for the reader to find out.
    pub fn path_of(&self, name: &str) -> Option<PathBuf> {
        content_type_of(name).map(|_| self.root.join(name))
    }
}

/// The content type of a stored picture by its name; none for any other name.
pub fn content_type_of(name: &str) -> Option<&'static str> {
    let (stem, extension) = name.split_once('.')?;
    let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if stem.len() != NAME_DIGITS || !stem.bytes().all(hex) {
        return None;
    }
    match extension {
        "png" => Some("image/png"),
        "jpg" => Some("image/jpeg"),
        _ => None,
    }
}

/// The new name itself must survive a power cut, not only the content.
fn sync_directory(root: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(root)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(bytes: &[u8]) -> Picture {
        Picture {
            bytes: bytes.to_vec(),
            extension: "png",
            content_type: "image/png",
            width: 1,
            height: 1,
        }
    }

    #[test]
    fn a_picture_is_kept_once_under_the_hash_of_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let store = MediaStore::open(dir.path().join("a/b")).unwrap();
        let name = store.put(&picture(b"abc")).unwrap();
        assert_eq!(name, "ba7816bf8f01cfea414140de5dae2223.png");
        assert_eq!(store.put(&picture(b"abc")).unwrap(), name);
        assert_ne!(store.put(&picture(b"abd")).unwrap(), name);
        let path = store.path_of(&name).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"abc");
        assert_eq!(fs::read_dir(&store.root).unwrap().count(), 2);
    }

    #[test]
    fn names_that_leave_the_directory_or_were_never_given_have_no_path() {
        let dir = tempfile::tempdir().unwrap();
        let store = MediaStore::open(dir.path()).unwrap();
        let stem = "0123456789abcdef0123456789abcdef";
        assert!(store.path_of(&format!("{stem}.jpg")).is_some());
        for bad in [
            "",
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            &format!("../{stem}.png"),
            &format!("{stem}.png/../x"),
            &format!("{stem}.svg"),
            &format!("{stem}.html"),
            &format!("{stem}.PNG"),
            &format!("{stem}.png.html"),
            &format!("{stem}.png\0"),
            stem,
            &format!("{}.png", stem.to_uppercase()),
            &format!("{stem}0.png"),
            &format!("{}\\.png", &stem[1..]),
        ] {
            assert_eq!(store.path_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(matches!(MediaStore::open(file), Err(MediaError::Io(_))));
    }
}
