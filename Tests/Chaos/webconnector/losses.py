"""A loss of power at every moment of a session: what the disk may hold then is worked out from the server's system calls,
and everything is started again from there."""

import re
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from disk import CALLS, Disk
from office import CONFIGURATION, Office
from scenario import sample

from .house import House, is_idle, wait, waiting
from .undisturbed import Stage, end, told

# With a daemon there are too many ways to lose power: so many are looked at, spread over all.
MOST_WITH_DAEMON = 400


class Kept:
    """QuickBooks, of which a copy is kept after each document; when each was entered."""

    def __init__(self, run, office, folder):
        self.run, self.office, self.folder = run, office, folder
        self.times = []
        self.hcp = run.hcp
        self.keep()

    def keep(self):
        place = self.folder / f"company-{len(self.times)}"
        place.mkdir()
        self.run.copy_company(self.office.base, place)

    def __call__(self, request):
        with self.run.kind.opened(self.office.base, CONFIGURATION) as quickbooks:
            response = quickbooks.process(request)
        self.times.append(time.time())
        self.keep()
        return response

    def entered(self, moment):
        """How many documents it had entered by then."""
        return sum(entered < moment for entered in self.times)


class Session:
    """One session, call by call of the server's, and all that a loss of power in it may leave.

    - has_daemon: whether a daemon serves it, which converts meanwhile.
    - most: how many ways to lose power are looked at; None: every one.
    """

    def __init__(self, run, stage, has_daemon=False, most=None):
        self.run, self.has_daemon, self.most = run, has_daemon, most
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-losses-"))
        with House(stage, is_one=True) if has_daemon else Office(CONFIGURATION, tls=False, like=stage) as office:
            run.copy_company(stage.base, office.base)
            if not has_daemon:
                # Only a daemon would see it now.
                reboot(office)
            shutil.copytree(office.path, self.folder / "before")
            self.quickbooks = Kept(run, office, self.folder)
            record = self.folder / "record"
            (office.open if has_daemon else office.serve)(prefix=[
                "strace", "-f", "-y", "-ttt", "-s", "10000000", "-o", str(record), "-e",
                "trace=" + ",".join(f"?{call}" for call in CALLS)])
            self.update(office)
            end(office)
            with record.open(errors="replace") as lines:
                self.lines = lines.read().splitlines()
            self.path = office.path
            self.disk = self.followed(self.lines)
            self.is_followed = self.same(office.path)
        self.states = list(self.distinct())

    def update(self, office):
        office.connector(self.quickbooks, hcp=self.run.hcp).update()
        while self.has_daemon and wait(lambda: is_idle(office.path)) and waiting(office.path):
            office.connector(self.quickbooks, hcp=self.run.hcp).update()

    def followed(self, lines):
        return Disk(self.folder / "before", self.path, lines)

    def same(self, path):
        """Whether the record, followed to its end, comes to what is there."""
        there = Disk(path, path, [])
        nodes = self.disk.left((len(self.disk.changes), ()))
        return not self.disk.strange and there.digest(there.first) == self.disk.digest(nodes)

    def distinct(self):
        """What may be left, each once for every number of documents that QuickBooks may have entered by then: as
        (what is left, how many documents, whether a commit or a removal that was made is missing)."""
        seen, digests = set(), {}
        changes = self.disk.changes
        for most, loss in self.disk.losses(self.most):
            if loss not in digests:
                digests[loss] = self.disk.digest(self.disk.left(loss))
            # From the change to the one after it, or to the sync that would keep what is missing, QuickBooks may go on.
            missing = [changes[place].lasts_since for place in [*loss[1], *range(loss[0], most)]]
            following = min([changes[most].time if most < len(changes) else time.time(), *filter(None, missing)])
            for entered in range(self.quickbooks.entered(changes[most - 1].time),
                                 self.quickbooks.entered(following) + 1):
                if (digests[loss], entered) not in seen:
                    seen.add((digests[loss], entered))
                    yield loss, entered, loss[0] < most or bool(loss[1])

    def attempt(self, number):
        """Starts everything from what is left, the server or the owner first by turns."""
        loss, entered, _ = self.states[number - 1]
        return self.start(self.disk, loss, entered, is_owner_first=number % 2)

    def start(self, disk, loss, entered, is_owner_first=False):
        folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-loss-", dir=self.folder))
        disk.write(disk.left(loss), folder / "root")
        self.run.copy_company(self.folder / f"company-{entered}", folder)
        missing = ", ".join(f"{disk.changes[place].what} {place}" for place in loss[1])
        about = f"left {loss[0]} changes without {missing or 'none'}, {entered} documents in QuickBooks"

        def begin(office):
            if self.has_daemon:
                reboot(office)
            return office.run("once").returncode in (0, 1) if is_owner_first else True

        try:
            return self.run.attempt(Stage(folder, []), about, begin)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def without_sync(self):
        """What would be found if the names of answers were not made durable, and that of a list's were lost at the end."""
        disk = self.followed([line for line in self.lines if not re.search(r"fsync\(\d+<[^>]*/inbox/quickbooks>", line)])
        named = next(place for place, change in enumerate(disk.changes)
                     if change.what == "rename" and change.how[2].endswith("-projects.response.xml"))
        if named not in disk.moments[-1][1]:
            raise RuntimeError("The name of an answer is made durable by something else.")
        return self.start(disk, (len(disk.changes), (named,)), len(self.quickbooks.times))[1]

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def reboot(office):
    """The machine will have been started anew."""
    with sqlite3.connect(office.ledger_file) as ledger:
        ledger.execute("UPDATE fact SET value = 'another' WHERE name = 'boot'")
    ledger.close()


def losses(report, run, workers, size):
    """A loss of power in each session; a sample is of the first one, and of states that lack something."""
    for number, stage in enumerate(run.stages if size > 10 else run.stages[:1], start=1):
        name, session = f"{run.kind.name}, session {number}", Session(run, stage)
        try:
            followed(report, name, session)
            if number == 1:
                found = session.without_sync()
                report.check(f"{name}: a sync too few would be noticed", found, f"{len(found)} differences")
            lost(report, name, session, workers, size)
        finally:
            session.close()
    if size > 10:
        name, session = f"{run.kind.name}, all sessions with a daemon", Session(
            run, run.stages[0], has_daemon=True, most=MOST_WITH_DAEMON)
        try:
            followed(report, name, session)
            lost(report, name, session, workers, size)
        finally:
            session.close()


def followed(report, name, session):
    report.check(f"{name}: its system calls, followed, come to what is on the disk", session.is_followed,
                 f"{len(session.disk.changes)} changes, {len(session.quickbooks.times)} documents "
                 f"{session.disk.strange[:3] or ''}")


def lost(report, name, session, workers, size):
    lacking = [place for place, state in enumerate(session.states, start=1) if state[2]]
    report.check(f"{name}: a loss of power may leave what lacks something that was done", lacking,
                 f"{len(session.states)} states, {len(lacking)} of them")
    places = [lacking[place - 1] for place in sample(len(lacking), size)] if size < len(lacking) else range(
        1, len(session.states) + 1)
    told(report, f"{name}, loss of power", list(workers.map(session.attempt, places)),
         what="everything is started from it")
