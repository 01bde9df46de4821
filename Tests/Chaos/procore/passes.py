"""The carrier's passes over one outbox: what each begins with, and what all of them come to."""

import json
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from scenario import KILLED, Copy, Points

from .books import prepare
from .fake import Fake, configure

# How far the clock of what was sent and not answered is set back: by then a call has ended, whatever became of it.
LONG_AGO = 3_600


class Pass:
    """What one pass of the carrier begins with, and what it does when nothing disturbs it."""

    def __init__(self, name, folder, kept, seen):
        self.name, self.folder, self.kept, self.seen = name, folder, kept, dict(seen)
        self.calls, self.points = [], None

    def __enter__(self):
        self.copy = Copy(self.folder, None)
        self.fake = Fake(self.kept)
        root, fake = self.copy.__enter__(), self.fake.__enter__()
        configure(root, fake)
        return root, fake

    def __exit__(self, *arguments):
        self.fake.__exit__(*arguments)
        self.copy.__exit__(*arguments)

    def begun(self):
        """The same once more, for somebody else at the same time."""
        return Pass(self.name, self.folder, self.kept, self.seen)

    def steps(self):
        """How often it calls the kernel for files of its root, by call."""
        if self.points is None:
            with self.begun() as (root, _):
                self.points = Points(root, command=("procore", "--once"))
        return self.points

    def posts(self, path):
        """The numbers of its calls that change something there."""
        return [number for number, call in enumerate(self.calls, start=1)
                if not call.startswith("GET") and path in call.split("?")[0]]


class Passes:
    """All passes of a run that nothing disturbs, those that follow a lost answer, and the outcome of every one.

    - is_whole: whether those that a shorter form can do without are among them.
    """

    def __init__(self, is_whole):
        self.is_whole = is_whole

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-procore-"))
        prepare(self.folder / "root")
        self.passes = []
        first = Pass("pass 1", self.folder / "root", {}, {})
        with first as (root, fake):
            for number in range(1, 6):
                now = self.keep(f"pass {number}", root, fake, self.passes[-1].seen if self.passes else {})
                self.run(now, root, fake)
                ended = root.run("once")
                if ended.returncode not in [0, 1]:
                    raise RuntimeError(f"once ended with {ended.returncode}: {ended.stdout}")
                if not root.names("outbox/procore"):
                    break
            found, seen = finish(root, fake, now.seen)
            if found:
                raise RuntimeError(f"The undisturbed run does not end: {found}")
            self.outcome = outcome(root, fake, seen)
        self.after_lost_answers()
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, name, root, fake, seen):
        """Keeps what there is as the beginning of a pass."""
        folder = self.folder / str(len(self.passes))
        shutil.copytree(root.path, folder)
        now = Pass(name, folder, fake.kept(), {**seen, **root.files("outbox/procore")})
        self.passes.append(now)
        return now

    @staticmethod
    def run(now, root, fake):
        fake.order("_reset", {})
        ended = root.run("procore", "--once")
        now.calls = fake.order("_contents", {})["calls"]
        if ended.returncode:
            raise RuntimeError(f"The undisturbed carrier ended with {ended.returncode}: {ended.stdout}")

    def after_lost_answers(self):
        """The passes that follow a kill at a call that makes a record: they ask first, or repeat it."""
        lost = [("a payment that Procore made", "contract_payments", "after"),
                ("a payment that Procore did not make", "contract_payments", "before"),
                ("a cost that Procore made", "direct_costs", "after"),
                ("cost lines that Procore made", "direct_costs/line_items", "after")]
        # The two last ones are both repeated.
        for what, path, moment in lost if self.is_whole else lost[:-1]:
            before = next((one for one in self.passes if one.posts(path)), None)
            if before is None:
                raise RuntimeError(f"No pass changes {path}: {[one.calls for one in self.passes]}")
            with before.begun() as (root, fake):
                if not killed_at_call(root, fake, moment, before.posts(path)[0]):
                    raise RuntimeError(f"The carrier was not killed at {path}.")
                age(root)
                now = self.keep(f"the pass after {what}", root, fake, before.seen)
            with now.begun() as (root, fake):
                self.run(now, root, fake)


def age(root):
    """What was sent without an answer was sent long ago."""
    ledger = sqlite3.connect(root.ledger_file, timeout=30)
    with ledger:
        ledger.execute("UPDATE posting SET since = since - ?", (LONG_AGO,))
    ledger.close()


def killed_at_call(root, fake, moment, number):
    """Has Procore kill the carrier at one of its calls; whether it did."""
    file = root.path / "carrier.pid"
    fake.order("_set", {"kill": {"file": str(file), "call": number, "when": moment}})
    carrier = subprocess.Popen(
        ["sh", "-c", 'echo $$ > "$0"; exec "$@"', str(file), *root.command("procore", "--once")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killed = carrier.wait(timeout=120) == KILLED
    fake.order("_set", {"kill": None})
    file.unlink()
    return killed


def finish(root, fake, seen):
    """Carries and takes in peace until all is quiet: what was other than it must be, and every document that was seen."""
    seen = dict(seen)
    for _ in range(6):
        for _ in range(6):
            seen |= root.files("outbox/procore")
            ended = root.run("procore", "--once")
            if ended.returncode == 0:
                break
            # It waits until what it sent must have ended.
            age(root)
        else:
            return [f"it never ends: {ended.stdout}"], seen
        ended = root.run("once")
        if ended.returncode not in [0, 1]:
            return [f"once ended with {ended.returncode}: {ended.stdout}"], seen
        if not root.names("outbox/procore"):
            return [], seen
    return ["documents for Procore are left"], seen


def outcome(root, fake, seen):
    """What Procore and the ledger hold in the end, and the documents that came to it."""
    has = fake.order("_contents", {})
    return {
        "payments": sorted(json.dumps(payment, sort_keys=True) for payment in has["payments"]),
        "records": sorted(json.dumps(record, sort_keys=True) for record in has["vendors"]),
        "ledger": sorted(map(str, root.ledger("SELECT entity, procore_id, state FROM record"))),
        "documents": {name: content for name, content in seen.items() if not name.startswith(".")},
        "left over": root.leftovers() + list(root.files("inbox/procore/.carried")) + root.ledger("SELECT * FROM posting"),
    }


def compare(passes, root, fake, seen):
    found, seen = finish(root, fake, seen)
    has = outcome(root, fake, seen)
    return found + [f"{what} differ" for what, wanted in passes.outcome.items() if has[what] != wanted] + (
        [] if root.integrity() == "ok" else ["the ledger is damaged"])
