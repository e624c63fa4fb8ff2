#!/usr/bin/env python3
"""From a saved file to the event that reloads its page, in a preview. See README.md."""

import argparse
import http.client
import json
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from run import ROOT, article

EDITS = 20


def main():
    asked = arguments()
    work = Path(tempfile.mkdtemp(prefix="latency-", dir=asked.work))
    try:
        site = work / "site"
        subprocess.run([asked.corpus, site, "--articles", str(asked.articles)], check=True)
        edited = site / "content/edited.md"
        edited.write_text(text(0))
        preview = subprocess.Popen(
            [asked.heliostat.resolve(), "serve", "--site", site], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            report(list(latencies(preview, edited)))
        finally:
            preview.kill()
            preview.wait()
    finally:
        shutil.rmtree(work)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", nargs="?", type=int, default=128_801)
    parser.add_argument("--work", type=Path, default=ROOT / "target", help="folder for corpus and site")
    parser.add_argument("--heliostat", type=Path, default=ROOT / "target/release/heliostat")
    parser.add_argument("--corpus", type=Path, default=ROOT / "target/release/examples/corpus")
    return parser.parse_args()


def text(turn):
    return article("2024-12-30 00:00:00", 0, ["甲", "乙", "丙"], f"<p>The text of edit {turn}.</p>")


def latencies(preview, edited):
    """Seconds from each edit to the event that reloads the page."""
    start = time.perf_counter()
    address = next(match[1] for line in preview.stdout if (match := re.search(r"http://([^/]+)/", line)))
    print(f"up after {time.perf_counter() - start:.2f} s")
    page = "2024/12/30/" + page_of(address)
    body = fetch(address, "/" + page)
    token, build = (re.search(rf'data-{name}="([^"]*)"', body)[1] for name in ("token", "build"))
    connection = http.client.HTTPConnection(address)
    connection.request("GET", "/.heliostat/events?" + urlencode({"token": token, "page": page, "build": build}))
    events = messages(connection.getresponse())
    next(events)
    for turn in range(1, EDITS + 1):
        time.sleep(0.5)
        edited.write_text(text(turn))
        saved = time.perf_counter()
        while not next(events)["reload"]:
            pass
        yield time.perf_counter() - saved
    assert f"edit {EDITS}" in fetch(address, "/" + page)


def page_of(address):
    """The file of the edited article, from the list of its day."""
    found = re.search(r'href="([^"]+)">update 0<', fetch(address, "/2024/12/30/index.html"))
    return found[1]


def fetch(address, path):
    connection = http.client.HTTPConnection(address)
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def messages(response):
    while line := response.readline():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def report(seconds):
    milliseconds = sorted(1000 * one for one in seconds)
    print(f"save to reload, {len(milliseconds)} edits: median {statistics.median(milliseconds):.1f} ms, longest {milliseconds[-1]:.1f} ms")


if __name__ == "__main__":
    main()
