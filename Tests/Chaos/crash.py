"""The program is killed at each of its system calls in turn, and started again: nothing is lost, doubled or changed."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

from scenario import KILLED, Collector, FirstStart, Points, Scenario, SentAsRead, can_strace, sample, strace

# How many places are tried for each system call in each way; where there are no more than that, every one.
SHORT = 3
FULL = 100_000

# What it is called, how often it is killed, and whether documents are collected meanwhile.
WAYS = [
    ("documents stay in the outbox", 1, False),
    ("documents are collected at once", 1, True),
    ("killed again while it recovers", 2, False),
]


def kill(root, points, call, number):
    """Runs the program until its call of that number, which kills it; whether it did."""
    return strace(
        root, *points.within(root), "-o", os.devnull, "-e", f"trace={call}",
        "-e", f"inject={call}:signal=SIGKILL:when={number}") == KILLED


def attempt(scenario, points, way, call, number):
    """Kills at one call, starts anew, and compares: how often it was killed, and what was other than it must be."""
    name, times, collects = way
    with scenario.root() as root:
        if collects:
            with Collector(root) as collector:
                kills = int(kill(root, points, call, number))
                # The worst moment: what can be seen is gone before the program knows that it can be seen.
                ended = root.run("once")
            documents, twice = collector.taken, collector.twice
        else:
            kills = 0
            while kills < times and kill(root, points, call, number):
                kills += 1
            ended = root.run("once")
            documents, twice = root.documents(), []
        found = scenario.differences(root, documents) + [f"collected twice: {name}" for name in twice]
        if ended.returncode not in [0, 1]:
            found.append(f"the next start ended with {ended.returncode}: {ended.stdout}")
        return kills, [f"{call} {number}, {name}: {difference}" for difference in found]


def every(scenario, points, way, call, size):
    """Tries one call: every place until one is not reached, or a sample of them."""
    count = points.counts[call]
    kills, found = [], []
    for number in itertools.count(1) if size >= count else sample(count, size):
        killed, differences = attempt(scenario, points, way, call, number)
        found += differences
        if not killed and size >= count:
            break
        kills.append(killed)
    return way, call, kills, found


def run(report, size):
    if not can_strace():
        return report.skip("the crash matrix", "strace is not there, or may not trace")
    matrix(report, Scenario(), WAYS, size, fewest=300)
    linked = [(f"commitments that are sent as they are read, {name}", times, collects) for name, times, collects in WAYS]
    matrix(report, SentAsRead(), linked, size, fewest=100)
    # Few calls, each of which leaves a ledger that is not whole yet: so more of them are tried.
    first = [(f"the first start, {name}", times, collects) for name, times, collects in WAYS if not collects]
    matrix(report, FirstStart(), first, size * 4, fewest=100)


def matrix(report, scenario, ways, size, fewest):
    """Kills a scenario at its calls in these ways, where it has no fewer than so many."""
    with scenario, ThreadPoolExecutor(2) as workers:
        with scenario.root() as root:
            points = Points(root)
        tasks = [
            workers.submit(every, scenario, points, way, call, size)
            for call in sorted(points.counts, key=points.counts.get, reverse=True) for way in ways
        ]
        results = [task.result() for task in tasks]
    calls = ", ".join(f"{call} {count}" for call, count in sorted(points.counts.items()))
    report.check("the undisturbed run calls the kernel for its files", sum(points.counts.values()) > fewest, calls)
    for way in ways:
        places = [place for ours, _, kills, _ in results if ours == way for place in kills]
        found = [line for ours, _, _, lines in results if ours == way for line in lines]
        # A place that is not reached shows nothing; another order of the threads' work may cost a few.
        reached = sum(1 for kills in places if kills)
        report.check(f"{way[0]}: it is killed", reached >= 0.9 * len(places) and reached,
                     f"{sum(places)} kills at {reached} of {len(places)} places")
        report.check(f"{way[0]}: outcome as if undisturbed", not found, f"{len(found)} differences")
        for line in found[:20]:
            print(f"        {line}")
