"""A root in a scratch folder, and the real program working on it."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent

CONFIGURATION = """\
company_id: 8089
quickbooks:
  income_account: Construction Income
  expense_account: Job Expenses
settle: 200ms
"""


def program():
    """The program under test: PLUMBLINE, else the newest build in the checkout."""
    named = os.environ.get("PLUMBLINE")
    if named:
        return named
    builds = [path for path in CHECKOUT.glob(".build/*/plumbline") if path.is_file()]
    if not builds:
        raise SystemExit("There is no build: run swift build, or set PLUMBLINE to the program.")
    return str(max(builds, key=lambda path: path.stat().st_mtime))


class Root:
    """The folders of one company, made by `with Root() as root`, and removed with it."""

    def __init__(self, configuration=CONFIGURATION, within=None):
        self.path = Path(tempfile.mkdtemp(prefix="plumbline-chaos-", dir=within))
        self.configuration = configuration
        # Where the sync ledger is, which a configuration may put elsewhere.
        self.ledger_file = self.path / "plumbline.sqlite"

    def __enter__(self):
        (self.path / "plumbline.yaml").write_text(self.configuration)
        for folder in ["inbox/procore", "inbox/quickbooks", "outbox/quickbooks", "outbox/procore"]:
            (self.path / folder).mkdir(parents=True)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def drop(self, content, name):
        """Drops a file as a well-behaved program does: written under a hidden name, then renamed."""
        data = content if isinstance(content, bytes) else content.encode()
        hidden = self.path / "inbox" / f".drop-{os.getpid()}-{name.replace('/', '_')}"
        hidden.write_bytes(data)
        target = self.path / "inbox" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden.rename(target)

    def receipt_names(self):
        """The receipts for scripts, by their paths below outbox/results, in the order of their numbers."""
        base = self.path / "outbox/results"
        names = [os.path.join(os.path.relpath(folder, base), name).removeprefix("./")
                 for folder, _, names in os.walk(base) for name in names
                 if name.endswith(".result.json") and not name.startswith(".")]
        return sorted(names, key=os.path.basename)

    def receipts(self):
        """What the receipts say, each as it was read."""
        return [json.loads(self.text(f"outbox/results/{name}")) for name in self.receipt_names()]

    def command(self, *arguments):
        return [program(), *arguments, "--root", str(self.path)]

    def run(self, *arguments, timeout=120):
        """Runs a command to its end."""
        return subprocess.run(
            self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, text=True
        )

    def start(self, *prefix):
        """Starts the daemon, behind another program where one is named."""
        return subprocess.Popen(
            [*prefix, *self.command("run")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    @staticmethod
    def stop(process):
        """Ends the daemon as systemd does, and gives its exit status."""
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=60)

    def wait(self, condition, seconds=60):
        """Waits until something is so; False when it was not so before the deadline."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def names(self, folder):
        """The names in a folder, hidden ones and the status page left out, sorted."""
        try:
            return sorted(name for name in os.listdir(self.path / folder) if not name.startswith(".")
                          and not (folder == "outbox/results" and name.startswith("status.")))
        except FileNotFoundError:
            return []

    def files(self, folder):
        """Every file below a folder by its path there, hidden ones included, with its bytes."""
        base = self.path / folder
        return {str(path.relative_to(base)): path.read_bytes() for path in sorted(base.rglob("*")) if path.is_file()}

    def documents(self):
        """What left for either side, by name, byte for byte. What is staged is not looked at: it may come into sight,
        and be gone from there, while the daemon works."""
        return {
            f"{outbox}/{name}": (self.path / "outbox" / outbox / name).read_bytes()
            for outbox in ["quickbooks", "procore"]
            for name in self.names(f"outbox/{outbox}")
            if (self.path / "outbox" / outbox / name).is_file()
        }

    def text(self, name):
        try:
            return (self.path / name).read_text()
        except FileNotFoundError:
            return ""

    def leftovers(self):
        """What must be nowhere once everything is done: staged documents, claims, temporary files."""
        found = [f"outbox/{box}/.staging/{name}" for box in ["quickbooks", "procore"]
                 for name in self.files(f"outbox/{box}/.staging")]
        found += [f"inbox/.claimed/{name}" for name in self.files("inbox/.claimed")]
        found += [str(path.relative_to(self.path)) for path in self.path.rglob(".*.new")]
        found += [str(path.relative_to(self.path)) for path in self.path.rglob("*.copying")]
        return found

    def integrity(self):
        """What SQLite says of the ledger; `ok` is good."""
        ledger = sqlite3.connect(f"file:{self.ledger_file}?mode=ro", uri=True)
        try:
            return ledger.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            ledger.close()

    def ledger(self, sql, *arguments):
        """Rows of the ledger, for reading only."""
        ledger = sqlite3.connect(f"file:{self.ledger_file}?mode=ro", uri=True)
        try:
            return ledger.execute(sql, arguments).fetchall()
        finally:
            ledger.close()

    def status(self):
        return json.loads(self.run("status", "--json").stdout)


def vendors(numbers):
    """A Procore export of companies with these numbers."""
    return json.dumps(
        [{"id": 400_000 + n, "name": f"Vendor {n}", "is_active": True, "synced_to_erp": False} for n in numbers]
    )


def cost_codes(numbers):
    """A Procore export of standard cost codes with these numbers."""
    return json.dumps(
        [
            {"id": 71_000 + n, "standard_cost_code_list_id": 5512, "parent_id": None, "code": f"C{n}",
             "full_code": f"C{n}", "name": f"Code {n}", "origin_id": None, "origin_data": None}
            for n in numbers
        ]
    )


def projects(numbers):
    """A Procore export of projects with these numbers."""
    return json.dumps(
        [
            {"id": 225_000 + n, "name": f"Harbor Phase {n}", "project_number": str(n),
             "time_zone": "US/Pacific", "active": True,
             "address": f"{n} Pier Rd", "city": "Olympia", "state_code": "WA", "zip": "98501", "origin_id": None}
            for n in numbers
        ]
    )
