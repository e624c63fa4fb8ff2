#!/usr/bin/env python3
"""Our pictures and sharp's, in turns, on the same originals. See README.md."""

import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OURS = ROOT / "target/release/examples/pictures"
SIZES = [(900, 506, 12), (1600, 1067, 8), (4000, 3000, 3)]
ROUNDS = 5


def main():
    subprocess.run(["npm", "--prefix", HERE, "ci", "--no-audit", "--no-fund", "--silent"], check=True)
    work = Path(tempfile.mkdtemp(prefix="media-bench-"))
    try:
        empty = work / "empty"
        empty.mkdir()
        for codec, kind in [("jpg", "jpg"), ("webp", "png")]:
            for width, height, count in SIZES:
                originals = work / f"{codec}-{width}"
                subprocess.run([OURS, "make", originals, str(count), str(width), str(height), kind], check=True)
                compare(codec, originals, empty, work, count)
    finally:
        shutil.rmtree(work)


def compare(codec, originals, empty, work, count):
    commands = {
        "ours": lambda folder, out: [OURS, "encode", folder, out],
        "sharp": lambda folder, out: ["node", HERE / "sharp.mjs", folder, out, codec],
    }
    # What starting takes is not encoding.
    starts = {name: statistics.median(run(command(empty, work / "none"))[0] for _ in range(3)) for name, command in commands.items()}
    seconds = {name: [] for name in commands}
    peaks = {name: 0 for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            out = work / f"{originals.name}-{name}"
            shutil.rmtree(out, ignore_errors=True)
            took, peak = run(command(originals, out))
            seconds[name].append(took - starts[name])
            peaks[name] = max(peaks[name], peak)
    rates = {name: count / statistics.median(all_runs) for name, all_runs in seconds.items()}
    sizes, scores = {}, {}
    for name in commands:
        out = work / f"{originals.name}-{name}"
        sizes[name] = sum(file.stat().st_size for file in out.iterdir())
        scores[name] = float(subprocess.run([OURS, "score", originals, out], check=True, capture_output=True, text=True).stdout)
    print(
        f"{originals.name:10} ours {rates['ours']:6.2f} sharp {rates['sharp']:6.2f} pictures per CPU-second:"
        f" {rates['ours'] / rates['sharp']:.2f} times; bytes {100 * (sizes['ours'] / sizes['sharp'] - 1):+.1f} %;"
        f" SSIMULACRA2 {scores['ours']:.2f} against {scores['sharp']:.2f}; peak {peaks['ours']:.0f} MB",
        flush=True,
    )


def run(command):
    """CPU seconds and peak memory in MB."""
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "UV_THREADPOOL_SIZE": "1"}
    process = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
