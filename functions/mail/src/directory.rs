//! The transport of a machine without a mail server: one `.eml` file per letter.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::eml::is_plain_id;

/// A folder of `<id>.eml` files that any mail program opens. They hold addresses: folder 0700, files 0600.
#[derive(Debug, Clone)]
pub struct EmlDirectory {
    folder: PathBuf,
}

impl EmlDirectory {
    /// Letters go to `folder`, which is made when the first one arrives.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Writes a letter's bytes durably. A letter that lies there already is left as it is: sending twice with
    /// one id is sending once.
    pub fn write(&self, id: &str, message: &[u8]) -> io::Result<()> {
        if !is_plain_id(id) {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        let place = self.folder.join(format!("{id}.eml"));
        if place.try_exists()? {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        // A half-written file of an attempt that was cut off is simply written again.
        let staged = self.folder.join(format!(".{id}.part"));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&staged)?;
        file.write_all(message)?;
        file.sync_all()?;
        fs::rename(&staged, &place)?;
        #[cfg(unix)]
        fs::File::open(&self.folder)?.sync_all()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_one_private_file_however_often_it_is_written() {
        let town = tempfile::tempdir().unwrap();
        let folder = town.path().join("mail");
        let directory = EmlDirectory::new(&folder);
        directory.write("abc-1", b"first").unwrap();
        directory.write("abc-1", b"second attempt").unwrap();
        assert_eq!(fs::read(folder.join("abc-1.eml")).unwrap(), b"first");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join("abc-1.eml"))), (0o700, 0o600));
        }
    }

    #[test]
    fn an_attempt_that_was_cut_off_is_written_whole_the_next_time() {
        let town = tempfile::tempdir().unwrap();
        fs::write(town.path().join(".abc.part"), "half and longer than the whole").unwrap();
        EmlDirectory::new(town.path()).write("abc", b"whole").unwrap();
        assert_eq!(fs::read(town.path().join("abc.eml")).unwrap(), b"whole");
    }

    #[test]
    fn an_id_cannot_leave_the_folder() {
        let town = tempfile::tempdir().unwrap();
        for id in ["../x", "a/b", "", "."] {
            assert!(EmlDirectory::new(town.path()).write(id, b"x").is_err(), "{id:?}");
        }
        assert_eq!(fs::read_dir(town.path()).unwrap().count(), 0);
    }
}
