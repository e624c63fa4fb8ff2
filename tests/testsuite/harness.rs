//! A site in a temporary folder, the real binary run on it, and what came out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A site in a folder that vanishes with it.
pub(crate) struct Site {
    folder: tempfile::TempDir,
}

/// What a command said and whether it succeeded.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Site {
    /// An empty site with a base URL.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }.file("site.toml", "title = \"T\"\nbase_url = \"https://m.example.org\"\n").dir("content")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and its folders.
    pub(crate) fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    pub(crate) fn dir(self, path: &str) -> Self {
        fs::create_dir_all(self.path().join(path)).unwrap();
        self
    }

    /// Adds lines to `site.toml`.
    pub(crate) fn config(self, lines: &str) -> Self {
        let text = fs::read_to_string(self.path().join("site.toml")).unwrap() + lines + "\n";
        self.file("site.toml", text)
    }

    /// Runs the binary in the site's folder, at a fixed moment.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_heliostat"))
            .args(arguments)
            .current_dir(self.path())
            .env("SOURCE_DATE_EPOCH", "1767225600")
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        Run::of(&output)
    }

    /// Builds offline, and expects it to succeed.
    pub(crate) fn build(&self) -> Run {
        let run = self.run(&["build", "--offline"]);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        run
    }

    /// Reads an output file.
    pub(crate) fn output(&self, path: &str) -> String {
        let file = self.path().join("public").join(path);
        fs::read_to_string(&file)
            .unwrap_or_else(|fault| panic!("{}: {fault}; there are {:#?}", file.display(), self.outputs()))
    }

    pub(crate) fn has_output(&self, path: &str) -> bool {
        self.path().join("public").join(path).is_file()
    }

    /// The names of all output files, sorted.
    pub(crate) fn outputs(&self) -> Vec<String> {
        files_below(&self.path().join("public")).into_keys().collect()
    }

    /// The lines of `list --json`.
    pub(crate) fn list(&self) -> Vec<serde_json::Value> {
        let run = self.run(&["list", "--json"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The page of the only article.
    pub(crate) fn only_page(&self) -> String {
        let list = self.list();
        assert_eq!(list.len(), 1, "{list:#?}");
        self.output(list[0]["output"].as_str().unwrap())
    }
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Whether this machine lets anybody mount something for himself alone; containers may refuse, which is then said.
pub(crate) fn may_mount() -> bool {
    let may = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).status();
    let may = may.is_ok_and(|status| status.success());
    if !may {
        eprintln!("left out: nothing can be mounted here");
    }
    may
}

/// Every file below a folder, with its bytes.
pub(crate) fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

/// The body of an article's page.
pub(crate) fn body_of(page: &str) -> &str {
    let (_, rest) = page.split_once("<div class=\"e-content\"").unwrap();
    rest.split_once(">\n").unwrap().1.rsplit_once("</div>").unwrap().0
}

/// A numbered article, with more lines of front matter.
pub(crate) fn source(number: usize, more: &str, body: &str) -> String {
    format!(
        "---\ntitle: 渡轮停航第{number}日\ndate: 2024-01-02 08:00:00 +00:00\nlink: https://e.example.org/{number}\n{more}---\n\n{body}"
    )
}

/// Bodies, each of an article of its own, and what each became.
pub(crate) fn cleaned(ending: &str, config: &str, bodies: &[&str]) -> Vec<String> {
    let articles = bodies.iter().enumerate();
    let site = articles.fold(Site::new().config(config), |site, (number, body)| {
        site.file(&format!("content/{number:03}.{ending}"), source(number, "", body))
    });
    site.build();
    let mut list = site.list();
    list.sort_by_key(|line| line["source"].as_str().unwrap().to_owned());
    assert_eq!(list.len(), bodies.len());
    list.iter().map(|line| body_of(&site.output(line["output"].as_str().unwrap())).to_owned()).collect()
}

/// Asserts what each body becomes.
pub(crate) fn assert_cleaned(ending: &str, cases: &[(&str, &str)]) {
    let bodies: Vec<&str> = cases.iter().map(|(body, _)| *body).collect();
    let mut wrong = String::new();
    for ((body, wanted), got) in cases.iter().zip(cleaned(ending, "", &bodies)) {
        if got != *wanted {
            let _ = writeln!(wrong, "{body}\n  gave  {got}\n  not   {wanted}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
