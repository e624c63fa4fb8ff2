//! `heliostat init`: a new site that builds, without questions; or a Jekyll site taken over.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{jekyll, terminal};
use crate::config::{FILE_NAME, OUTPUT_MARKER};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The new site's folder
    dir: PathBuf,
    /// Read title, addresses and time zone from this Jekyll site's _config.yml
    #[arg(long, value_name = "DIR")]
    from_jekyll: Option<PathBuf>,
}

/// Editors that know TOML look for this line, and check and complete site.toml by the schema that it names.
const SCHEMA_LINE: &str = "#:schema ./site.schema.json\n";
const SCHEMA_FILE: &str = "site.schema.json";

/// Where an article stands that shows how they look.
const SAMPLE: &str = "content/2024-01-01-hello.md";

const ARTICLE: &str = "---\ntitle: 第一篇文章\ndate: 2024-01-01 08:00:00 +08:00\ntags: [示例]\n---\n\n把抓取来的文章放进这个文件夹，运行 `heliostat build`，这座镜子就立起来了。\n";

pub(super) fn run(arguments: &Arguments) -> bool {
    match make(arguments) {
        Ok(notes) => {
            for note in &notes {
                terminal::say(format_args!("note: {note}"));
            }
            let first = match &arguments.from_jekyll {
                Some(_) => "do what the notes say".to_owned(),
                None if arguments.dir.join(SAMPLE).is_file() => {
                    format!("put articles into its content folder, in place of {SAMPLE},")
                }
                None => "name its articles' folders in site.toml, if they are not in content,".to_owned(),
            };
            terminal::say(format_args!(
                "{} is ready: {first} and run `heliostat build` there.",
                arguments.dir.display()
            ));
            true
        }
        Err(fault) => {
            terminal::complain(format_args!("error: {fault}"));
            false
        }
    }
}

fn make(arguments: &Arguments) -> io::Result<Vec<String>> {
    let dir = &arguments.dir;
    let site_file = dir.join(FILE_NAME);
    if site_file.exists() {
        return Err(io::Error::other(format!("{} is there already: nothing was changed", site_file.display())));
    }
    let taken_over = arguments.from_jekyll.as_ref().map(|jekyll| jekyll::site_toml(jekyll, dir)).transpose()?;
    done(dir, fs::create_dir_all(dir))?;
    let content = dir.join("content");
    if taken_over.is_none() && !content.is_dir() {
        done(&content, fs::create_dir(&content))?;
        write(&dir.join(SAMPLE), ARTICLE)?;
    }
    let (mut text, mut notes) = taken_over.unwrap_or_else(|| (include_str!("init/site.toml").to_owned(), Vec::new()));
    let output = output_in(dir);
    if output != OUTPUTS[0] {
        notes.push(format!("{} is there already: the site goes to `{output}`", OUTPUTS[0]));
        text.insert_str(0, &format!("output = \"{output}\"\n"));
    }
    write(&site_file, &format!("{SCHEMA_LINE}{text}"))?;
    write(&dir.join(SCHEMA_FILE), &crate::config::schema())?;
    ignore_what_is_made(&dir.join(".gitignore"), output)?;
    Ok(notes)
}

/// Where a site may go: the usual folder, or another where that is somebody's own, as in themes of Jekyll.
const OUTPUTS: [&str; 3] = ["public", "mirror", "heliostat"];

fn output_in(dir: &Path) -> &'static str {
    let is_empty = |folder: &Path| fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let is_free = |name: &&str| {
        let folder = dir.join(name);
        folder.join(OUTPUT_MARKER).is_file() || is_empty(&folder)
    };
    OUTPUTS.into_iter().find(is_free).unwrap_or(OUTPUTS[0])
}

/// Adds to `.gitignore` what it lacks.
fn ignore_what_is_made(path: &Path, output: &str) -> io::Result<()> {
    let mut text = if path.exists() { done(path, fs::read_to_string(path))? } else { String::new() };
    for line in [&format!("/{output}"), "/.heliostat"] {
        if !text.lines().any(|known| known.trim_matches('/') == line.trim_matches('/')) {
            text.push_str(if text.is_empty() || text.ends_with('\n') { "" } else { "\n" });
            text.push_str(line);
            text.push('\n');
        }
    }
    write(path, &text)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    done(path, fs::write(path, text))
}

/// Says of which file or folder a fault is.
fn done<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|fault| io::Error::new(fault.kind(), format!("{}: {fault}", path.display())))
}
