#!/usr/bin/env python3
"""A whole mirror's pictures, from an origin that plays every host. See README.md."""

import argparse
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PHOTOGRAPHS = 40


def main():
    asked = arguments()
    work = Path(tempfile.mkdtemp(prefix="media-site-", dir=asked.work))
    try:
        prove(asked, work)
    finally:
        shutil.rmtree(work)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", nargs="?", type=int, default=2000)
    parser.add_argument("--size", type=int, nargs=2, default=(900, 506), help="width and height of the pictures")
    parser.add_argument("--work", type=Path, default=ROOT / "target", help="folder for corpus and sites")
    parser.add_argument("--heliostat", type=Path, default=ROOT / "target/release/heliostat")
    parser.add_argument("--corpus", type=Path, default=ROOT / "target/release/examples/corpus")
    parser.add_argument("--pictures", type=Path, default=ROOT / "target/release/examples/pictures")
    return parser.parse_args()


def prove(asked, work):
    site = Site(asked.heliostat.resolve(), work / "site")
    subprocess.run([asked.corpus, site.folder, "--articles", str(asked.articles)], check=True)
    bare = Site(site.binary, work / "bare")
    shutil.copytree(site.folder, bare.folder)
    width, height = map(str, asked.size)
    subprocess.run([asked.pictures, "make", work / "photographs", str(PHOTOGRAPHS), width, height, "jpg"], check=True)
    origin = Origin(sorted((work / "photographs").iterdir()))
    with (site.folder / "site.toml").open("a") as settings:
        settings.write('\n[media]\nallow_private = true\ntime = "1h"\nconnections_per_host = 16\n')
        settings.write(f'[[media.rewrite]]\nfrom = "https://"\nto = "http://127.0.0.1:{origin.port}/"\n')

    took, _ = site.build()
    count_fates(site, origin)
    print(f"first build: {took:.1f} s, {len(origin.asked)} requests, {len(set(origin.asked))} originals")
    asked_for = len(origin.asked)
    whole = digests(site.output)
    site.build("--force")
    assert digests(site.output) == whole and len(origin.asked) == asked_for, "a second build asks for nothing"

    elsewhere = work / "elsewhere"
    site.run("media", "push", elsewhere)
    for lost in (site.store, site.state, site.output):
        shutil.rmtree(lost)
    origin.stop()
    site.run("media", "pull", elsewhere)
    site.build()
    assert digests(site.output) == whole, "the site from the pulled store is the same"
    print("store lost, origin off, pulled from elsewhere: the site is the same, byte for byte")

    seconds = {threads: encode_again(site, threads) for threads in (1, 2)}
    print(f"encoded anew from the store: one thread {seconds[1]:.1f} s, two {seconds[2]:.1f} s: {seconds[1] / seconds[2]:.2f} times")

    bare.build("--offline")
    unchanged = {name: statistics.median(one.build("--offline")[0] for _ in range(9)) for name, one in (("with", site), ("without", bare))}
    lines = sum(1 for _ in (site.store / "ledger.jsonl").open())
    print(
        f"unchanged build, {lines} originals in the ledger: {1000 * unchanged['with']:.0f} ms;"
        f" without pictures {1000 * unchanged['without']:.0f} ms: {1000 * (unchanged['with'] - unchanged['without']):.0f} ms more"
    )


class Site:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.store, self.state, self.output = folder / "media", folder / ".heliostat", folder / "public"

    def run(self, *arguments, threads=None):
        environment = {**os.environ, **({"RAYON_NUM_THREADS": str(threads)} if threads else {})}
        start = time.perf_counter()
        done = subprocess.run([self.binary, *arguments, "--site", self.folder], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return time.perf_counter() - start, done.stdout

    def build(self, *arguments, threads=None):
        return self.run("build", *arguments, threads=threads)


class Origin:
    """Plays every host: a photograph of its own for most addresses, for some nothing, for some a page."""

    def __init__(self, photographs):
        self.photographs = [file.read_bytes() for file in photographs]
        self.asked = []
        origin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                origin.asked.append(self.path)
                status, body = origin.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        number = int.from_bytes(hashlib.blake2b(path.encode(), digest_size=4).digest(), "big")
        if number % 20 == 0:
            return 404, b""
        if number % 20 == 1:
            return 200, b"<!DOCTYPE html><title>not here</title>"
        photograph = self.photographs[number % len(self.photographs)]
        # A comment makes each an original of its own.
        comment = b"\xff\xfe\x00\x06" + number.to_bytes(4, "big")
        return 200, photograph[:2] + comment + photograph[2:]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def count_fates(site, origin):
    """Each original is in the store, or its page has a link to it and the report a reason."""
    ledger = [json.loads(line) for line in (site.store / "ledger.jsonl").open()]
    report = (site.state / "report.txt").read_text()
    came = sum("digest" in line for line in ledger)
    lost = [line["url"] for line in ledger if "digest" not in line and f"{line['url']}: " not in report]
    assert not lost, f"unaccounted for: {lost[:5]}"
    assert "were not asked for" not in report, "all were asked for"
    assert len(set(origin.asked)) == len(origin.asked), "each was asked for once"
    pages = [page.read_text() for page in site.output.rglob("*.html")]
    hosts = {host for page in pages for host in re.findall(r'<(?:img|audio|video|source|script|link rel="stylesheet")[^>]* (?:src|href)="(https?://[^/"]+)', page)}
    assert not hosts, f"pages ask other hosts: {hosts}"
    print(f"{len(ledger)} originals: {came} came, {len(ledger) - came} are links with a reason")


def encode_again(site, threads):
    """Seconds for all variants from the originals in the store, over those of a build that finds them."""
    shutil.rmtree(site.store / "variants")
    (site.store / "index.jsonl").unlink()
    first, _ = site.build("--offline", "--force", threads=threads)
    again, _ = site.build("--offline", "--force", threads=threads)
    return first - again


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.blake2b(path.read_bytes()).digest() for path in files}


if __name__ == "__main__":
    main()
