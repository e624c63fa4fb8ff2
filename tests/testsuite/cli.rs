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
