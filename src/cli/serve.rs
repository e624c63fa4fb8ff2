//! `heliostat serve`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::SiteArguments;
use super::watch::{AT_LEAST, open, rebuild, watch};
use crate::config::{Overrides, STATE_FOLDER};
use crate::pipeline::Options;
use crate::serve::builder::Built;
use crate::serve::server::{self, Site};
use crate::write::{Durability, Removals};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The address to be bound
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// The port [default: 4000, or the next free one]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Open the preview in a browser
    #[arg(long)]
    open: bool,
    /// Fetch pictures that the store does not have
    #[arg(long)]
    fetch: bool,
    #[command(flatten)]
    site: SiteArguments,
}

/// The place of a preview, below the folder of state: nothing of it ever reaches the site.
const PREVIEW: &str = "preview";

pub(super) fn run(folder: &Path, arguments: &Arguments) -> bool {
    let place = folder.join(STATE_FOLDER).join(PREVIEW);
    let overrides = Overrides {
        output: Some(place.join("site")),
        state: Some(place),
        offline: !arguments.fetch,
        drafts: arguments.site.drafts,
        base_url: arguments.site.base_url.clone(),
    };
    let options = Options { removals: Removals::Many, durability: Durability::Process };
    let Ok(mut builder) = open(folder, overrides, options) else { return false };
    let served = server::bind(arguments.host, arguments.port).and_then(|listener| {
        let site = Arc::new(Site::new(builder.config.output.clone(), listener.local_addr()?)?);
        Ok((listener, site))
    });
    let (listener, site) = match served {
        Ok(served) => served,
        Err(fault) => {
            eprintln!("error: {} cannot be served: {fault}\n  = name another port with --port", arguments.host);
            return false;
        }
    };
    let preview = Arc::clone(&site.preview);
    let mut tell = |built: &Built| match &built.outcome {
        Some(outcome) => preview.built(outcome.files.changed.iter().cloned()),
        None => preview.failed(built.report.complete()),
    };
    let Some(mut watcher) = watch(&builder) else { return false };
    rebuild(&mut builder, None, &mut tell);
    println!("The preview is at {}", site.url());
    if arguments.open && let Err(fault) = open::that_detached(site.url()) {
        eprintln!("no browser could be opened: {fault}");
    }
    std::thread::spawn(move || {
        if let Err(fault) = server::run(listener, site) {
            eprintln!("error: the preview cannot be served: {fault}");
            std::process::exit(1);
        }
    });
    loop {
        let changes = watcher.wait(AT_LEAST);
        let begins_anew = changes.as_ref().is_some_and(|changes| changes.has_config() || watcher.is_outdated(changes));
        rebuild(&mut builder, changes.as_ref(), &mut tell);
        if begins_anew {
            let Some(renewed) = watch(&builder) else { return false };
            watcher = renewed;
        }
    }
}
