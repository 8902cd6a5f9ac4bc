//! Files of secrets: whole or not at all, for the owner only.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use data_encoding::HEXLOWER;

use crate::KeyError;

/// Writes a folder beside its place, makes it durable and renames it; one made meanwhile by another start wins.
pub(crate) fn put_folder(place: &Path, files: &[(&str, String)]) -> Result<(), KeyError> {
    let staged = beside(place)?;
    make_folder(&staged)?;
    for (name, text) in files {
        write_new(&staged.join(name), text)?;
    }
    sync_folder(&staged)?;
    if let Err(source) = fs::rename(&staged, place) {
        fs::remove_dir_all(&staged).map_err(at(&staged))?;
        let made_meanwhile = fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some());
        return if made_meanwhile { Ok(()) } else { Err(KeyError::Io { path: place.to_owned(), source }) };
    }
    place.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file beside its place, makes it durable and renames it over what was there.
pub(crate) fn put_file(place: &Path, text: &str) -> Result<(), KeyError> {
    let staged = beside(place)?;
    write_new(&staged, text)?;
    if let Err(source) = fs::rename(&staged, place) {
        fs::remove_file(&staged).map_err(at(&staged))?;
        return Err(KeyError::Io { path: place.to_owned(), source });
    }
    place.parent().map_or(Ok(()), sync_folder)
}

pub(crate) fn make_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(at(path))
}

/// Keeps every other program that changes keys waiting until the value goes.
pub(crate) fn lock(folder: &Path) -> Result<Option<fs::File>, KeyError> {
    #[cfg(unix)]
    {
        let file = fs::File::open(folder).map_err(at(folder))?;
        file.lock().map_err(at(folder))?;
        Ok(Some(file))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(None)
    }
}

pub(crate) fn read_secret<T, E: ToString>(
    path: &Path,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, KeyError> {
    refuse_readable(path, 0o600)?;
    let text = fs::read_to_string(path).map_err(at(path))?;
    parse(&text).map_err(|error| KeyError::Unreadable { path: path.to_owned(), reason: error.to_string() })
}

#[cfg(unix)]
pub(crate) fn refuse_readable(path: &Path, wanted: u32) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(at(path))?.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeyError::ReadableByOthers { path: path.to_owned(), mode, wanted })
}

/// Elsewhere the folder's access list decides, which this program does not set.
#[cfg(not(unix))]
pub(crate) fn refuse_readable(path: &Path, _wanted: u32) -> Result<(), KeyError> {
    fs::metadata(path).map(|_| ()).map_err(at(path))
}

pub(crate) fn exists(path: &Path) -> Result<bool, KeyError> {
    path.try_exists().map_err(at(path))
}

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyError + '_ {
    move |source| KeyError::Io { path: path.to_owned(), source }
}

/// A free name in the same folder, so that a rename never crosses file systems.
fn beside(place: &Path) -> Result<std::path::PathBuf, KeyError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(KeyError::Random)?;
    Ok(place.with_extension(format!("new-{}", HEXLOWER.encode(&random))))
}

fn write_new(path: &Path, text: &str) -> Result<(), KeyError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(at(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(path))
}

/// A rename lasts only when the folder that holds the name is on the disk too.
fn sync_folder(path: &Path) -> Result<(), KeyError> {
    #[cfg(unix)]
    fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(at(path))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
