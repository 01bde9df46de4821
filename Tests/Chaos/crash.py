"""Killed at every file-system and ledger call of five files in both directions, and started again."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from scenario import STRACE, Collector, Outcome, Scenario, sample

SHORT = 3
FULL = 100_000


def run(report, size):
    if not shutil.which("strace"):
        return report.skip("the crash matrix", "strace is not here")
    with Scenario() as scenario:
        for direction in ["exports", "answers"]:
            calls = scenario.calls[direction]
            if not calls:
                return report.skip("the crash matrix", "strace may not look at processes here")
            documents = scenario.after[direction].documents
            report.check(f"{direction}: documents came of it", len(documents) >= 3, len(documents))
            trials = [(call, number, collects) for call, (first, last) in sorted(calls.items())
                      for number in sample(first, last, size) for collects in (False, True)]
            with ThreadPoolExecutor(2) as pool:
                results = list(pool.map(lambda trial: killed(scenario, direction, *trial), trials))
            tell(report, direction, results)


def killed(scenario, direction, call, number, collects):
    """One kill and one restart: whether the kill took place, and what differs from a run without it."""
    with scenario.again(direction) as root, Collector(root) if collects else Nobody() as collector:
        ended = subprocess.run(
            [*STRACE, "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}",
             *root.command("once")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
        if ended.returncode not in (-9, 137):
            return call, number, collects, False, []
        again = root.run("once")
        problems = [] if again.returncode in (0, 1) else [f"the restart ended with {again.returncode}: {again.stdout}"]
        collector.__exit__()
        problems += [f"{name} was published twice" for name in collector.twice]
        problems += scenario.after[direction].differences(Outcome(root, collector.taken))
        problems += [f"{name} is left over" for name in root.leftovers()]
        if root.integrity() != "ok":
            problems.append("the ledger is damaged")
        return call, number, collects, True, problems


class Nobody:
    """Nobody collects."""

    taken, twice = {}, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def tell(report, direction, results):
    hits = [result for result in results if result[3]]
    for collects in (False, True):
        those = [result for result in hits if result[2] == collects]
        wrong = [f"{call} {number}: {problems[:3]}" for call, number, _, _, problems in those if problems]
        about = "documents are taken away at once" if collects else "documents stay"
        report.check(f"{direction}, {about}: as without a kill", those and not wrong,
                     f"{len(those)} kills at {len({r[0] for r in those})} calls"
                     + (f", {len(wrong)} different: {wrong[:4]}" if wrong else ""))
    report.check(f"{direction}: most of what was tried was hit", len(hits) * 2 > len(results),
                 f"{len(hits)} of {len(results)}")
