//! A store copied to another place and back, by difference: a folder, or an object store.
//!
//! Originals and variants are named by their digests: what is there need not be sent, and two machines cannot write
//! different things under one name. The books are not so named; each push puts its own, merged with all that it found,
//! under the digest of its bytes, and only then removes those that it has merged: those, and no other. Two machines that push at once leave two
//! books, of which the next push makes one: nothing is lost, and no server need know conditional writes (some accept
//! them and ignore them).
//!
//! ```text
//! originals/ab/DIGEST
//! variants/ab/DIGEST.ext
//! books/DIGEST.ledger.jsonl
//! books/DIGEST.index.jsonl
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;
use url::Url;
use walkdir::WalkDir;

use super::ledger::{self, Ledger};
use super::store::{INDEX, ORIGINALS, Store, VARIANTS};
use crate::digest::Digest;
use crate::disk::write_whole;
use crate::lock::Lock;
use crate::progress::Progress;

/// Why a store was not copied, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The other place is none that is known.
    #[error("`{0}` is neither a folder nor the address of an object store (s3://, gs://, az://)")]
    Place(String),
    /// There is nothing to copy from.
    #[error("there is no such folder: {0}")]
    NotThere(String),
    /// What is there is no store.
    #[error("nothing of a store is there: no originals, no variants, no books")]
    Empty,
    /// The object store failed.
    #[error(transparent)]
    Remote(#[from] object_store::Error),
    /// The local store failed.
    #[error(transparent)]
    Local(#[from] std::io::Error),
    /// A file's bytes are not those that its name says.
    #[error("{0} is damaged: its bytes are not those of its name")]
    Damaged(String),
}

/// What was copied.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files that the other side lacked.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that it had.
    pub known: usize,
    /// Files that were not copied, for their bytes are not those of their names.
    pub damaged: Vec<String>,
}

/// Whether originals are copied too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Originals, variants and books.
    All,
    /// All but originals: what a build needs.
    Variants,
}

impl What {
    fn folders(self) -> &'static [&'static str] {
        if self == Self::All { &[ORIGINALS, VARIANTS] } else { &[VARIANTS] }
    }
}

const BOOKS: &str = "books";

/// So many files are on their way at once.
const AT_ONCE: usize = 16;

/// What another place is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is copied lies there.
    Source,
    /// It is copied there: a folder is made.
    Target,
}

/// Another place for a store.
#[derive(Clone)]
pub struct Remote {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
}

impl Remote {
    /// Opens a place: a folder, or the address of an object store, whose credentials are taken from the environment as
    /// its own tools take them (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, `GOOGLE_SERVICE_ACCOUNT`, …).
    ///
    /// # Errors
    /// If it is no such place.
    pub fn open(place: &str, side: Side) -> Result<Self, Fault> {
        match Url::parse(place) {
            // One letter before a colon is a drive.
            Ok(url) if url.scheme().len() > 1 => {
                // Whoever was first to say which cryptography is used is right: it is this one everywhere.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let environment = std::env::vars().map(|(name, value)| (name.to_ascii_lowercase(), value));
                let opened = object_store::parse_url_opts(&url, environment);
                let is_unknown =
                    |fault: &object_store::Error| matches!(fault, object_store::Error::Generic { store: "URL", .. });
                let (store, prefix) = opened.map_err(|fault| match fault {
                    fault if is_unknown(&fault) => Fault::Place(place.to_owned()),
                    fault => fault.into(),
                })?;
                Ok(Self { store: store.into(), prefix })
            }
            _ => {
                if side == Side::Target {
                    std::fs::create_dir_all(place).map_err(|_| Fault::Place(place.to_owned()))?;
                } else if !Path::new(place).is_dir() {
                    return Err(Fault::NotThere(place.to_owned()));
                }
                let store = object_store::local::LocalFileSystem::new_with_prefix(place)?;
                Ok(Self { store: Arc::new(store), prefix: Key::default() })
            }
        }
    }

    fn key(&self, name: &str) -> Result<Key, Fault> {
        let prefix = self.prefix.as_ref();
        let whole = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        Ok(Key::parse(whole).map_err(object_store::Error::from)?)
    }

