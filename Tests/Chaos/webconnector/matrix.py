"""Kill -9 of server, connector or both at every call of a session, and of the server at its calls of the kernel."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

from office import CONFIGURATION
from scenario import can_strace, sample

from .beside import beside
from .books import kinds
from .losses import losses
from .undisturbed import MOMENTS, Run, Steps, chosen, told

WHOM = ["server", "connector", "both"]
# In which of them the kernel must have been called for an answer to be taken.
DURABLE = {
    "the lease is written": r"pwrite64\(.*plumbline\.sqlite-wal",
    "the lease is durable": r"fdatasync\(.*-wal|fsync\(.*-wal",
    "the answer is written": r" write\(.*\.answer-",
    "the answer is durable": r"fsync\(.*\.answer-",
    "the answer is renamed": r"rename\w*\(.*\.answer-",
    "its folder is durable": r"fsync\(.*inbox/quickbooks>",
    "the document is taken out": r"unlink\w*\(.*outbox/quickbooks",
}


def kill_matrix(report, size):
    found, why = kinds()
    for place, kind in enumerate(found):
        # What the server does is the same whichever QuickBooks answers: a sample of it needs only the first.
        is_whole = size > 10 or place == 0
        with Run(kind) as run, ThreadPoolExecutor(2) as workers:
            documents = sum(stage.calls.count("receiveResponseXML") for stage in run.stages)
            report.check(f"{kind.name}: the undisturbed run has sessions with documents of every kind",
                         len(run.stages) > 1 and documents > 5 and sum(run.links.values()) > 5,
                         f"{len(run.stages)} sessions, {sum(len(stage.calls) for stage in run.stages)} calls, "
                         f"{documents} documents, {sum(run.books.values())} records in QuickBooks")
            noticed(report, run)
            at_calls(report, run, workers, size)
            if is_whole:
                beside(report, run, workers, size)
            if is_whole and can_strace():
                at_steps(report, run, workers, size)
                losses(report, run, workers, size)
            elif is_whole:
                report.skip("the server's steps, and losses of power", "strace is not there, or may not trace")
    if why:
        report.skip("the matrix over the stand-in", why)


def noticed(report, run):
    """What is compared at the end is told when a document is lost or entered twice."""
    stage = run.stages[-1]
    order = next(name for name in os.listdir(stage.path / "outbox/quickbooks") if "commitments" in name)

    def lose(office):
        (office.path / "outbox/quickbooks" / order).unlink()
        return True

    def double(office):
        document = (office.path / "outbox/quickbooks" / order).read_text()
        with run.kind.opened(office.base, CONFIGURATION) as quickbooks:
            quickbooks.process(re.sub(r'newMessageSetID="[^"]*"', 'newMessageSetID="another"', document))
        return True

    for what, tamper in [("is lost", lose), ("is entered twice", double)]:
        _, found = run.attempt(stage, what, tamper)
        report.check(f"{run.kind.name}: a document that {what} would be noticed", found, f"{len(found)} differences")


def at_calls(report, run, workers, size):
    places = [(stage, number, moment, whom) for stage in run.stages for number in range(1, len(stage.calls) + 1)
              for moment in MOMENTS for whom in WHOM]
    for whom in WHOM:
        tasks = [
            workers.submit(run.attempt, stage, f"{whom} killed, {stage.calls[number - 1]} {number} {moment}",
                           run.at_call(number, moment, whom))
            for stage, number, moment, _ in chosen([place for place in places if place[3] == whom], size)]
        told(report, f"{run.kind.name}, kill -9 of {whom} at calls", [task.result() for task in tasks])


def at_steps(report, run, workers, size):
    stages = run.stages if size > 10 else run.stages[:1]
    results, lines = [], []
    for steps, stage in [(Steps(run, stage), stage) for stage in stages]:
        lines += steps.lines
        tasks = []
        for call, count in sorted(steps.counts.items()):
            # A sample is spread over all calls; the whole tries each until it is not reached any more.
            for number in sample(count, max(1, size // 4) if size < count else count):
                tasks.append(workers.submit(
                    run.attempt, stage, f"{call} {number}", run.at_step(steps, call, number)))
        results += [task.result() for task in tasks]
    for step, pattern in DURABLE.items():
        count = len([line for line in lines if re.search(pattern, line)])
        report.check(f"{run.kind.name}: among the server's calls of the kernel, {step}", count, f"{count} times")
    told(report, f"{run.kind.name}, kill -9 of the server at its calls of the kernel", results)
