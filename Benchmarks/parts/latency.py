"""One file at a time for an idle daemon: from the rename into the inbox until the document is visible."""

import json
import random
import time
from statistics import median, quantiles

import generate
from arrivals import Arrivals
from harness import count as names_with
from harness import ours_running, peer_running, shell_running, wait


def run(bench, report):
    count = bench.size(200, 40)
    root, folder, shell, floor = (bench.root("ours"), *map(bench.peer_folder, ("peer", "shell", "floor")))
    ours, peak = drops(
        bench, ours_running(bench, root), root / "inbox/procore", root / "outbox/quickbooks", count)
    peer, peer_peak = drops(bench, peer_running(bench, folder), folder / "inbox", folder / "outbox", count)
    script, _ = drops(bench, shell_running(bench, shell), shell / "inbox", shell / "outbox", 40)
    generate.single_companies(floor / "inbox", count)
    bench.peer("floor", "latency", floor)
    least = json.loads(bench.log.read_text().splitlines()[-1])

    memory = f"{peak:.0f} / {peer_peak:.0f} MiB"
    half, most = shown(ours)[0], shown(ours)[2]
    report.line(
        f"latency of {count} single files", words(ours), f"watchdog, orjson, lxml, sqlite3 {words(peer)}",
        f"{shown(peer)[0] / half:.2f}x", memory, "p50 5 ms, p99 25 ms", half <= 5 and most <= 25)
    report.line(
        "latency: shell", words(ours), f"inotifywait, jq (nothing synced) {words(script)}",
        f"{shown(script)[0] / half:.2f}x")
    report.line(
        "latency: floor", words(ours), f"read, commit, write, sync, rename {words(least)}",
        f"{shown(least)[0] / half:.2f}x", "", "p50 within 1.45x of it", half <= 1.45 * shown(least)[0])


def drops(bench, daemon, inbox, outbox, count):
    """Milliseconds of each file, and the daemon's peak memory in MiB."""
    stage = bench.empty("stage")
    warm_up, *names = generate.single_companies(stage, count + 1)
    chance = random.Random(6)
    times = []
    with daemon:
        wait(outbox.is_dir)
        time.sleep(1)
        (stage / warm_up).rename(inbox / warm_up)
        wait(lambda: names_with(outbox, "vendor") >= 1)
        time.sleep(0.5)
        arrivals = Arrivals(outbox)
        for name in names:
            time.sleep(0.05 + chance.random() * 0.02)
            began = time.perf_counter()
            (stage / name).rename(inbox / name)
            arrivals.next()
            times.append((time.perf_counter() - began) * 1000)
        arrivals.close()
        peak = daemon.peak()
    bench.empty("stage").rmdir()
    return times, peak


def shown(times):
    """The 50th, 95th and 99th percentile."""
    cuts = quantiles(times, n=100, method="inclusive")
    return median(times), cuts[94], cuts[98]


def words(times):
    return "p50 {:.1f}, p95 {:.1f}, p99 {:.1f} ms".format(*shown(times))
