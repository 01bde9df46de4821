"""The program is killed at each of its system calls while it prunes: what stays is what an undisturbed prune leaves."""

import os
import shutil
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from root import Root, cost_codes, vendors
from scenario import KILLED, Copy, Points, answer, can_strace, differences, report_kills, sample, strace

# How many places are tried for each system call; where there are no more than that, every one.
SHORT = 1
FULL = 100_000

PRUNE = ("prune", "--before", "2100-01-01", "--yes")


class Old:
    """A root in which vendors and a cost code were sent and answered, a file and two records were rejected of which one was
    taken since, receipts are of an earlier version's form, documents were carried, and one vendor still waits for its answer."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-prune-"))
        with Root() as root:
            root.drop(vendors([1, 2]), "procore/vendors.json")
            root.drop(cost_codes([1]), "procore/codes.json")
            self.expect(root.run("once"), 0)
            for name, content in root.documents().items():
                carried = root.path / "outbox" / Path(name).parent / ".collected" / Path(name).name
                carried.parent.mkdir(exist_ok=True)
                (root.path / "outbox" / name).rename(carried)
                if "company" not in name:
                    root.drop(answer(content), f"quickbooks/{Path(name).name}")
            root.drop(vendors([3]), "procore/more.json")
            root.drop(vendors([4])[:40], "procore/cut-short.json")
            root.drop(vendors([5]).replace("Vendor 5", "W" * 300), "procore/mended.json")
            root.drop(vendors([6]).replace("Vendor 6", "W" * 300), "procore/refused.json")
            self.expect(root.run("once"), 1)
            root.drop(vendors([5]), "procore/as-it-should-be.json")
            self.expect(root.run("once"), 0)
            self.flatten(root)
            for box in ["quickbooks", "procore"]:
                for name in root.names(f"outbox/{box}"):
                    (root.path / "outbox" / box / name).unlink()
            shutil.copytree(root.path, self.folder / "root")
        with self.root() as root:
            self.before = self.seen(root)
            self.expect(root.run(*PRUNE), 0)
            self.outcome = self.seen(root)
        if len(self.outcome["share"]) >= len(self.before["share"]) - 6:
            raise RuntimeError(f"Nothing went: {sorted(self.outcome['share'])}")
        for gone in ["cut-short.json", "mended.rejected.json", ".collected/00000002-"]:
            if not any(gone in name for name in self.before["share"]) or any(gone in name for name in self.outcome["share"]):
                raise RuntimeError(f"{gone} is not both there before and gone then: {sorted(self.outcome['share'])}")
        if not any("refused.rejected.json" in name for name in self.outcome["share"]):
            raise RuntimeError(f"What is still refused is gone: {sorted(self.outcome['share'])}")
        return self

    @staticmethod
    def flatten(root):
        """Puts the receipts where an earlier version had them: in no folder of a day."""
        results = root.path / "outbox/results"
        for receipt in [path for path in results.rglob("*.result.*") if path.is_file()]:
            receipt.rename(results / receipt.name)
        with sqlite3.connect(root.ledger_file) as ledger:
            ledger.execute("UPDATE file SET folder = NULL")
        ledger.close()

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def expect(ended, status):
        if ended.returncode != status:
            raise RuntimeError(f"It ended with {ended.returncode}: {ended.stdout}")

    def root(self):
        return Copy(self.folder / "root", None)

    @staticmethod
    def seen(root):
        """What a prune leaves."""
        share = [f"{base}/{name}" for base in ["inbox", "outbox"] for name in root.files(base)
                 if not name.startswith("results/status.")]
        return {
            "share": {name: "" for name in share},
            "documents": dict(root.ledger("SELECT name, length(bytes) FROM document")),
            "files": {number: (finished, size) for number, finished, size in root.ledger(
                "SELECT intake, finished, length(receipt) FROM file")},
            "records": {number: state for number, state in root.ledger("SELECT procore_id, state FROM record")},
            "requests": {number: status for number, status in root.ledger("SELECT request_id, status FROM request")},
            "events": {number: kind for number, kind in root.ledger("SELECT id, kind FROM event")},
        }

    def differences(self, root):
        return differences(root, self.seen(root), self.outcome)


def attempt(old, points, call, number):
    """Kills at one call, sees that nothing that stays is gone, goes on, and compares."""
    with old.root() as root:
        killed = strace(
            root, *points.within(root), "-o", os.devnull, "-e", f"trace={call}",
            "-e", f"inject={call}:signal=SIGKILL:when={number}", command=PRUNE) == KILLED
        # Whatever was done by then, what stays is there, and no receipt that is gone is written again.
        ended = root.run("once")
        found = [f"after the kill: {name} is gone" for name in old.outcome["share"]
                 if not (root.path / name).is_file() and ".staging" not in name]
        if ended.returncode not in (0, 1):
            found.append(f"the next start ended with {ended.returncode}: {ended.stdout}")
        ended = root.run(*PRUNE)
        if ended.returncode != 0:
            found.append(f"the next prune ended with {ended.returncode}: {ended.stdout}")
        found += old.differences(root)
        return killed, [f"{call} {number}: {difference}" for difference in found]


def run(report, size):
    if not can_strace():
        return report.skip("prunes", "strace is not there, or may not trace")
    with Old() as old, ThreadPoolExecutor(2) as workers:
        with old.root() as root:
            points = Points(root, command=PRUNE)
        tasks = [
            workers.submit(attempt, old, points, call, number)
            for call, count in points.counts.items() for number in sample(count, size)
        ]
        results = [task.result() for task in tasks]
    calls = ", ".join(f"{call} {count}" for call, count in sorted(points.counts.items()))
    report.check("the undisturbed run calls the kernel for its files", sum(points.counts.values()) > 100, calls)
    report_kills(report, results, "what stays is what stays without a kill")
