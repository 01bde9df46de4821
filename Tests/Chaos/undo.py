"""The program is killed at each of its system calls in each step of an undo: it is asked, shown, sent and done once."""

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from root import CONFIGURATION, Root, cost_codes, projects, vendors
from scenario import KILLED, TIME, Copy, Points, can_strace, commitment, differences, report_kills, sample, strace

# How many places are tried for each system call of each step; where there are no more than that, every one.
SHORT = 1
FULL = 100_000

TERM = "commitments/520001"
REVIEW = "outbox/review"
ONCE = ("once",)
# What is killed in each step, and what has happened before: QuickBooks answered, or a person approved.
STEPS = [
    ("it is asked for", ("undo", TERM), None),
    ("the first answer comes", ONCE, "answer"),
    ("it is approved", ONCE, "approve"),
    ("the second answer comes", ONCE, "answer"),
    ("it is deleted", ONCE, "answer"),
]


def expect(ended, *statuses):
    if ended.returncode not in statuses:
        raise RuntimeError(f"The root ended with {ended.returncode}: {ended.stdout}")


def answer(root):
    """QuickBooks answers everything that waits."""
    expect(root.run("sandbox", "--once"), 0)


def approve(root):
    """A person moves the page."""
    page = next(name for name in root.names(REVIEW) if name.endswith(".html"))
    (root.path / REVIEW / page).rename(root.path / REVIEW / "approved" / page)


class Steps:
    """A root with a commitment in QuickBooks, as it stands before each step, and what each step leads to."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-undo-"))
        self.outcomes = []
        with Root(CONFIGURATION) as root:
            for name, export in [("vendors", vendors([1])), ("projects", projects([1])), ("codes", cost_codes([1])),
                                 ("commitments", commitment())]:
                root.drop(export, f"procore/{name}.json")
            for _ in range(4):
                expect(root.run("once"), 0)
                answer(root)
            expect(root.run("once"), 0)
            for number, (_, command, before) in enumerate(STEPS):
                if before:
                    {"answer": answer, "approve": approve}[before](root)
                shutil.copytree(root.path, self.folder / str(number))
                expect(root.run(*command), 0)
                self.outcomes.append(self.seen(root))
            if self.outcomes[-1]["records"].get("520001") != "undone":
                raise RuntimeError(f"It is not undone: {self.outcomes[-1]}")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def root(self, number):
        return Copy(self.folder / str(number), None)

    @staticmethod
    def seen(root):
        """What a step leaves; times are not compared."""
        return {
            "documents": root.documents(),
            "review": {TIME.sub(b"DAY", name.encode()).decode(): "" for name in root.files(REVIEW)},
            "records": dict(root.ledger("SELECT procore_id, state FROM record")),
            "undos": {number: (phase, outcome) for number, phase, outcome in root.ledger(
                "SELECT id, phase, outcome FROM undo")},
            "reviews": dict(root.ledger("SELECT document, verdict FROM review")),
            "requests": {name: (document, status) for name, document, status in root.ledger(
                "SELECT request_id, document, status FROM request")},
        }

    def differences(self, root, number):
        return differences(root, self.seen(root), self.outcomes[number])


def attempt(steps, points, number, call, place):
    """Kills at one call of a step, starts anew, and compares."""
    what, command, _ = STEPS[number]
    with steps.root(number) as root:
        killed = strace(
            root, *points.within(root), "-o", os.devnull, "-e", f"trace={call}",
            "-e", f"inject={call}:signal=SIGKILL:when={place}", command=command) == KILLED
        ended = root.run("once")
        found = [] if ended.returncode == 0 else [f"the next start ended with {ended.returncode}: {ended.stdout}"]
        if command != ONCE:
            # A person asks once more; what was begun already is not begun again.
            root.run(*command)
        found += steps.differences(root, number)
        return killed, [f"{what}: {call} {place}: {difference}" for difference in found]


def run(report, size):
    if not can_strace():
        return report.skip("steps", "strace is not there, or may not trace")
    with Steps() as steps, ThreadPoolExecutor(2) as workers:
        tasks = []
        for number, (what, command, _) in enumerate(STEPS):
            with steps.root(number) as root:
                points = Points(root, command=command)
            report.check(f"{what}: it calls the kernel for its files", sum(points.counts.values()) > 50,
                         f"{sum(points.counts.values())} calls")
            tasks += [
                workers.submit(attempt, steps, points, number, call, place)
                for call, count in points.counts.items() for place in sample(count, size)
            ]
        results = [task.result() for task in tasks]
    report_kills(report, results, "each step is done once", least=0.8)
