//! The command line: what programs, shells, editors and workflows read of it.

use std::path::Path;

use crate::harness::Site;

fn faulty() -> Site {
    Site::new()
        .file("content/a,b.md", "---\ntitle: \"a \\' b\"\ndate: 2024-05-06\n---\n<p>x</p>\n")
        .file("content/e.md", "")
}

#[test]
fn faults_are_told_to_programs_a_json_object_a_line() {
    let run = faulty().run(&["build", "--offline", "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lines: Vec<serde_json::Value> = run.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<&str> = lines.iter().map(|line| line["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["empty", "front-matter"]);
    assert_eq!((&lines[1]["file"], &lines[1]["line"]), (&"content/a,b.md".into(), &2.into()));
    assert_eq!(lines[0]["severity"], "warning");
    assert!(lines[0]["hint"].as_str().unwrap().contains("delete the file"));
}

#[test]
fn a_workflow_is_told_where_to_annotate() {
    let run = faulty().run_with(&["build", "--offline"], &[("GITHUB_ACTIONS", "true")]);
    let annotations: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(annotations.len(), 2, "{}", run.stdout);
    assert!(annotations[1].starts_with("::warning title=front matter repaired,file=content/a%2Cb.md,line=2,col="));
    assert!(run.stderr.contains("warning: front matter repaired"), "people read it, too");
}

#[test]
fn no_article_commands_the_runner_of_a_workflow() {
    let site = Site::new().file("content/a.md", "---\ntitle: A\n::error file=x::pwned ##[error]pwned\n---\ntext");
    let run = site.run_with(&["build", "--offline"], &[("GITHUB_ACTIONS", "true")]);
    let said = run.stderr + &run.stdout;
    assert!(said.contains("pwned") && !said.contains("##["), "{said}");
    assert!(!said.lines().any(|line| line.trim_start().starts_with("::error")), "{said}");
}

#[test]
fn the_schema_beside_the_sample_site_is_that_of_its_configuration() {
    let schema = Site::new().run(&["schema"]).stdout;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(std::fs::read_to_string(root.join("site.schema.json")).unwrap(), schema, "run `heliostat schema`");
    let parsed: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(parsed["additionalProperties"], false);
    // Every key that the commented sample names is a property.
    let sample = std::fs::read_to_string(root.join("site.toml")).unwrap();
    for key in ["permalink", "outlet", "withdraw", "media", "static", "timezone"] {
        assert!(sample.contains(key) && parsed["properties"][key].is_object(), "{key}");
    }
}

#[test]
fn shells_and_readers_are_told_every_command() {
    let site = Site::new();
    let commands = ["build", "watch", "serve", "init", "list", "check", "completions", "man", "schema"];
    let help = site.run(&["--help"]).stdout;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = site.run(&["completions", shell]).stdout;
        assert!(commands.iter().all(|command| script.contains(command)), "{shell}");
    }
    assert_eq!(site.run(&["man", "man"]).status, 0);
    for command in commands {
        assert!(help.contains(&format!("  {command} ")), "{command}");
        let page = std::fs::read_to_string(site.path().join(format!("man/heliostat-{command}.1"))).unwrap();
        assert!(page.contains(".TH"), "{command}");
    }
}

/// What the README shows of the command line is what the command line says.
#[test]
fn the_readme_names_every_command() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let help = Site::new().run(&["--help"]).stdout;
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    for line in commands.lines().filter(|line| line.starts_with("  ") && !line.contains(" help ")) {
        let command = line.split_whitespace().next().unwrap();
        assert!(
            readme.contains(&format!("`{command}")) || readme.contains(&format!("heliostat {command}")),
            "{command}"
        );
    }
}

#[test]
fn folders_that_lie_in_each_other_are_refused() {
    for (lines, name) in [
        ("output = \"site\"\n[media]\nstore = \"site/store\"", "media.store"),
        ("output = \"content/public\"", "content"),
        ("output = \"static\"", "static"),
        ("output = \".\"", "pages"),
        ("output = \"public/../content/site\"", "content"),
        ("output = \"nowhere/../static/site\"", "static"),
        ("output = \"link/site\"", "static"),
    ] {
        let site = Site::new().config(lines).file("static/a.txt", "a").file("content/a.txt", "a");
        std::os::unix::fs::symlink("static", site.path().join("link")).unwrap();
        let run = site.run(&["build", "--offline"]);
        assert!(run.status == 1 && run.stderr.contains("lie in each other"), "{lines}: {}", run.stderr);
        assert!(run.stderr.contains(name), "{lines}: {}", run.stderr);
    }
}

