//! A build that is killed, or that sources outrun: every file is whole, and the next build gives what a clean one gives.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::harness::{Site, files_below, may_mount};
use crate::mirror::{Edit, Mirror, edit};

const KILLS: u32 = 40;

fn public(site: &Site) -> BTreeMap<String, Vec<u8>> {
    files_below(&site.path().join("public"))
}

/// Starts a build and kills it after so long; says whether it was still under way.
fn kill(mirror: &Mirror, after: Duration) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_heliostat"))
        .args(["build", "--offline", "--allow-removals"])
        .current_dir(mirror.site.path())
        .env("SOURCE_DATE_EPOCH", mirror.now.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let is_under_way = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    is_under_way
}

/// More of them, on thousands of articles: `benches/live/equal.py --kill`.
#[test]
fn a_build_killed_at_any_moment_leaves_whole_files_and_the_next_makes_good() {
    let mut chance = TestRunner::deterministic();
    let mut choose = |strategy: BoxedStrategy<Edit>| strategy.new_tree(&mut chance).unwrap().current();
    let mut mirror = Mirror::new();
    for number in 0..60 {
        mirror.add(number, number);
    }
    let start = Instant::now();
    mirror.build(&mirror.site);
    let full = start.elapsed();
    let (mut killed, mut longest) = (0, full);
    for number in 0..KILLS {
        let edit = choose(if number % 3 == 0 { any::<u8>().prop_map(Edit::Template).boxed() } else { edit().boxed() });
        let before = public(&mirror.site);
        mirror.apply(&edit);
        let after = longest.mul_f64(f64::from(number * 7 % KILLS) / f64::from(KILLS));
        let is_under_way = kill(&mirror, after);
        killed += u32::from(is_under_way);
        // A build after an edit takes less than the first one, and more or less as the machine has time.
        longest = if is_under_way { longest.mul_f64(1.1).min(full) } else { longest.mul_f64(0.8) };
        let left = public(&mirror.site);
        mirror.assert_made_good(&edit);
        let after = public(&mirror.site);
        for (path, bytes) in &left {
            let is_whole = [&before, &after].iter().any(|site| site.get(path) == Some(bytes));
            assert!(is_whole, "{edit:?}: {path} is neither as before nor as after");
        }
        assert_eq!(beside(&mirror.site), Vec::<String>::new(), "{edit:?}");
    }
    assert!(killed * 4 >= KILLS, "of {KILLS} builds only {killed} were still under way");
}

/// What builds may leave beside the output folder.
fn beside(site: &Site) -> Vec<String> {
    let names = fs::read_dir(site.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".public")).collect()
}

/// A file system of 6 MB that holds the site and its state, with less and less room left while an edit is built.
#[test]
fn wherever_the_disk_fills_up_the_next_build_makes_good() {
    if !may_mount() {
        return;
    }
    let mut mirror = Mirror::new();
    for number in 0..30 {
        mirror.add(number, number);
    }
    let site = mirror.site.dir("disk");
    let script = r#"
        mount -t tmpfs -o size=6m none disk && cp -r content site.toml disk/ && cd disk &&
        "$0" build --offline > /dev/null 2>&1 || exit 3
        failed=0
        for room in 4 20 60 120 200 300 400 500 600 700 800 900 1000 1100; do
            sed -i "1s/.*/title = \"T$room\"/" site.toml
            printf -- '---\ntitle: n\ndate: 2025-03-04\n---\n<p>%s</p>' $room > content/n$room.md
            free=$(df --output=avail . | tail -1)
            head -c $(( (free - room) * 1024 )) /dev/zero > filler
            "$0" build --offline > said 2>&1 || failed=$((failed + 1))
            grep -q panicked said && exit 4
            rm filler
            "$0" build --offline > /dev/null 2>&1 || exit 5
            "$0" build --offline --force --output ../theirs > /dev/null 2>&1 || exit 6
            diff -r public ../theirs || exit 7
            rm -r ../theirs
        done
        echo $failed"#;
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_heliostat")])
        .current_dir(site.path())
        .env("SOURCE_DATE_EPOCH", "1767225600")
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let failed: u32 = String::from_utf8_lossy(&run.stdout).trim().parse().unwrap();
    assert!((3..=13).contains(&failed), "some sizes must be too small and some enough: {failed}");
}

/// As scrapers do: files are cut and written again, renamed into place, and removed, while the site is built.
#[test]
fn what_is_built_while_sources_come_go_and_grow_is_made_good_by_the_next_build() {
    let mut mirror = Mirror::new();
    for number in 0..40 {
        mirror.add(number, number);
    }
    let (content, stop) = (mirror.site.path().join("content"), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in (0_u32..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                let file = content.join(format!("{}.md", turn % 40));
                let text = format!("---\ntitle: n{turn}\ndate: 2025-01-02\ntags: [t]\n---\n<p>{}</p>", turn % 7);
                match turn % 3 {
                    0 => fs::write(&file, text).unwrap(),
                    1 => fs::rename(&file, content.join("other.md")).unwrap_or_default(),
                    _ => {
                        fs::write(content.join("part"), text).unwrap();
                        fs::rename(content.join("part"), &file).unwrap();
                    }
                }
            }
        });
        for _ in 0..10 {
            let run = mirror.site.run(&["build", "--offline", "--allow-removals"]);
            let is_outrun = run.stderr.contains("articles change faster than they are read");
            assert!(run.status == 0 || is_outrun, "{}{}", run.stdout, run.stderr);
            for (path, bytes) in public(&mirror.site) {
                assert!(!path.ends_with(".html") || bytes.ends_with(b"</html>\n"), "{path} is cut");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    mirror.assert_as_clean(&Edit::Touch(0));
}

#[test]
fn what_a_killed_build_had_begun_to_write_of_its_state_goes() {
    let site = Site::new().file("content/a.md", "---\ntitle: a\ndate: 2024-05-06\n---\ntext\n");
    site.build();
    let site =
        site.file(".heliostat/.new-Xy12", "half").file("content/b.md", "---\ntitle: b\ndate: 2024-05-07\n---\ntext\n");
    site.build();
    assert!(!site.path().join(".heliostat/.new-Xy12").exists());
}
