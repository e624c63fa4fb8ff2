#!/usr/bin/env python3
"""Whether an update gives what a clean build gives, byte for byte, at scale. See README.md.

Generates a corpus, then edits it at random, builds, and compares with a clean build, again and again. With --kill each
build is first killed at a random moment: every file must then be whole, and the next build must make good.
"""

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from edits import Mirror, add, site_title

ROOT = Path(__file__).resolve().parent.parent.parent


def main():
    asked = arguments()
    work = Path(tempfile.mkdtemp(prefix="equal-", dir=asked.work))
    try:
        site = work / "site"
        subprocess.run([asked.corpus, site, "--articles", str(asked.articles)], check=True)
        prove(Builder(asked.heliostat.resolve(), work), asked)
    finally:
        shutil.rmtree(work)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", nargs="?", type=int, default=128_801)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--kill", action="store_true", help="kill each build once before it may finish")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=ROOT / "target", help="folder for corpus and sites")
    parser.add_argument("--heliostat", type=Path, default=ROOT / "target/release/heliostat")
    parser.add_argument("--corpus", type=Path, default=ROOT / "target/release/examples/corpus")
    return parser.parse_args()


def prove(builder, asked):
    chance = random.Random(asked.seed)
    mirror = Mirror(builder.site, chance)
    full = builder.build()
    mirror.edit([add])
    small, killed = builder.build(), [0, 0]
    for turn in range(asked.rounds):
        is_large = asked.kill and turn % 3 == 2
        said = mirror.edit([site_title]) if is_large else mirror.edit()
        if asked.kill:
            before = digests(builder.output)
            # Half of them in the last fifth, where files are moved.
            least = 0.8 * chance.randint(0, 1)
            killed[is_large] += builder.kill((full if is_large else small) * chance.uniform(least, 1.05))
            after = digests(builder.output)
        seconds = builder.build()
        builder.compare(said)
        if asked.kill:
            torn = [name for name, one in after.items() if one not in (before.get(name), builder.digest(name))]
            assert not torn, f"{said}: {torn[:5]} are neither as before nor as after"
        print(f"{turn + 1:4} {seconds:6.2f} s  {said}", flush=True)
    print(f"{asked.rounds} edits of {asked.articles} articles: every site equals a clean build's")
    if asked.kill:
        print(f"killed while they ran: {killed[0]} small updates, {killed[1]} that change every page")


class Builder:
    def __init__(self, binary, work):
        self.binary, self.site, self.clean = binary, work / "site", work / "clean"
        self.output, self.state, self.kept = self.site / "public", self.site / ".heliostat", self.site / ".kept"

    def start(self, *more):
        command = [self.binary, "build", "--offline", "--allow-removals", "--site", self.site, *more]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def build(self, *more):
        start, process = time.perf_counter(), self.start(*more)
        said = process.communicate()[1].decode()
        assert process.returncode == 0, said
        return time.perf_counter() - start

    def kill(self, seconds):
        """Whether it was still at work."""
        process = self.start()
        # Faults may fill the pipe; who waits for a kill does not read.
        process.stderr.close()
        time.sleep(seconds)
        process.kill()
        return process.wait() != 0

    def compare(self, said):
        """Builds the same without state into another folder."""
        self.state.rename(self.kept)
        self.build("--output", self.clean)
        shutil.rmtree(self.state)
        self.kept.rename(self.state)
        different = subprocess.run(["diff", "-rq", self.output, self.clean], capture_output=True, text=True)
        shutil.rmtree(self.clean)
        if different.returncode != 0:
            sys.exit(f"after {said}:\n{different.stdout[:2000]}")
        left = [path.name for path in self.site.iterdir() if "heliostat-" in path.name]
        assert not left, left

    def digest(self, name):
        path = self.output / name
        return hashlib.blake2b(path.read_bytes()).digest() if path.is_file() else None


def digests(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.blake2b(path.read_bytes()).digest() for path in files}


if __name__ == "__main__":
    main()
