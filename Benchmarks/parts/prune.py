"""A prune of a sync ledger that holds millions of records, while a daemon serves the root and files are dropped."""

import json
import shutil
import sqlite3
import subprocess
import time

import generate
import replicate
from arrivals import Arrivals
from harness import count as names_with
from harness import drop, ours_running, program, wait
from parts.latency import shown, words

# Everything is older than this.
DAY = "2100-01-01"


def run(bench, report):
    root = prepare(bench, bench.size(5_000_000, 20_000))
    stage = bench.empty("stage")
    names = iter(generate.single_companies(stage, 3_000))
    inbox, outbox = root / "inbox/procore", root / "outbox/quickbooks"
    times = []
    with ours_running(bench, root) as daemon:
        wait(lambda: (root / "outbox/results/status.json").exists())
        time.sleep(1)
        before = (root / "plumbline.sqlite").stat().st_size
        (stage / (first := next(names))).rename(inbox / first)
        wait(lambda: names_with(outbox, "vendor") >= 1)
        arrivals = Arrivals(outbox)
        began = time.perf_counter()
        command = [program(), "prune", "--before", DAY, "--yes", "--json", "--root", str(root)]
        prune = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while prune.poll() is None and (name := next(names, None)):
            time.sleep(0.3)
            dropped = time.perf_counter()
            (stage / name).rename(inbox / name)
            arrivals.next()
            times.append((time.perf_counter() - dropped) * 1000)
        said = json.loads(prune.communicate()[0])
        took = time.perf_counter() - began
        arrivals.close()
        peak = daemon.peak()
    after = (root / "plumbline.sqlite").stat().st_size
    report.line(
        f"prune of {said['events']} events, {said['documents']} documents, {said['files']} files",
        f"{took:.0f} s; the ledger {before / 1e6:.0f} MB, then {after / 1e6:.0f} MB", "", "", f"{peak:.0f} MiB",
        "300 s", took < 300)
    if len(times) > 3:
        report.line(
            f"latency of {len(times)} files meanwhile", words(times), "", "", "", "p50 60 ms", shown(times)[0] < 60)
    shutil.rmtree(root)


def prepare(bench, records):
    """A root with so many vendors in its ledger, of which one in a hundred is not settled, and the originals and receipts of
    the files that its ledger knows."""
    root = bench.root("pruned")
    file = bench.input(f"companies-{replicate.BASE}.json", lambda path: generate.companies(path, replicate.BASE))
    drop(file, root / "inbox/procore")
    bench.once(root)
    bench.command("sandbox", "--root", root, "--once")
    bench.once(root)
    for box in ("quickbooks", "procore"):
        for path in (root / "outbox" / box).glob("0*"):
            path.unlink()
    replicate.fill(root / "plumbline.sqlite", records)
    database = sqlite3.connect(root / "plumbline.sqlite", isolation_level=None)
    database.execute("BEGIN")
    # Copies are of before: nobody is to be told of them.
    database.execute("UPDATE fact SET value = (SELECT max(id) FROM event) WHERE name = 'fates told'")
    database.execute("DELETE FROM retelling")
    database.execute("UPDATE request SET status = 0 WHERE status IS NULL")
    database.execute("UPDATE record SET state = 'held', reason = 'Waits.' WHERE id % 100 = 0")
    known = database.execute("SELECT intake, name FROM file ORDER BY intake").fetchall()
    for number, (intake, name) in enumerate(known):
        day = f"2025-{1 + number * 12 // len(known):02}-01"
        place = f"processed/{day}/procore/file-{number}.json"
        database.execute(
            "UPDATE file SET filed_as = ?, folder = ?, finished = 2, received = ? WHERE intake = ?",
            (place, day, f"{day}T12:00:00Z", intake))
        original, results = root / "inbox" / place, root / "outbox/results" / day
        original.parent.mkdir(parents=True, exist_ok=True)
        results.mkdir(parents=True, exist_ok=True)
        original.write_bytes(b"[]\n")
        for ending in ("json", "txt"):
            (results / f"{intake:08}-{name.rpartition('/')[2]}.result.{ending}").write_bytes(b"{}\n")
    database.execute("COMMIT")
    database.close()
    return root
