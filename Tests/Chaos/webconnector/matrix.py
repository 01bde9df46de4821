"""Kill -9 of server, connector or both at every call of a session, and of the server at its calls of the kernel."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from office import CONFIGURATION, Office
from root import cost_codes, projects, vendors
from scenario import KILLED, can_strace, commitment, damage, joined, sample

from .books import kinds, links
from .served import hash_quickly

PLAYER = Path(__file__).resolve().parent / "player.py"
MOMENTS = ["before", "sent", "answered"]
WHOM = ["server", "connector", "both"]
# What leaves something behind that outlasts a process.
STEPS = ("openat write pwrite64 fsync fdatasync rename renameat renameat2 unlink unlinkat ftruncate").split()
# Of these only the root's are counted: the others are for libraries, sockets, and threads.
BY_PATH = ("openat", "pwrite64")
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


class Stage:
    """A root and its company in front of one session of the undisturbed run."""

    def __init__(self, folder, calls):
        self.path, self.base, self.calls = folder / "root", folder, calls


class Run:
    """The undisturbed run with one kind of QuickBooks: its sessions one by one, and what the books are at its end."""

    def __init__(self, kind):
        self.kind = kind
        self.base = Path(tempfile.mkdtemp(prefix="plumbline-chaos-matrix-"))

    def __enter__(self):
        with Office(CONFIGURATION, tls=False) as office:
            for content, name in [
                    (vendors([1, 2]), "a-vendors"), (vendors([3]), "b-vendors"), (projects([1]), "projects"),
                    (cost_codes([1]), "codes"), (commitment(), "commitments")]:
                office.drop(content, f"procore/{name}.json")
            office.run("once")
            office.run("pull", "vendors")
            hash_quickly(office)
            with self.kind.opened(office.base, CONFIGURATION) as quickbooks:
                self.hcp = quickbooks.hcp
            self.stages = []
            office.until_quiet(lambda: self.session(office), lambda: office.run("once"))
            self.books, ids = self.kind.books(office.base)
            self.links = links(office, ids)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.base, ignore_errors=True)

    def session(self, office):
        """Keeps what there is, then lets a session happen."""
        folder = self.base / f"{len(self.stages)}"
        shutil.copytree(office.path, folder / "root")
        self.copy_company(office.base, folder)
        office.serve()
        calls = []
        with self.kind.opened(office.base, CONFIGURATION) as quickbooks:
            office.connector(quickbooks, hcp=self.hcp, at=lambda moment, operation: (
                calls.append(operation) if moment == "before" else None)).update()
        office.stop()
        self.stages.append(Stage(folder, calls))

    @staticmethod
    def copy_company(source, target):
        for name in ["sandbox", "company.qbs"]:
            place = source / name
            if place.is_dir():
                shutil.copytree(place, target / name)
            elif place.exists():
                shutil.copyfile(place, target / name)

    # MARK: - One attempt

    def attempt(self, stage, about, kill):
        """Begins at a stage, kills, starts everything again, and goes on until nothing waits.
        - kill: takes the office; gives whether it was as it should be, or why not.
        - Returns: whether the kill took place; what was other than in the undisturbed run.
        """
        with Office(CONFIGURATION, tls=False, like=stage) as office:
            self.copy_company(stage.base, office.base)
            killed = kill(office)
            office.kill()
            office.serve()
            try:
                office.until_quiet(lambda: self.update(office), lambda: office.run("once"), rounds=12)
            except RuntimeError as error:
                return killed, [f"{about}: {error} {office.told()[-600:]}"]
            office.stop()
            self.grow_old(office)
            return killed, [f"{about}: {difference}" for difference in self.differences(office)]

    @staticmethod
    def grow_old(office):
        """Half an hour later, a server that starts takes away the half answers of one that was killed."""
        inbox = office.path / "inbox/quickbooks"
        halves = [inbox / name for name in os.listdir(inbox) if name.startswith(".answer-")]
        for half in halves:
            os.utime(half, (0, half.stat().st_mtime - 3_600))
        if halves:
            office.serve()
            office.stop()

    def update(self, office):
        with self.kind.opened(office.base, CONFIGURATION) as quickbooks:
            session = office.connector(quickbooks, hcp=self.hcp).update()
        if session.last_error:
            raise RuntimeError(f"The session after it ended with: {session.last_error}")

    def differences(self, office):
        books, ids = self.kind.books(office.base)
        found = []
        for what, seen, wanted in [("books", books, self.books), ("links", links(office, ids), self.links)]:
            found += [f"{what}: missing {line[:200]}" for line in (wanted - seen)]
            found += [f"{what}: too many {line[:200]}" for line in (seen - wanted)]
        open_leases = office.ledger("SELECT document FROM lease WHERE closed IS NULL")
        unanswered = office.ledger("SELECT request_id FROM request WHERE status IS NULL")
        hidden = [name for name in os.listdir(office.path / "inbox/quickbooks") if name != ".plumbline"]
        return found + damage(office) + [
            f"{what}: {rows}" for what, rows in
            [("still leased", open_leases), ("unanswered", unanswered), ("left in the inbox", hidden)] if rows]

    # MARK: - Kills

    def play(self, office, number=0, moment="", whom=""):
        """A connector in a process of its own, which kills at a moment; how it ended."""
        return subprocess.run(
            [sys.executable, str(PLAYER), self.kind.name, office.url, str(office.base), str(number), moment, whom,
             str(office.server.pid)], input=self.hcp, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            timeout=300)

    def at_call(self, number, moment, whom):
        def kill(office):
            office.serve()
            ended = self.play(office, number, moment, whom)
            dead = office.server.wait(timeout=30) == KILLED if whom != "connector" else office.server.poll() is None
            gone = ended.returncode == KILLED if whom != "server" else ended.returncode in (0, 3)
            return dead and gone
        return kill

    def at_step(self, points, call, number):
        def kill(office):
            try:
                office.serve(prefix=[
                    "strace", "-f", "-o", os.devnull, *points.within(office, call), "-e", f"trace={call}", "-e",
                    f"inject={call}:signal=SIGKILL:when={number}"])
            except RuntimeError:
                return office.server.poll() is not None
            self.play(office)
            return end(office) == KILLED
        return kill


def end(office):
    """Ends the server behind strace, which hands no signal on; how it ended."""
    process = office.server.pid
    try:
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            os.kill(int(child), signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        pass  # It was killed.
    return office.server.wait(timeout=60)


class Steps:
    """Where the server calls the kernel for files of its root in one session."""

    def __init__(self, run, stage):
        with Office(CONFIGURATION, tls=False, like=stage) as office, \
                tempfile.NamedTemporaryFile(mode="r", errors="replace") as file:
            run.copy_company(stage.base, office.base)
            office.serve(prefix=["strace", "-f", "-y", "-s", "0", "-o", file.name, "-e",
                                 "trace=" + ",".join(f"?{call}" for call in STEPS)])
            run.play(office)
            end(office)
            place = re.compile(re.escape(str(office.path)) + r'[^">]*')
            lines = [line for line in joined(file.read().splitlines()) if re.match(r"\d+ \w+\(", line)]
            self.lines = [line for line in lines if place.search(line) or self.call(line) not in BY_PATH]
            self.paths = {found.removesuffix(" (deleted)")[len(str(office.path)):]
                          for line in self.lines for found in place.findall(line)}
        threads = Counter((line.split(" ")[0], self.call(line)) for line in self.lines)
        self.counts = {}
        for (_, call), count in threads.items():
            self.counts[call] = max(count, self.counts.get(call, 0))

    @staticmethod
    def call(line):
        return re.match(r"\d+ (\w+)\(", line)[1]

    def within(self, office, call):
        """The options that keep strace to the root's files, for calls that are made for others too."""
        paths = sorted(self.paths) if call in BY_PATH else []
        return [part for path in paths for part in ["-P", str(office.path) + path]]


