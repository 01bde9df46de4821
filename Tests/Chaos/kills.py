"""The daemon is killed again and again at chance moments while files arrive: each leads to one request, once."""

import json
import os
import random
import re
import subprocess
import threading
import time
from collections import Counter

from root import Root, vendors
from scenario import KILLED, Collector

# How many kills; ten times as many files arrive meanwhile.
SHORT = 20
FULL = 2_000
FILES_A_KILL = 10


class Dropper:
    """Drops files with one company each, at chance moments, ten for every life of the daemon."""

    def __init__(self, root, chance):
        self.root = root
        self.chance = chance
        self.allowed = self.dropped = 0
        self.ended = False
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.ended or self.dropped < self.allowed:
            if self.dropped < self.allowed:
                self.root.drop(vendors([self.dropped]), f"procore/v-{self.dropped:06}.json")
                self.dropped += 1
            time.sleep(self.chance.uniform(0, 0.02))

    def finish(self):
        self.ended = True
        self.thread.join()


def storm(root, dropper, chance, kills):
    """Starts and kills the daemon; how often it was killed, and how often with files in hand."""
    killed = inside = 0
    # Where none of so many met it with files in hand, a few more.
    while killed < kills or not inside and killed < 10 * kills:
        dropper.allowed += FILES_A_KILL
        daemon = root.start()
        # From before it has opened the ledger to long after it has nothing to do.
        time.sleep(chance.uniform(0.001, 0.4))
        daemon.kill()
        if daemon.wait() != KILLED:
            break
        killed += 1
        inside += bool(root.names("inbox/.claimed"))
    return killed, inside


def receipts(root):
    """The outcome of each dropped file, by name; a file with two receipts stands twice."""
    return sorted((receipt["file"], receipt["outcome"]) for receipt in root.receipts())


def long_file():
    """An export of companies that is long enough for the ledger's log to be copied while documents come into sight."""
    companies = json.loads(vendors(range(6_000)))
    for company in companies:
        company["notes"] = "Plumbline does not read this. " * 50
    return json.dumps(companies)


def kill_in_sight(root, count):
    """Runs `once` until so many documents are in sight, and kills it there; whether it was alive."""
    process = subprocess.Popen(root.command("once"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(root.names("outbox/quickbooks")) < count:
        pass
    process.kill()
    return process.wait() == KILLED


def kill_in_long_files(report, chance, kills):
    """A long file is killed while its documents come into sight, and taken to its end."""
    content = long_file()
    with Root() as root:
        root.drop(content, "procore/long.json")
        root.run("once")
        wanted = root.documents()
    killed, found = 0, []
    for _ in range(kills):
        with Root() as root:
            root.drop(content, "procore/long.json")
            killed += kill_in_sight(root, chance.randint(1, len(wanted) - 1))
            root.run("once")
            if root.documents() != wanted:
                found.append(f"{len(root.documents())} documents, not the {len(wanted)} of a run without a kill")
            if receipts(root) != [("long.json", "accepted")]:
                found.append(f"receipts {receipts(root)}")
            if root.integrity() != "ok" or root.leftovers():
                found.append(f"the ledger is {root.integrity()}, {root.leftovers()[:3]} left over")
    # A run may end between the look and the kill.
    report.check("a long file is killed while its documents come into sight", len(wanted) > 50 and killed > kills // 2,
                 f"{killed} of {kills} times, {len(content)} bytes, {len(wanted)} documents")
    report.check("each of its documents is there once", not found, found[:3] or "")


def run(report, size):
    seed = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
    print(f"   SEED={seed}")
    with Root() as root, Collector(root) as collector:
        dropper = Dropper(root, random.Random(seed + 1))
        killed, inside = storm(root, dropper, random.Random(seed), size)
        dropper.finish()
        files = dropper.dropped
        report.check("it is killed", killed >= size, f"{killed} times, {inside} of them with files in hand")
        report.check("some kills are with files in hand", inside > 0, inside)
        daemon = root.start()
        # It may have nothing left to do; ended before it has begun, it would die of the signal.
        root.wait(lambda: f"pid={daemon.pid}\n" in root.text(".plumbline-owner"))
        done = root.wait(lambda: len(root.receipt_names()) >= files and not root.names("inbox/.claimed"),
                         600 + files / 10)
        report.check("the last start finishes everything", done, f"{len(root.receipt_names())} receipts")
        ended = root.stop(daemon)
        collector.sweep()
        asked = Counter(
            name.decode() for content in collector.taken.values()
            for name in re.findall(rb"<VendorAdd><Name>([^<]*)", content))
        wanted = {f"Vendor {number}" for number in range(files)}
        lost = wanted - asked.keys()
        doubled = [name for name, times in asked.items() if times > 1]
        report.check("0 lost", not lost and len(asked) == files, f"{len(lost)} of {files} {sorted(lost)[:5]}")
        report.check("0 doubled", not doubled and not collector.twice, f"{len(doubled)} {doubled[:5]}")
        accepted = [(f"v-{number:06}.json", "accepted") for number in range(files)]
        seen = receipts(root)
        other = sorted(set(seen) - set(accepted))
        report.check("each file has one receipt, and is accepted", seen == accepted,
                     f"{len(seen)} receipts, {len(other)} others {other[:3]}")
        filed = [name.split("/")[-1] for name in root.files("inbox/processed")]
        report.check("each file stands in processed", sorted(filed) == [name for name, _ in accepted],
                     f"{len(filed)} files")
        report.check("the ledger is whole", root.integrity() == "ok" and ended == 0)
        report.check("nothing is left over", not root.leftovers(), root.leftovers()[:3] or "")
    kill_in_long_files(report, random.Random(seed), max(3, size // 20))