    /// The names below some folders.
    async fn names(&self, folders: &[&str]) -> Result<BTreeSet<String>, Fault> {
        let prefix = self.prefix.as_ref();
        let mut names = BTreeSet::new();
        for folder in folders {
            let mut listed = self.store.list(Some(&self.key(folder)?));
            while let Some(object) = listed.next().await {
                let key = object?.location;
                let below = key.as_ref().strip_prefix(prefix).unwrap_or(key.as_ref());
                names.insert(below.trim_start_matches('/').to_owned());
            }
        }
        Ok(names)
    }

    async fn get(&self, name: &str) -> Result<impl Deref<Target = [u8]> + use<>, Fault> {
        Ok(self.store.get(&self.key(name)?).await?.bytes().await?)
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.store.put(&self.key(name)?, PutPayload::from(bytes)).await?;
        Ok(())
    }
}

/// Brings what a store holds to another place.
///
/// # Errors
/// If either side fails; what was sent before is there.
pub fn push(folder: &Path, remote: &Remote, what: What, progress: &dyn Progress) -> Result<Copied, Fault> {
    block_on(async {
        // Before the files: what a build brings meanwhile is not in them.
        let books = local_books(folder)?;
        let (ours, theirs) = (local_names(folder, what), remote.names(what.folders()).await?);
        let missing: Vec<String> = ours.difference(&theirs).cloned().collect();
        let mut copied = Copied { known: ours.len() - missing.len(), ..Copied::default() };
        progress.begin("push", missing.len());
        let send = |name: String| {
            let (path, remote) = (folder.join(&name), remote.clone());
            async move {
                let bytes = std::fs::read(path)?;
                if !is_named(&name, &bytes) {
                    return Err(Fault::Damaged(name));
                }
                let size = bytes.len() as u64;
                remote.put(&name, bytes).await.map(|()| size)
            }
        };
        copied.all(missing, send, progress).await?;
        copied.damaged.extend(push_books(books, remote).await?);
        Ok(copied)
    })
}

/// Brings what another place holds into a store.
///
/// # Errors
/// If either side fails; what came before is there.
pub fn pull(folder: &Path, remote: &Remote, what: What, progress: &dyn Progress) -> Result<Copied, Fault> {
    block_on(async {
        // Before the files, too: another machine may push meanwhile.
        let books = remote_books(remote).await?;
        let (ours, theirs) = (local_names(folder, what), remote.names(what.folders()).await?);
        let is_empty = theirs.is_empty() && books.texts.is_empty() && books.damaged.is_empty();
        if is_empty && remote.names(What::All.folders()).await?.is_empty() {
            return Err(Fault::Empty);
        }
        let missing: Vec<String> = theirs.difference(&ours).cloned().collect();
        let mut copied = Copied { known: theirs.len() - missing.len(), ..Copied::default() };
        progress.begin("pull", missing.len());
        let receive = |name: String| {
            let (path, remote) = (local_path(folder, &name), remote.clone());
            async move {
                let (path, bytes) = (path?, remote.get(&name).await?);
                if !is_named(&name, &bytes) {
                    return Err(Fault::Damaged(name));
                }
                write_whole(&path, &bytes)?;
                Ok(bytes.len() as u64)
            }
        };
        copied.all(missing, receive, progress).await?;
        // Read only now, and by nobody else until they are written: a build may have added to them meanwhile.
        let _lock = Lock::take(folder, |_| {})?;
        let (store, mut ledger) = local_books(folder)?;
        merge(&books, &store, &mut ledger)?;
        copied.damaged.extend(books.damaged);
        store.save_index()?;
        // An empty one beside originals would say that nothing is known of them, and that they may go.
        if ledger.stamp().is_some() || ledger.lines().next().is_some() || !store.has_originals() {
            ledger.save()?;
        }
        Ok(copied)
    })
}

