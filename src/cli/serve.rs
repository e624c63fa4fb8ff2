//! `heliostat serve`.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use clap::Args;

use super::watch::{keep_building, open};
use super::{Invocation, SiteArguments, terminal};
use crate::config::{Overrides, STATE_FOLDER};
use crate::diagnostics::{Code, Diagnostic};
use crate::disk::Durability;
use crate::serve::server::{self, Site};
use crate::write::Removals;

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

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> bool {
    let place = invocation.site.join(STATE_FOLDER).join(PREVIEW);
    let overrides = Overrides {
        output: Some(place.join("site")),
        state: Some(place),
        offline: !arguments.fetch,
        drafts: arguments.site.drafts,
        base_url: arguments.site.base_url.clone(),
        ..Overrides::default()
    };
    let Ok(mut builder) = open(invocation, overrides, (Removals::Many, Durability::Process)) else { return false };
    let served = server::bind(arguments.host, arguments.port).and_then(|listener| {
        let site = Arc::new(Site::new(builder.config.output.clone(), listener.local_addr()?)?);
        Ok((listener, site))
    });
    let (listener, site) = match served {
        Ok(served) => served,
        Err(fault) => {
            let fault = Diagnostic::error(Code::Serve, format!("{} cannot be served: {fault}", arguments.host));
            terminal::show_one(fault.hint("name another port with --port"), invocation);
            return false;
        }
    };
    let (preview, url) = (Arc::clone(&site.preview), site.url());
    std::thread::spawn(move || {
        if let Err(fault) = server::run(listener, site) {
            terminal::complain(format_args!("error: the preview cannot be served: {fault}"));
            std::process::exit(1);
        }
    });
    let mut is_first = true;
    keep_building(invocation, &mut builder, &mut |built| {
        match &built.outcome {
            Some(outcome) => preview.built(outcome.files.changed.iter().cloned()),
            None => preview.failed(built.report.complete()),
        }
        if std::mem::take(&mut is_first) {
            terminal::say(format_args!("The preview is at {url}"));
            if arguments.open {
                open_browser(&url);
            }
        }
    })
}

fn open_browser(url: &str) {
    if let Err(fault) = open::that_detached(url) {
        terminal::complain(format_args!("no browser could be opened: {fault}"));
    }
}
