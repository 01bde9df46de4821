"""Looks whether Plumbline has become slow, or holds more than it should.

No time is compared with a number. What is compared is processor time outside the kernel, which other programs and the file
system disturb little, with that of a fixed piece of Python (`yardstick.py`), and that for ten times the records with
that for one.
Of several rounds the least counts. A limit is twice what was seen when it was set, so that it says nothing about
compilers and machines, and much about a loop within a loop.
"""

import sys
import tempfile
from pathlib import Path

import generate
import prepared
from harness import Bench, drop

ROUNDS = 3
# What one record may cost, as a share of what the yardstick takes for one company; and the times for ten times as many.
LIMITS = {"companies": 1.8, "vendors": 1.7, "commitments": 15, "files": 20}
MOST_GROWTH = 20
# MiB that ten times the records may take beside those of one.
MOST_MEMORY = 24
YARDSTICK = 20_000


def main():
    with tempfile.TemporaryDirectory(prefix="plumbline-guard-") as work:
        bench = Bench(Path(work).resolve(), ROUNDS, False, False)
        linked = prepared.root(bench)
        kinds = {
            "companies": (4_000, lambda count: companies(bench, count)),
            "vendors": (4_000, lambda count: vendors(bench, count)),
            "commitments": (200, lambda count: orders(bench, linked, count)),
            "files": (100, lambda count: files(bench, count)),
        }
        least, yard = {}, []
        for _ in range(ROUNDS):
            yard.append(yardstick(bench).user)
            for kind, (few, run) in kinds.items():
                for count in (0, few, 10 * few):
                    found = run(count)
                    seen = least.setdefault((kind, count), found)
                    seen.user, seen.rss = min(seen.user, found.user), min(seen.rss, found.rss)
        return report(kinds, least, min(yard) / YARDSTICK)


def report(kinds, least, unit):
    """Prints what was found; 1 where it is too much."""
    failed = 0
    for kind, (few, _) in kinds.items():
        start, small, large = (least[kind, count] for count in (0, few, 10 * few))
        cost = (large.user - start.user) / (10 * few) / unit
        growth = (large.user - start.user) / max(small.user - start.user, 0.001)
        memory = large.rss - small.rss
        wrong = [
            f"{what} is more than {most}" for what, value, most in (
                (f"the cost of a record, {cost:.2f}", cost, LIMITS[kind]),
                (f"the growth for ten times as many, {growth:.1f},", growth, MOST_GROWTH),
                (f"the memory for ten times as many, {memory:.0f} MiB,", memory, MOST_MEMORY)) if value > most]
        print(f"   {'FAIL' if wrong else 'ok  '} {kind}: {cost:.2f} of the yardstick each, "
              f"{growth:.1f} times for ten times as many, {memory:+.0f} MiB", flush=True)
        for what in wrong:
            print(f"        {what}", flush=True)
        failed |= bool(wrong)
    return failed


def companies(bench, count):
    root = bench.root("ours")
    if count:
        drop(bench.input(f"companies-{count}.json", lambda path: generate.companies(path, count)),
             root / "inbox/procore")
    return bench.once(root)


def vendors(bench, count):
    root = bench.root("ours")
    if count:
        drop(bench.input(f"vendors-{count}.xml", lambda path: generate.vendor_response(path, count)),
             root / "inbox/quickbooks")
    return bench.once(root)


def orders(bench, linked, count):
    root = bench.copy(linked, "ours")
    if count:
        drop(bench.input(f"commitments-{count}.json", lambda path: prepared.commitments(path, count)),
             root / "inbox/procore")
    return bench.once(root)


def files(bench, count):
    root = bench.root("ours")
    generate.single_companies(root / "inbox/procore", count)
    return bench.once(root)


def yardstick(bench):
    folder = bench.peer_folder("yardstick")
    drop(bench.input(f"companies-{YARDSTICK}.json", lambda path: generate.companies(path, YARDSTICK)),
         folder / "inbox")
    return bench.timed([sys.executable, str(Path(__file__).with_name("yardstick.py")), str(folder)])


if __name__ == "__main__":
    sys.exit(main())
