"""The carrier to Procore is killed at each call of Procore's and at each durable step of every pass: each record is there once."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

from scenario import KILLED, can_strace, sample, strace

from .passes import Passes, compare, killed_at_call

# How many places are tried in each pass for each moment and kind of step; the short form tries one
# call of each, and one step of every second pass.
SHORT = 0
FULL = 100_000

MOMENTS = {
    "before": "before Procore did anything",
    "after": "once Procore did it, ahead of the answer",
    "half": "with half of the answer",
}
# The steps that write something, make it durable or give it a name.
STEPS = "write pwrite64 fsync fdatasync rename renameat renameat2 link linkat unlink unlinkat ftruncate mkdir mkdirat".split()
# One thread does the work, so that a place is the same place in every run.
os.environ["LIBDISPATCH_COOPERATIVE_POOL_STRICT"] = "1"


def at_call(passes, now, moment, number):
    """Kills the carrier at one of Procore's calls."""
    with now.begun() as (root, fake):
        killed = killed_at_call(root, fake, moment, number)
        return killed, [f"{now.name}, {moment} {now.calls[number - 1][:60]}: {line}"
                        for line in compare(passes, root, fake, now.seen)]


def at_step(passes, now, step, number):
    """Kills the carrier at one of its own steps."""
    with now.begun() as (root, fake):
        killed = strace(
            root, *now.steps().within(root), "-o", os.devnull, "-e", f"trace={step}",
            "-e", f"inject={step}:signal=SIGKILL:when={number}", command=("procore", "--once")) == KILLED
        return killed, [f"{now.name}, {step} {number}: {line}" for line in compare(passes, root, fake, now.seen)]


def say(report, what, results, least=0.9):
    kills = [killed for killed, _ in results]
    found = [line for _, lines in results for line in lines]
    report.check(f"{what}: it is killed", kills and sum(kills) >= least * len(kills),
                 f"{sum(kills)} kills at {len(kills)} places")
    report.check(f"{what}: as if undisturbed", not found, f"{len(found)} differences")
    for line in found[:20]:
        print(f"        {line}")


def calls(passes, size):
    """The places at Procore's calls, by moment: every pass, and in the short form one call of each that changes
    something there, in moments by turns."""
    found = {moment: [] for moment in MOMENTS}
    turns = itertools.cycle(["after", "half", "before"])
    for now in passes.passes:
        changing = now.posts("") or [len(now.calls)]
        if not size:
            found[next(turns)].append((now, changing[-1]))
            continue
        for moment in MOMENTS:
            found[moment] += [(now, number) for number in sorted({changing[-1], *sample(len(now.calls), size)})]
    return found


def steps(passes, size):
    """The places at the carrier's own steps: of every pass all kinds, and in the short form one kind of every second pass,
    by turns."""
    found = []
    turns = itertools.cycle(["fsync", "pwrite64", "renameat2"])
    for now in passes.passes if size else passes.passes[::2]:
        kinds = [step for step in STEPS if step in now.steps().counts] if size else [next(turns)]
        found += [(now, step, number) for step in kinds for number in sample(now.steps().counts[step], size or 1)]
    return found


def run(report, size):
    with Passes(is_whole=size > 0) as passes, ThreadPoolExecutor(2) as workers:
        report.check("documents of every kind wait, and lists to be fetched", len(passes.passes) > 4,
                     f"{len(passes.outcome['documents'])} documents; calls of each pass: "
                     + ", ".join(f"{now.name} {len(now.calls)}" for now in passes.passes))
        for moment, places in calls(passes, size).items():
            say(report, MOMENTS[moment], list(workers.map(
                lambda place: at_call(passes, place[0], moment, place[1]), places)))
        if not can_strace():
            return report.skip("kills at its own steps", "strace is not there, or may not trace")
        places = steps(passes, size)
        say(report, "at its own steps, " + ", ".join(sorted({step for _, step, _ in places})),
            list(workers.map(lambda place: at_step(passes, *place), places)), least=0.8)
