"""Benchmarks/compare [PART...] [--small] [--check] [--rounds N] [--work FOLDER]."""

import argparse
import shutil
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from harness import Bench
from report import Report, file_system

# Each module has run(bench, report).
# First the one that what others leave disturbs most; then those that make many files: see Bench.put_aside.
PARTS = [
    "idle", "sessions", "flood", "latency", "webconnector", "commitments", "companies", "vendors", "scale", "full", "prune",
    "migration"]
MANY_FILES = ["flood", "latency", "webconnector"]
CHECKED = ["companies", "vendors", "commitments"]


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/compare", description="Measures Plumbline beside others.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS) + "; all of them by default")
    parser.add_argument("--small", action="store_true", help="about a hundredth of the records, to try the suite out")
    parser.add_argument("--check", action="store_true", help="compare what both sides write, instead of how fast")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each pair is run (5)")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="where to work; it is kept, with the dropped files")
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS or options.check and part not in CHECKED:
            parser.error(f"{part} is no part: {', '.join(CHECKED if options.check else PARTS)}")

    work = options.work or Path(tempfile.mkdtemp(prefix="plumbline-benchmarks-"))
    work.mkdir(parents=True, exist_ok=True)
    if file_system(work) == "tmpfs":
        print("The folder is in memory, where syncing costs nothing: name one on a disk with --work.", file=sys.stderr)
    bench, report = Bench(work.resolve(), options.rounds, options.small, options.check), Report()
    try:
        for part in options.parts or (CHECKED if options.check else PARTS):
            module = import_module(f"parts.{part}")
            print(f"== {part}: {module.__doc__.splitlines()[0]}", flush=True)
            began = time.monotonic()
            module.run(bench, report)
            if part not in MANY_FILES:
                bench.clear()
            print(f"   {time.monotonic() - began:.0f} s", flush=True)
        if not options.check:
            print("\n" + report.table(work, options.small))
    finally:
        if not options.work:
            shutil.rmtree(work, ignore_errors=True)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