# MARK: - The matrix

def chosen(places, size):
    return [places[number - 1] for number in sample(len(places), size)]


def told(report, about, results):
    """One line for the kills, one for what came of them."""
    places = [killed for killed, _ in results]
    found = [line for _, lines in results for line in lines]
    report.check(f"{about}: they are killed", sum(places) >= 0.9 * len(places) and places,
                 f"at {sum(places)} of {len(places)} places")
    report.check(f"{about}: books and links as if undisturbed", not found, f"{len(found)} differences")
    for line in found[:20]:
        print(f"        {line}")


def kill_matrix(report, size):
    found, why = kinds()
    for kind in found:
        with Run(kind) as run, ThreadPoolExecutor(2) as workers:
            documents = sum(stage.calls.count("receiveResponseXML") for stage in run.stages)
            report.check(f"{kind.name}: the undisturbed run has sessions with documents of every kind",
                         len(run.stages) > 1 and documents > 5 and sum(run.links.values()) > 5,
                         f"{len(run.stages)} sessions, {sum(len(stage.calls) for stage in run.stages)} calls, "
                         f"{documents} documents, {sum(run.books.values())} records in QuickBooks")
            noticed(report, run)
            at_calls(report, run, workers, size)
            if can_strace():
                at_steps(report, run, workers, size)
            else:
                report.skip("the server's steps", "strace is not there, or may not trace")
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
