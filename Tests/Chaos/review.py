"""The program is killed at each of its system calls while it takes decisions of outbox/review: each is taken once."""

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from root import CONFIGURATION, Root, vendors
from scenario import KILLED, TIME, Copy, Points, can_strace, differences, report_kills, sample, strace

# How many places are tried for each system call; where there are no more than that, every one.
SHORT = 1
FULL = 100_000

REVIEW = "outbox/review"


class Decided:
    """A root with three companies that wait: the page of one is moved to approved, the document of another to rejected."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-review-"))
        with Root(CONFIGURATION + "review: all\n") as root:
            for number in [1, 2, 3]:
                root.drop(vendors([number]), f"procore/{number}.json")
            if (ended := root.run("once")).returncode != 0:
                raise RuntimeError(f"The root ended with {ended.returncode}: {ended.stdout}")
            waiting = [name for name in root.names(REVIEW) if name.endswith(".xml")]
            if len(waiting) != 3:
                raise RuntimeError(f"Not three documents wait: {root.names(REVIEW)}")
            self.shown = (root.path / REVIEW / waiting[0]).read_bytes()
            page = waiting[0].replace(".xml", ".html")
            (root.path / REVIEW / page).rename(root.path / REVIEW / "approved" / page)
            (root.path / REVIEW / waiting[1]).rename(root.path / REVIEW / "rejected" / waiting[1])
            shutil.copytree(root.path, self.folder / "root")
        with self.root() as root:
            root.run("once")
            self.outcome = self.seen(root)
        if sum(1 for content in self.outcome["documents"].values() if content == self.shown) != 1:
            raise RuntimeError(f"What was approved does not leave: {sorted(self.outcome['documents'])}")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def root(self):
        return Copy(self.folder / "root", None)

    @staticmethod
    def seen(root):
        """What a run leaves; times are not compared."""
        pages = {TIME.sub(b"DAY", name.encode()).decode() for name in root.files(REVIEW)}
        return {
            "documents": root.documents(),
            "review": {name: "" for name in pages},
            "records": {number: state for number, state in root.ledger("SELECT procore_id, state FROM record")},
            "reviews": {number: verdict for number, verdict in root.ledger("SELECT document, verdict FROM review")},
            "requests": dict(root.ledger("SELECT request_id, document FROM request")),
        }

    def differences(self, root):
        return differences(root, self.seen(root), self.outcome)


def attempt(decided, points, call, number):
    """Kills at one call, starts anew, and compares."""
    with decided.root() as root:
        killed = strace(
            root, *points.within(root), "-o", os.devnull, "-e", f"trace={call}",
            "-e", f"inject={call}:signal=SIGKILL:when={number}") == KILLED
        ended = root.run("once")
        found = decided.differences(root)
        if ended.returncode != 0:
            found.append(f"the next start ended with {ended.returncode}: {ended.stdout}")
        return killed, [f"{call} {number}: {difference}" for difference in found]


def run(report, size):
    if not can_strace():
        return report.skip("decisions", "strace is not there, or may not trace")
    with Decided() as decided, ThreadPoolExecutor(2) as workers:
        with decided.root() as root:
            points = Points(root)
        tasks = [
            workers.submit(attempt, decided, points, call, number)
            for call, count in points.counts.items() for number in sample(count, size)
        ]
        results = [task.result() for task in tasks]
    calls = ", ".join(f"{call} {count}" for call, count in sorted(points.counts.items()))
    report.check("the undisturbed run calls the kernel for its files", sum(points.counts.values()) > 100, calls)
    report_kills(report, results, "decided once, and the rest still waits")
