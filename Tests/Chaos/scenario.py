"""Five files in both directions: the scenario that is broken at every system call."""

import json
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from root import Root, cost_codes, projects, vendors

# What touches the file system or the ledger. Calls that only look (stat and the like) change nothing by being the last.
CALLS = ["openat", "openat2", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "syncfs", "rename",
         "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "ftruncate",
         "fallocate", "flock", "fcntl", "getdents64", "close"]

STRACE = ["strace", "-f", "-qq", "-y", "-s", "0"]


class Scenario:
    """The same root before each of two runs, and what an undisturbed run makes of it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-scenario-"))
        self.before, self.after, self.calls = {}, {}, {}

    def __enter__(self):
        with Root() as root:
            root.drop(vendors(range(30)), "procore/1-vendors.json")
            root.drop(cost_codes(range(12)), "procore/2-cost_codes.json")
            root.drop(projects(range(4)), "procore/3-projects.json")
            root.drop(vendors([1])[:-9], "procore/4-cut-off.json")
            root.drop(json.dumps([{"id": 499_001, "name": "Good", "is_active": True},
                                  {"id": 499_002, "name": None}]), "procore/5-vendors.json")
            self.prepare(root, "exports")
            root.run("sandbox", "--once")
            self.prepare(root, "answers")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, root, direction):
        """Keeps the root as it is, traces the run that is broken later, and keeps what it ends with."""
        self.before[direction] = self.folder / direction
        shutil.copytree(root.path, self.before[direction], symlinks=True)
        self.calls[direction] = traced(root)
        # Runs once more, since every broken one does.
        root.run("once")
        self.after[direction] = Outcome(root)

    def again(self, direction):
        """A fresh root in the state before a direction's run."""
        root = Root()
        shutil.rmtree(root.path)
        shutil.copytree(self.before[direction], root.path, symlinks=True)
        return root


def traced(root):
    """How often the run makes each call: before it first touches the root, and in all, in the thread that makes most."""
    output = root.path.parent / f"{root.path.name}.trace"
    subprocess.run([*STRACE, "-o", str(output), "-e", "trace=" + ",".join(CALLS), *root.command("once")],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    lines = output.read_text(errors="replace").splitlines() if output.exists() else []
    output.unlink(missing_ok=True)
    counts, first = {}, {}
    for line in lines:
        found = re.match(r"(\d+) +(\w+)\(", line)
        if not found:
            continue
        key = (found[2], found[1])
        counts[key] = counts.get(key, 0) + 1
        if str(root.path) in line:
            first.setdefault(key, counts[key])
    # What a process does before it looks at its root is the loader's.
    return {call: (min(first[k] for k in first if k[0] == call), max(counts[k] for k in first if k[0] == call))
            for call in {key[0] for key in first}}


class Outcome:
    """What a root holds once everything is done, with the times taken out."""

    def __init__(self, root, collected=None):
        self.documents = dict(root.documents())
        for name, content in (collected or {}).items():
            self.documents[name] = content
        self.receipts = {name: masked(content) for name, content in root.files("outbox/results").items()
                         if name.endswith(".json")}
        self.filed = sorted(re.sub(r"processed/\d{4}-\d\d-\d\d/", "processed/", name)
                            for name in root.files("inbox") if not name.endswith(".plumbline"))
        self.log = sorted(re.sub(r"^\S+ ", "", line) for line in root.text("logs/results.log").splitlines())

    def differences(self, other):
        """In what two outcomes differ, in words."""
        found = []
        for what in ["documents", "receipts"]:
            ours, theirs = getattr(self, what), getattr(other, what)
            found += [f"{what}: {name} is {'missing' if name not in theirs else 'other'}" for name in ours
                      if theirs.get(name) != ours[name]]
            found += [f"{what}: {name} is too much" for name in theirs if name not in ours]
        for what in ["filed", "log"]:
            if getattr(self, what) != getattr(other, what):
                ours, theirs = getattr(self, what), getattr(other, what)
                found.append(f"{what}: {[x for x in ours if x not in theirs]} / {[x for x in theirs if x not in ours]}")
        return found


def masked(content):
    return re.sub(rb'"received": "[^"]*"', b'"received": ""', content)


class Collector:
    """Takes documents away at once, as whatever carries them to QuickBooks may; a name that comes twice is noted."""

    def __init__(self, root):
        self.root, self.taken, self.twice = root, {}, []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.collect)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def collect(self):
        while True:
            last = self.ended.is_set()
            for outbox in ["quickbooks", "procore"]:
                for name in self.root.names(f"outbox/{outbox}"):
                    path = self.root.path / "outbox" / outbox / name
                    content = path.read_bytes()
                    path.unlink()
                    key = f"{outbox}/{name}"
                    if key in self.taken:
                        self.twice.append(key)
                    self.taken[key] = content
            if last:
                return
            self.ended.wait(0.001)


def sample(first, last, size):
    """At most so many numbers from a range, spread evenly, the ends among them."""
    count = last - first + 1
    if count <= size:
        return list(range(first, last + 1))
    return sorted({first + round(i * (count - 1) / max(1, size - 1)) for i in range(size)})
