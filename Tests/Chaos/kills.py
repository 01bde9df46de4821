"""Killed at random moments while files arrive and documents are taken away at once: nothing lost, nothing doubled."""

import random
import re
import threading
import time
from collections import Counter

from root import Root, vendors
from scenario import Collector

# Kills; ten files arrive for each.
SHORT = 30
FULL = 2_000


def run(report, size):
    seed = random.randrange(1 << 30)
    print(f"   seed {seed}")
    with Root() as root:
        files = 10 * size
        dropper = Dropper(root, files)
        with Collector(root) as collector:
            kills, starts = disturb(root, dropper, size, random.Random(seed))
            dropper.thread.join()
            settle(root, report)
        names = Counter(name for content in collector.taken.values()
                        for name in re.findall(rb"<VendorAdd><Name>Vendor (\d+)<", content))
        lost = [number for number in range(files) if names[str(number).encode()] == 0]
        doubled = [name.decode() for name, count in names.items() if count > 1]
        report.check("kills took place", kills == size, f"{kills} kills of {starts} processes, {files} files")
        report.check("no file is lost", not lost, f"{len(lost)} lost" + (f": {lost[:5]}" if lost else ""))
        report.check("no vendor is doubled", not doubled and not collector.twice,
                     f"{len(doubled)} doubled, {len(collector.twice)} documents published twice")
        receipts = [name for name in root.names("outbox/results") if name.endswith(".json")]
        report.check("every file has its receipt", len(receipts) == files, f"{len(receipts)} receipts")
        report.check("nothing is left over", not root.leftovers(), root.leftovers()[:5] or "")
        report.check("the ledger is sound", root.integrity() == "ok")


class Dropper:
    """Drops files of one vendor each, as fast as the kills go on."""

    def __init__(self, root, files):
        self.root, self.files, self.allowed = root, files, threading.Semaphore(0)
        self.thread = threading.Thread(target=self.drop)
        self.thread.start()

    def drop(self):
        for number in range(self.files):
            self.allowed.acquire()
            self.root.drop(vendors([number]), f"procore/vendor-{number:06}.json")


def disturb(root, dropper, size, chance):
    """Starts and kills the daemon until it was killed so often, while ten files arrive for each kill."""
    kills = starts = 0
    while kills < size:
        process = root.start()
        starts += 1
        for _ in range(10 if kills == starts - 1 else 0):
            dropper.allowed.release()
        time.sleep(chance.uniform(0.005, 0.6))
        process.kill()
        kills += process.wait() == -9
    for _ in range(dropper.files):
        dropper.allowed.release()
    return kills, starts


def settle(root, report):
    """Everything that is there is taken in peace, once nobody writes any more."""
    ended = root.run("once", timeout=1_800)
    report.check("the last run ends well", ended.returncode in (0, 1), ended.stdout.strip()[-200:])
