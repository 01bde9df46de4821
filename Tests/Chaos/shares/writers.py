"""Writers of every kind: many at once, slow, dying half way, holding a file open, filling it later."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

from root import Root, vendors

from .mounts import Mounts
from .outcome import added, check_once, dropped, outcomes, receipts
from .shared_root import SharedRoot, write_renamed


class Writer(threading.Thread):
    """Somebody who writes a file into the inbox in a way of his own."""

    WAYS = ["held", "renamed", "whole", "csv", "grown"]

    def __init__(self, root, number, way, pause, start):
        super().__init__()
        self.root, self.number, self.way, self.pause, self.begin = root, number, way, pause, start
        self.numbers = range(number * 3, number * 3 + 3)
        self.random = random.Random(number)
        ending = "csv" if way == "csv" else "json"
        self.path = root.path / "inbox/procore" / f"{way}-{number}.{ending}"
        self.taken_early = False

    def content(self):
        if self.way != "csv":
            return vendors(self.numbers).encode()
        rows = "".join(f"Vendor {n},,,,,,,,,{400_000 + n}\n" for n in self.numbers)
        header = "Company Name,Address,City,State,Zip,Country,Business Phone,Fax Number,Email Address,Id"
        return f"{header}\n{rows}".encode()

    def pieces(self):
        content, cuts = self.content(), 8
        at = sorted(self.random.sample(range(1, len(content)), cuts))
        return [content[start:end] for start, end in zip([0, *at], [*at, len(content)])]

    def run(self):
        self.begin.wait()
        if self.way == "renamed":
            return self.root.drop(self.content(), f"procore/{self.path.name}")
        if self.way == "whole":
            self.path.write_bytes(self.content())
        elif self.way == "grown":
            # The file is complete whenever nobody holds it: only where it is judged by waiting is this one write.
            for piece in self.pieces():
                with open(self.path, "ab") as file:
                    file.write(piece)
                time.sleep(self.pause * self.random.random())
        else:
            with open(self.path, "wb", buffering=0) as file:
                for piece in self.pieces():
                    file.write(piece)
                    time.sleep(self.pause * self.random.random())
                    self.taken_early |= not self.is_mine(file)

    def is_mine(self, file):
        """Whether the open file still stands where it was made."""
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False


def at_once(report, size, where, root):
    """Many writers begin at the same moment, each in a way of his own."""
    ways = Writer.WAYS if where == "share" else Writer.WAYS[:-1]
    start = threading.Event()
    writers = [Writer(root, n, ways[n % len(ways)], 0.3 if where == "share" else 0.5, start) for n in range(size)]
    daemon = root.start()
    root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
    for writer in writers:
        writer.start()
    start.set()
    for writer in writers:
        writer.join()
    root.wait(lambda: len(receipts(root)) >= size and not dropped(root))
    ended = root.stop(daemon)
    numbers = [number for writer in writers for number in writer.numbers]
    check_once(report, f"{size} writers at once on a {where}: every record once", root.documents().values(), numbers)
    report.check(f"{size} writers at once on a {where}: nothing half or twice",
                 outcomes(root) == {"accepted": size} and ended == 0, outcomes(root))
    early = [writer.path.name for writer in writers if writer.taken_early]
    report.check(f"{size} writers at once on a {where}: nothing taken under a writer's hands", not early, early[:3])


DYING = """\
import os, sys
descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
os.write(descriptor, open(sys.argv[2], "rb").read())
os.kill(os.getpid(), 9)
"""


def dying(report, size, where, root):
    """Writers that die half way leave a file that is refused in words."""
    inbox = root.path / "inbox/procore"
    half = root.elsewhere / "half"
    daemon = root.start()
    died = 0
    for n in range(size):
        content = vendors(range(n * 3, n * 3 + 3)).encode()
        half.write_bytes(content[: random.Random(n).randrange(20, len(content) - 1)])
        writer = subprocess.run([sys.executable, "-c", DYING, str(inbox / f"dead-{n}.json"), str(half)])
        died += writer.returncode == -signal.SIGKILL
    root.wait(lambda: len(receipts(root)) >= size and not dropped(root))
    root.stop(daemon)
    told = list(receipts(root).values())
    clear = [one for one in told if one["outcome"] == "rejected" and one["problems"]
             and "ends" in one["problems"][0]["what"] and one["problems"][0]["remedy"]]
    report.check(f"writers that die on a {where}: each file rejected, with the reason",
                 died == size and len(clear) == len(told) == size, f"{died} died, {len(clear)} of {len(told)} receipts")
    kept = [name for name in root.files("inbox/rejected/procore") if not name.startswith(".")]
    report.check(f"writers that die on a {where}: each file kept, beside its problem file",
                 sum(name.endswith(".problem.txt") for name in kept) == size and len(kept) == 2 * size, len(kept))
    report.check(f"writers that die on a {where}: nothing of them was taken",
                 not added(root.documents().values()) and not root.status()["records"])


def held_open(report, root):
    """A file that somebody holds open is left alone, by the daemon and by `once`, until it is closed."""
    path = root.path / "inbox/procore/held.json"
    with open(path, "w") as file:
        file.write(vendors([1]))
        file.flush()
        once = root.run("once")
        report.check("once leaves a file that is held open, and says so",
                     path.exists() and "held.json" in once.stdout, once.stdout.strip())
        daemon = root.start()
        root.drop(vendors([2]), "procore/other.json")
        taken = root.wait(lambda: len(receipts(root)) == 1)
        report.check("the daemon leaves it and goes on with others",
                     taken and path.exists() and added(root.documents().values()) == [2])
    root.wait(lambda: len(receipts(root)) == 2)
    root.stop(daemon)
    report.check("closed, it is taken", outcomes(root) == {"accepted": 2} and
                 added(root.documents().values()) == [1, 2], outcomes(root))


def placeholders(report, size, where, root):
    """Files of 0 bytes wait for their content."""
    inbox = root.path / "inbox/procore"
    daemon = root.start()
    paths = [inbox / f"later-{n}.json" for n in range(size)]
    for path in paths:
        path.touch()
    root.drop(vendors([9_000]), "procore/other.json")
    root.wait(lambda: len(receipts(root)) >= 1)
    # A second one comes after the placeholders were looked at for sure.
    root.drop(vendors([9_001]), "procore/another.json")
    root.wait(lambda: len(receipts(root)) >= 2)
    waiting = sum(path.exists() for path in paths)
    report.check(f"files of 0 bytes on a {where} wait while others go on",
                 waiting == size and outcomes(root) == {"accepted": 2}, f"{waiting} of {size} wait, {outcomes(root)}")
    for n, path in enumerate(paths):
        if n % 3 == 0:
            path.write_text(vendors([n]))
        elif n % 3 == 1:
            write_renamed(inbox, path.name, vendors([n]))
        else:
            with open(path, "r+") as file:
                file.write(vendors([n]))
    root.wait(lambda: len(receipts(root)) >= size + 2 and not dropped(root))
    root.stop(daemon)
    check_once(report, f"files of 0 bytes on a {where}, filled later: every record once", root.documents().values(),
               [*range(size), 9_000, 9_001])
    report.check(f"files of 0 bytes on a {where}, filled later: nothing rejected or twice",
                 outcomes(root) == {"accepted": size + 2}, outcomes(root))


def empty_for_ever(report):
    """A file that stays at 0 bytes is not given up silently."""
    if not shutil.which("faketime"):
        return report.skip("a file that stays empty", "faketime is not installed")
    with Root() as root:
        (root.path / "inbox/procore/empty.json").touch()
        root.run("once")
        waited = not receipts(root)
        # Only the time of day is another: the clock for waiting and the times of files stay as they are.
        later = subprocess.run(
            ["faketime", "-f", "+10m", *root.command("once")], capture_output=True, text=True, timeout=60,
            env=os.environ | {"DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"})
        told = list(receipts(root).values())
        report.check("a file that stays empty is rejected after a while, in words",
                     waited and len(told) == 1 and told[0]["outcome"] == "rejected"
                     and "empty" in told[0]["problems"][0]["what"], later.stdout.strip())


def grown_by_pieces(report, size):
    """On a local disk a closed file is complete: pieces written one by one are refused, not taken half."""
    with SharedRoot() as root:
        daemon = root.start()
        root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
        start = threading.Event()
        start.set()
        writers = [Writer(root, n, "grown", 0.2, start) for n in range(size)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        root.wait(lambda: receipts(root) and not dropped(root))
        root.stop(daemon)
        wholes, parts = set(), {}
        for told in receipts(root).values():
            if told["outcome"] == "accepted":
                wholes.add(told["file"])
            else:
                parts[told["file"]] = parts.get(told["file"], 0) + (told["outcome"] == "rejected")
        names = {writer.path.name for writer in writers}
        got = added(root.documents().values())
        whole = sorted(number for writer in writers if writer.path.name in wholes for number in writer.numbers)
        report.check("a file closed after each piece is taken whole or refused in words, never half",
                     got == whole and wholes | set(parts) == names and all(parts.values()),
                     f"{len(wholes)} whole, {len(parts)} refused in {sum(parts.values())} pieces, {len(got)} records")


def writing(report, size, no_mounts):
    """Every kind of writer, on a local disk and on a share."""
    tries = [
        lambda where, root: at_once(report, size, where, root),
        lambda where, root: dying(report, max(3, size // 10), where, root),
        lambda where, root: placeholders(report, max(3, size // 5), where, root),
    ]
    for attempt in tries:
        with SharedRoot() as root:
            attempt("local disk", root)
        if not no_mounts:
            # Where completeness is judged by waiting, the pauses of writers have to be shorter.
            with SharedRoot(settle="2s") as root, Mounts() as mounts:
                mounts.fuse(root.move("inbox"), root.path / "inbox")
                attempt("share", root)
    with SharedRoot() as root:
        held_open(report, root)
    grown_by_pieces(report, max(3, size // 10))
    empty_for_ever(report)