#[test]
fn a_content_folder_of_two_spellings_is_one() {
    let site = Site::new()
        .config("content = [\"content\", \"./content/../content\", \"link\"]")
        .file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\ntext\n");
    std::os::unix::fs::symlink("content", site.path().join("link")).unwrap();
    assert_eq!(site.list().len(), 1);
}

#[test]
fn the_store_is_not_in_the_folder_of_state_and_an_outlets_language_is_one() {
    for (lines, said) in [
        ("[media]\nstore = \".heliostat\"", "is the folder of state, which may be deleted"),
        ("[[outlet]]\nname = \" \"", "outlet: a rule has an empty name"),
        ("[[tag]]\nname = \"\"\nwords = [\"x\"]", "tag: a rule has an empty name"),
        ("[[outlet]]\nname = \"a\"\nlanguage = \"zh\\\" x\"", "is no tag of one"),
    ] {
        let run = Site::new().config(lines).run(&["build", "--offline"]);
        assert!(run.status == 1 && run.stderr.contains(said), "{lines}: {}", run.stderr);
    }
}

#[test]
fn a_site_may_be_its_own_content_folder() {
    let site = Site::new()
        .config("content = [\".\"]")
        .file("news/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\ntext")
        .file("pages/about.md", "About")
        .file("static/old.html", "<p>old</p>");
    let output = site.path().join("public");
    for _ in 0..3 {
        let run = site.run(&["build", "--offline", "--output", output.to_str().unwrap()]);
        assert!(run.stdout.starts_with("1 article,"), "{}{}", run.stdout, run.stderr);
        site.build();
        assert_eq!(site.list().len(), 1);
    }
    assert_eq!(site.list()[0]["source"], "news/a.md");
}

#[test]
fn a_withdrawal_that_means_no_article_is_said() {
    let site = Site::new()
        .config("[[withdraw]]\nsource = \"./content/a.md\"\n[[withdraw]]\noutlet = \"nobody\"")
        .file("content/a.md", "---\ntitle: Secret\ndate: 2024-05-06\n---\ntext");
    let run = site.run(&["build", "--offline", "--strict"]);
    assert!(run.status == 1 && run.stderr.contains("outlet = \"nobody\" means no article"), "{}", run.stderr);
    assert!(!run.stderr.contains("a.md"), "{}", run.stderr);
    assert!(site.list().is_empty());
}

#[test]
fn a_filter_that_means_everything_or_nothing_is_said() {
    let article = "---\ntitle: A\ndate: 2024-05-06\nlink: https://e.example.org/a\n---\ntext";
    let with = |rule: &str| Site::new().config(rule).file("content/a.md", article).run(&["build", "--strict"]);
    let slip = with("[[include]]\noutlet = \"e.exmaple.org\"");
    assert!(slip.status == 1 && slip.stderr.contains("leave no article"), "{}", slip.stderr);
    let all = with("[[exclude]]");
    assert!(all.status == 1 && all.stderr.contains("says nothing means every article"), "{}", all.stderr);
    let reversed = with("[[include]]\nfrom = \"2030-01-01\"\nuntil = \"2019-01-01\"");
    assert!(reversed.status == 1 && reversed.stderr.contains("before it begins"), "{}", reversed.stderr);
}

#[test]
fn a_folder_that_site_toml_names_and_that_is_not_there_is_said() {
    let site = Site::new().config("static = \"statik\"\npages = \"pagse\"").file("content/a.md", "# A\n\ntext");
    let run = site.run(&["check"]);
    for (folder, key) in [("statik", "static"), ("pagse", "pages")] {
        assert!(run.stderr.contains(&format!("{folder}: there is no such folder")), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("mend `{key}` in site.toml")), "{}", run.stderr);
    }
}

