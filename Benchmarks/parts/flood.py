"""Many files of one company each, moved into a daemon's inbox at once: until all documents and receipts are there."""

import json
import os
import time
from statistics import median

import generate
from harness import count as names_with
from harness import ours_running, peer_running, wait
from report import seconds, spread


def run(bench, report):
    count = bench.size(10_000, 500)
    times = {"ours": [], "peer": [], "floor": []}
    told = []
    peaks = {"ours": 0, "peer": 0}
    for number in range(bench.rounds):
        root = bench.root("ours")
        places = root / "inbox/procore", root / "outbox/quickbooks", root / "outbox/results"
        taken, peak, texts = flood(bench, ours_running(bench, root), *places, count, has_texts=True)
        times["ours"].append(taken)
        told.append(texts)
        peaks["ours"] = max(peaks["ours"], peak)
        folder = bench.peer_folder("peer")
        taken, peak, _ = flood(
            bench, peer_running(bench, folder), folder / "inbox", folder / "outbox", folder / "results", count)
        times["peer"].append(taken)
        peaks["peer"] = max(peaks["peer"], peak)
        floor = bench.empty("floor")
        bench.peer("floor", "flood", floor, count)
        times["floor"].append(json.loads(bench.log.read_text().splitlines()[-1]))
        taken = ", ".join(f"{who} {each[-1]:.3f} s" for who, each in times.items())
        print(f"   round {number + 1}: {taken}", flush=True)

    ratios = [peer / ours for ours, peer in zip(times["ours"], times["peer"])]
    floors = [floor / ours for ours, floor in zip(times["ours"], times["floor"])]
    ours = f"{seconds(times['ours'])}, {count / median(times['ours']):.0f} files/s"
    report.line(
        f"{count} files at once", ours, f"watchdog, orjson, lxml, sqlite3 {seconds(times['peer'])}", spread(ratios),
        f"{peaks['ours']:.0f} / {peaks['peer']:.0f} MiB", "5.5x", median(ratios) >= 5.5)
    report.line(
        f"{count} files at once: floor", ours, f"write, sync, rename, sync {seconds(times['floor'])}", spread(floors),
        "", "1x", median(floors) >= 1)
    report.line(f"{count} files at once: until their receipts have texts too", seconds(told))


def flood(bench, daemon, inbox, outbox, results, count, has_texts=False):
    """Seconds from the first rename until everything stands there, the daemon's peak memory in MiB, and the seconds until the
    texts for people stand there as well, which are written behind the files."""
    stage = bench.empty("stage")
    warm_up, *names = generate.single_companies(stage, count + 1)
    with daemon:
        wait_for_first(stage / warm_up, inbox, outbox, results)
        os.sync()
        began = time.perf_counter()
        for name in names:
            os.rename(stage / name, inbox / name)
        wait(
            lambda: names_with(outbox, "-vendors") > count and receipts(results) > count,
            seconds=600, pause=0.05)
        taken = time.perf_counter() - began
        if has_texts:
            wait(lambda: receipts(results, ".result.txt") > count, seconds=600, pause=0.05)
        texts = time.perf_counter() - began
        peak = daemon.peak()
    bench.empty("stage").rmdir()
    return taken, peak, texts


def receipts(results, ending=".result.json"):
    """How many receipts stand there: ours are in a folder of the day."""
    return sum(names_with(folder, ending) for folder in [results, *results.glob("20*")])


def wait_for_first(file, inbox, outbox, results):
    """Drops one file and waits for its document and receipt: then the daemon is up."""
    wait(inbox.is_dir)
    time.sleep(1)
    file.rename(inbox / file.name)
    wait(lambda: names_with(outbox, "-vendors") >= 1 and receipts(results) >= 1)
    time.sleep(0.5)
