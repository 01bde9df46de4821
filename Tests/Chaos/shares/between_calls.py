"""A share that goes between two system calls of the program."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from root import vendors

from .mounts import Mounts
from .outcome import added, outcomes
from .shared_root import SharedRoot

# What may fall on a share: names that are made, changed, looked at and made durable.
CALLS = ["openat", "rename", "renameat2", "unlink", "mkdir", "fsync", "newfstatat", "fstat"]


def stopped(pid):
    """Whether a process stands still, seen long enough that it is not just between two calls."""
    for _ in range(10):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state not in "tT":
            return False
        time.sleep(0.005)
    return True


def go_on(pid):
    """Has a process that stands still go on, if it is still there."""
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def stopping(root, call, at):
    """`once`, which stops itself after its call of that number; gives strace and the program's own number."""
    strace = subprocess.Popen(
        ["strace", "-f", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGSTOP:when={at}",
         *root.command("once")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{strace.pid}/task/{strace.pid}/children")
    while strace.poll() is None and children.exists():
        # strace first tries on children of its own what the kernel can do.
        for pid in children.read_text().split():
            try:
                if Path(f"/proc/{pid}/comm").read_text().strip() != "strace":
                    return strace, int(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        time.sleep(0.005)
    return strace, None


def prepared(root):
    """A root that has been used, and files to be taken."""
    root.drop(vendors([0]), "procore/v0.json")
    root.run("once")
    for n in range(1, 4):
        root.drop(vendors([n]), f"procore/v{n}.json")


def calls_made():
    """How often one thread of `once` makes each call, by trying: strace counts each thread's calls by themselves."""
    with SharedRoot() as root:
        prepared(root)
        trace = root.elsewhere / "trace"
        done = subprocess.run(["strace", "-f", "-o", str(trace), "-e", "trace=" + ",".join(CALLS),
                               *root.command("once")], capture_output=True, text=True)
        if done.returncode:
            return {}
        made = Counter(re.findall(r"^(\d+) +(\w+)\(", trace.read_text(), re.MULTILINE))
        return {call: max((count for (_, name), count in made.items() if name == call), default=0) for call in CALLS}


def away_between_calls(report, size):
    """A share goes between two calls of the program, whichever: nothing is lost, doubled, or put in its place."""
    if not shutil.which("strace"):
        return report.skip("shares that go between two calls", "strace is not installed")
    made = calls_made()
    if not made:
        return report.skip("shares that go between two calls", "strace may not trace here")
    points = [(folder, call, at) for folder in ["inbox", "inbox/procore", "outbox/quickbooks", "outbox/results"]
              for call, count in made.items() for at in range(1, count + 1)]
    random.Random(size).shuffle(points)
    wrong, misplaced, stops = [], [], 0
    for folder, call, at in points[:size]:
        with SharedRoot() as root, Mounts() as mounts:
            place = root.path / folder
            behind = root.move(folder)
            mounts.bind(behind, place)
            prepared(root)
            strace, pid = stopping(root, call, at)
            while pid and strace.poll() is None and not stopped(pid):
                time.sleep(0.005)
            went = strace.poll() is None
            stops += went
            if went:
                mounts.away(place)
            while strace.poll() is None:
                # Another of its threads may come to the same number.
                if stopped(pid):
                    go_on(pid)
                time.sleep(0.005)
            if went:
                strays = os.listdir(place)
                mounts.bind(behind, place)
            else:
                strays = []
            last = root.run("once")
            got = added(root.documents().values())
            if got != [0, 1, 2, 3] or outcomes(root) != {"accepted": 4} or last.returncode or root.leftovers():
                wrong.append(f"{folder} after {call} {at}: records {got}, {outcomes(root)}, left {root.leftovers()}, "
                             f"{last.stdout.strip()}")
            if strays:
                misplaced.append(f"{folder} after {call} {at}: {strays}")
    report.check("a share that goes between two calls: every record once, nothing half or twice", not wrong,
                 wrong[:3] or f"{stops} times, of {len(points)} points")
    report.check("a share that goes between two calls: nothing was put in its place", not misplaced, misplaced[:3])
    report.check("the share went at most of the points", stops > min(size, len(points)) // 2, stops)
