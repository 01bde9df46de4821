"""A root that is served and converted at the same time, by one process or by two."""

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from office import CONFIGURATION, Office
from scenario import KILLED


def wait(condition, seconds=60):
    """Waits until something is so; False when it was not so before the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def waiting(root):
    """The documents that QuickBooks is still to be asked."""
    return [name for name in os.listdir(Path(root) / "outbox/quickbooks") if not name.startswith(".")]


def is_idle(root):
    """Whether a daemon has done all that was left to it: files, documents that are staged, and commands."""
    root = Path(root)
    if any(not name.startswith(".") for box in ["procore", "quickbooks"] for name in os.listdir(root / "inbox" / box)):
        return False
    held = [root / "inbox/.claimed", root / "outbox/quickbooks/.staging", root / "outbox/procore/.staging"]
    if any(names for place in held for _, _, names in os.walk(place)):
        return False
    ledger = sqlite3.connect(f"file:{root}/plumbline.sqlite?mode=ro", uri=True, timeout=30)
    try:
        return not ledger.execute("SELECT 1 FROM command WHERE outcome IS NULL").fetchone()
    finally:
        ledger.close()


class House(Office):
    """An office with a daemon.

    - is_one: whether the daemon serves the Web Connector itself; else another process does, beside it.
    """

    def __init__(self, like, is_one):
        super().__init__(CONFIGURATION, tls=False, like=like)
        self.is_one, self.daemon = is_one, None

    def configure(self):
        super().configure()
        if self.is_one:
            with (self.path / "plumbline.yaml").open("a") as file:
                file.write("  serve: true\n")

    def open(self, prefix=()):
        """Starts what does not run."""
        if self.server is None or self.server.poll() is not None:
            self.serve(*(["run"] if self.is_one else []), prefix=prefix)
        if not self.is_one and (self.daemon is None or self.daemon.poll() is not None):
            with self.log.open("ab") as log:
                self.daemon = subprocess.Popen(
                    self.command("run"), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def processes(self):
        return {"server": self.server} if self.is_one else {"server": self.server, "daemon": self.daemon}

    def ended_as_wanted(self, victims):
        """Whether those that were to be killed were, and the others still run."""
        return all(process.wait(timeout=30) == KILLED if name in victims else process.poll() is None
                   for name, process in self.processes().items())

    def close(self):
        """Ends what runs, as systemd does; what did not end well."""
        found = []
        # Ended before it has begun, it would die of the signal.
        owner = self.server if self.is_one else self.daemon
        self.wait(lambda: f"pid={owner.pid}\n" in self.text(".plumbline-owner"))
        for name, process in self.processes().items():
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=60)
            if status:
                found.append(f"the {name} ended with {status}")
        self.server = self.daemon = None
        return found

    def kill(self):
        super().kill()
        if self.daemon and self.daemon.poll() is None:
            os.killpg(self.daemon.pid, signal.SIGKILL)
            self.daemon.wait()
        self.daemon = None