impl Copied {
    /// Copies files, so many at once; ends with the first fault that is not one file's own.
    async fn all<F>(
        &mut self,
        names: Vec<String>,
        copy: impl Fn(String) -> F,
        progress: &dyn Progress,
    ) -> Result<(), Fault>
    where
        F: Future<Output = Result<u64, Fault>> + Send + 'static,
    {
        let mut names = names.into_iter();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < AT_ONCE {
                let Some(name) = names.next() else { break };
                under_way.spawn(copy(name));
            }
            let Some(copied) = under_way.join_next().await else { return Ok(()) };
            progress.advance(1);
            match copied.map_err(std::io::Error::other)? {
                Ok(bytes) => {
                    self.files += 1;
                    self.bytes += bytes;
                }
                Err(Fault::Damaged(name)) => self.damaged.push(name),
                Err(fault) => return Err(fault),
            }
        }
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// The names of what a store holds, as `originals/ab/DIGEST`.
fn local_names(folder: &Path, what: What) -> BTreeSet<String> {
    let walk = what.folders().iter().flat_map(|name| WalkDir::new(folder.join(name)).into_iter().flatten());
    let files = walk.filter(|entry| entry.file_type().is_file());
    let names = files.filter_map(|entry| entry.path().strip_prefix(folder).ok()?.to_str().map(str::to_owned));
    names.filter(|name| digest_in(name).is_some()).collect()
}

/// Where a name of the other side lies on ours; the other side may name what it likes.
fn local_path(folder: &Path, name: &str) -> Result<PathBuf, Fault> {
    if digest_in(name).is_none() || name.split('/').any(|part| part == "..") {
        return Err(Fault::Damaged(name.to_owned()));
    }
    Ok(folder.join(name))
}

/// The digest that a name holds.
fn digest_in(name: &str) -> Option<Digest> {
    let file = name.rsplit('/').next()?;
    Digest::parse(file.split('.').next()?)
}

/// Whether bytes are those that a name says.
pub fn is_named(name: &str, bytes: &[u8]) -> bool {
    digest_in(name) == Some(Digest::of(bytes))
}

fn local_books(folder: &Path) -> Result<(Store, Ledger), Fault> {
    Ok((Store::open(folder)?, Ledger::load(folder)?))
}

/// The books of the other side.
#[derive(Default)]
struct Books {
    /// Their texts, by name.
    texts: BTreeMap<String, String>,
    /// Those whose bytes are not those of their names: they are left where they are.
    damaged: Vec<String>,
}

async fn remote_books(remote: &Remote) -> Result<Books, Fault> {
    let mut books = Books::default();
    for name in remote.names(&[BOOKS]).await? {
        let bytes = match remote.get(&name).await {
            Ok(bytes) => bytes,
            // Another machine has just merged it into its own.
            Err(Fault::Remote(object_store::Error::NotFound { .. })) => continue,
            Err(fault) => return Err(fault),
        };
        if is_named(&name, &bytes) {
            books.texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        } else {
            books.damaged.push(name);
        }
    }
    Ok(books)
}

/// Merges every book of the other side into these.
fn merge(books: &Books, store: &Store, ledger: &mut Ledger) -> Result<(), Fault> {
    for (name, text) in &books.texts {
        if name.ends_with(INDEX) {
            store.merge(text);
        } else {
            ledger.merge(Ledger::parse(text, store.folder())?);
        }
    }
    Ok(())
}

/// Says which books of the other side are damaged.
async fn push_books((store, mut ledger): (Store, Ledger), remote: &Remote) -> Result<Vec<String>, Fault> {
    let books = remote_books(remote).await?;
    merge(&books, &store, &mut ledger)?;
    let mut names = BTreeSet::new();
    for (book, text) in [(ledger::FILE_NAME, ledger.text()?), (INDEX, store.index_text()?)] {
        let name = format!("{BOOKS}/{}.{book}", Digest::of(text.as_bytes()));
        remote.put(&name, text.into_bytes()).await?;
        names.insert(name);
    }
    for old in books.texts.keys().filter(|name| !names.contains(*name)) {
        // If another machine was quicker, it is gone.
        let _ = remote.store.delete(&remote.key(old)?).await;
    }
    Ok(books.damaged)
}
