#!/usr/bin/env python3
"""What an update costs, against a full build of the same run. See README.md.

Generates a corpus, builds it from nothing, then again after each of a few changes; prints times as parts of the full
build's, files written, peak memory, and what the state takes on disk.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def main():
    asked = arguments()
    work = Path(tempfile.mkdtemp(prefix="live-", dir=asked.work))
    try:
        site = work / "site"
        subprocess.run([asked.corpus, site, "--articles", str(asked.articles)], check=True)
        measure(Builder(asked.heliostat.resolve(), site), asked)
    finally:
        shutil.rmtree(work)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", nargs="?", type=int, default=128_801)
    parser.add_argument("--rounds", type=int, default=3, help="times that each change is made (default 3)")
    parser.add_argument("--work", type=Path, default=ROOT / "target", help="folder for corpus and site")
    parser.add_argument("--heliostat", type=Path, default=ROOT / "target/release/heliostat")
    parser.add_argument("--corpus", type=Path, default=ROOT / "target/release/examples/corpus")
    return parser.parse_args()


class Builder:
    def __init__(self, binary, site):
        self.binary, self.site = binary, site

    def build(self):
        """Seconds, files written, files removed, peak memory in MB."""
        command = [self.binary, "build", "--offline", "--site", self.site]
        # The corpus was written a moment ago; stamps are believed of files that have rested.
        time.sleep(0.1)
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            sys.exit(f"{command} failed: {said}")
        counts = re.search(r"(\d+) files written, (\d+) unchanged, (\d+) removed", said)
        return seconds, int(counts[1]), int(counts[3]), usage.ru_maxrss / 1024


def measure(builder, asked):
    full = builder.build()
    line("full build", [full], full)
    line("nothing changed", [builder.build() for _ in range(asked.rounds)], full)
    for name, change in CHANGES.items():
        runs = []
        for turn in range(asked.rounds):
            change(builder.site, turn)
            runs.append(builder.build())
        line(name, runs, full)
    state = sum(file.stat().st_size for file in (builder.site / ".heliostat").rglob("*") if file.is_file())
    print(f"state: {state / asked.articles:.0f} bytes an article")


def line(name, runs, full):
    seconds = statistics.median(run[0] for run in runs)
    print(
        f"{name:28} {seconds:7.2f} s  1/{full[0] / seconds:<5.1f} of the full build"
        f"  {max(run[1] for run in runs):6} written {max(run[2] for run in runs):6} removed"
        f"  {max(run[3] for run in runs):6.0f} MB",
        flush=True,
    )


def article(date, number, tags, text="<p>text</p>"):
    return (
        f"---\ntitle: update {number}\ndate: {date}\ntags: [{', '.join(tags)}]\n"
        f"link: https://update.example.org/{number}\n---\n{text}\n"
    )


def newest(site, turn):
    (site / f"content/newest-{turn}.md").write_text(article(f"2024-12-30 0{turn}:00:00", turn, ["甲", "乙", "丙"]))


def edited(site, turn):
    text = article("2024-12-30 00:00:00", 0, ["甲", "乙", "丙"], f"<p>text {turn}</p>")
    (site / "content/newest-0.md").write_text(text)


def late(site, turn):
    (site / f"content/late-{turn}.md").write_text(article("2016-01-02 10:00:00", f"late-{turn}", ["甲"]))


def redated(site, turn):
    (site / "content/late-0.md").write_text(article(f"2016-01-{10 + turn} 10:00:00", "late-0", ["甲"]))


def withdrawn(site, turn):
    with (site / "site.toml").open("a") as file:
        file.write(f'\n[[withdraw]]\nurl = "https://update.example.org/late-{turn}"\nreason = "asked"\n')


def styled(site, turn):
    (site / "theme/assets").mkdir(parents=True, exist_ok=True)
    (site / "theme/assets/site.css").write_text(f"body {{ margin: {turn}px }}\n")


CHANGES = {
    "one newest article": newest,
    "its text edited": edited,
    "one of the oldest month": late,
    "that one redated": redated,
    "one withdrawn": withdrawn,

    "the style edited": styled,
}

if __name__ == "__main__":
    main()