#[test]
fn nothing_scraped_reaches_the_terminal_as_an_escape() {
    let site = Site::new().file("content/a.md", "---\ntitle: \"a\u{1b}]0;PWNED\u{7} \u{1b}[31mred\n---\n<p>text</p>");
    for command in ["check", "build"] {
        let run = site.run(&[command]);
        assert!(!(run.stderr + &run.stdout).contains(['\u{1b}', '\u{7}']));
    }
    let report = std::fs::read_to_string(site.path().join(".heliostat/report.txt")).unwrap();
    assert!(report.contains("PWNED") && !report.contains('\u{1b}'), "{report}");
}

#[test]
fn a_wrong_type_is_told_with_the_right_one() {
    for (line, expected, hint) in [
        ("content = \"posts\"", "expected a list", "write a list: [\"posts\"]"),
        ("[[include]]\nfrom = 2024-05-06", "type: date, expected a string", "write it in quotes: \"2024-05-06\""),
        ("[[outlet]]\nname = \"a\"\ncanonical = \"mirror\"", "expected `original` or `self`", "heliostat schema"),
    ] {
        let run = Site::new().config(line).run(&["check"]);
        assert!(run.stderr.contains(expected) && run.stderr.contains(hint), "{}", run.stderr);
    }
}

#[test]
fn check_says_which_pictures_are_nowhere() {
    let text = "---\ntitle: a\ndate: 2024-05-06\n---\n![渡轮](missing.png)\n\ntext\n";
    let site = Site::new().file("content/a.md", text);
    let run = site.run(&["check", "--strict"]);
    assert!(run.status == 1 && run.stderr.contains("missing.png"), "{}", run.stderr);
}

#[test]
fn check_writes_nothing_at_all() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\ntext");
    assert_eq!(site.run(&["check"]).status, 0);
    assert_eq!(site.run(&["list"]).status, 0);
    assert!(!site.path().join(".heliostat").exists());
}

#[test]
fn workflows_are_told_of_files_as_the_repository_has_them() {
    let site = (1..9).fold(Site::new(), |site, number| site.file(&format!("sub/content/{number}.md"), "text"));
    std::fs::copy(site.path().join("site.toml"), site.path().join("sub/site.toml")).unwrap();
    let run = site.run_with(&["--site", "sub", "check"], &[("GITHUB_ACTIONS", "true")]);
    assert!(run.stdout.contains("file=sub/content/1.md"), "{}", run.stdout);
    assert!(run.stderr.contains("content/8.md") && !run.stderr.contains("more"), "{}", run.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_is_lost_is_a_fault_and_a_closed_pipe_is_none() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\ntext");
    for arguments in [["list", "--json"], ["check", "--timings"]] {
        let command = |out: std::process::Stdio| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_heliostat"));
            command.args(arguments).current_dir(site.path()).stdout(out).output().unwrap()
        };
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let lost = command(full.into());
        assert_eq!(lost.status.code(), Some(1), "{}", String::from_utf8_lossy(&lost.stderr));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let closed = command(writer.into());
        assert_eq!(closed.status.code(), Some(0), "{}", String::from_utf8_lossy(&closed.stderr));
    }
}

/// A log's disk is full: the report in the folder of state has every fault.
#[test]
#[cfg(target_os = "linux")]
fn faults_that_nobody_can_be_told_end_no_build() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: none\n---\ntext");
    for format in ["human", "json"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_heliostat"));
        command.args(["build", "--offline", "--force", "--format", format]).current_dir(site.path()).stderr(full);
        let run = command.output().unwrap();
        assert_eq!(run.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&run.stdout).contains("1 article"));
        assert!(std::fs::read_to_string(site.path().join(".heliostat/report.txt")).unwrap().contains("content/a.md"));
    }
}

#[test]
fn a_moment_that_is_none_is_refused() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\ntext\n");
    for said in ["yesterday", "1e9", "99999999999999999"] {
        let run = site.run_with(&["build", "--offline"], &[("SOURCE_DATE_EPOCH", said)]);
        assert!(run.status == 2 && run.stderr.contains(&format!("SOURCE_DATE_EPOCH says {said:?}")), "{}", run.stderr);
    }
    assert!(!site.has_output("index.html"));
    assert_eq!(site.run_with(&["build", "--offline"], &[("SOURCE_DATE_EPOCH", "")]).status, 0);
}
