"""What is made durable before what, read from the system calls: a removed fsync shows here, and in no kill."""

import os
import re

from root import vendors
from scenario import Scenario, can_strace, trace

SHORT = FULL = 1

CALL = re.compile(r"^\d+ (\w+)\((.*)\)\s+= (-?\d+)")
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")
PLACE = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
RECEIPT = re.compile(r'rename.*outbox/results.*"([^"]*\.result\.(?:json|txt))"')
STRING = re.compile(r'^\d+<[^>]*>, "((?:[^"\\]|\\.)*)"')


class Order:
    """Follows a trace, and notes every step that came before another which had to be first."""

    def __init__(self, root):
        self.root = root
        self.violations = []
        # Written, and not durable since: files; folders with a new name in them.
        self.files = set()
        self.folders = set()
        # Files of which a sync failed: a later one proves nothing, until they are written anew.
        self.broken = set()
        # Staged documents; those that a commit in the ledger tells of.
        self.staged = set()
        self.remembered = set()
        self.claimed = set()
        # The ledger: a commit, a new log, and its first page, that are not durable yet; pages copied from the log.
        self.commit = self.log_is_new = self.log_head = self.pages = False
        # Receipts, log lines and filings that are not durable yet, by folder; which were so at the last commit.
        self.untidy = set()
        self.untidy_at_commit = set()
        # Receipts for scripts that were written. What is written anew of them, and what is told to people, follows a commit
        # that nothing relies on.
        self.receipts = set()
        self.published = 0

    def note(self, is_so, what):
        if not is_so:
            self.violations.append(what)

    # MARK: what happens

    def opened(self, path, flags):
        if "O_CREAT" not in flags:
            return
        folder, name = os.path.split(path)
        if folder.endswith("/.staging") or path.endswith(".rejects"):
            self.files.add(path)
            self.broken.discard(path)
            self.folders.add(folder)
        if folder.endswith("/.staging"):
            self.staged.add(path)
        self.note(not re.fullmatch(r"outbox/(quickbooks|procore)/\d[^/]*", path), f"{path} is written in sight")
        if path == "plumbline.sqlite-wal":
            self.log_is_new = True

    def read(self, path):
        if path.startswith("inbox/") and not path.endswith("/.plumbline"):
            self.note(path in self.claimed, f"{path} is read before it is claimed")

    def wrote(self, path, line):
        if path in self.files or "/.staging/" in path or path.endswith(".rejects"):
            self.files.add(path)
            self.remembered.discard(path)
        if path == "plumbline.sqlite-wal":
            self.wrote_log(STRING.match(line)[1].encode("latin-1").decode("unicode_escape").encode("latin-1"), line)
        if path == "plumbline.sqlite":
            self.note(not self.commit, "pages are copied into the ledger before its log is durable")
            self.pages = True
        if path.startswith("logs/"):
            self.settled("a log line is written")
            self.untidy.add("logs")

    def wrote_log(self, content, line):
        """A frame of SQLite's log: 24 bytes of head, where bytes 4 to 8 are not zero for the last of a commit."""
        if line.endswith(", 32, 0"):
            self.log_head = True
        if not re.search(r", 24, \d+$", line):
            return
        self.note(not self.log_head, "a frame follows the log's first page before that is durable")
        if content[4:8] == b"\0\0\0\0":
            return
        for path in sorted(self.files):
            self.note(False, f"the ledger tells of {path} before it is durable")
        for folder in sorted(self.folders):
            self.note(False, f"the ledger tells of what happened in {folder} before the folder is durable")
        self.commit = True
        self.remembered |= self.staged
        self.untidy_at_commit = set(self.untidy)

    def renamed(self, old, new):
        if "/.staging/" in old:
            self.note(old not in self.files, f"{old} comes into sight before it is durable")
            self.note(os.path.dirname(old) not in self.folders, f"{old} comes into sight before its name is durable")
            self.note(old in self.remembered, f"{old} comes into sight before the ledger tells of it")
            self.ledger_is_durable(f"{old} comes into sight")
            self.folders.add(os.path.dirname(new))
            self.published += 1
        elif old.startswith("inbox/.claimed/"):
            self.settled(f"{old} is filed")
            self.untidy.add("inbox")
        elif new.startswith("inbox/.claimed/"):
            self.claimed.add(new)
        elif new.startswith("outbox/results/status."):
            pass  # The status page promises nothing: it is written anew.
        elif new.startswith("outbox/results/"):
            if new.endswith(".json") and new not in self.receipts and self.is_claimed_here(new):
                self.settled(f"{new} is written")
            self.receipts.add(new)
            self.untidy.add("outbox/results")

    def is_claimed_here(self, receipt):
        """Whether it is of a file that was taken in this trace: those of others were written before."""
        number = int(os.path.basename(receipt).split("-")[0])
        return any(re.match(rf"inbox/\.claimed/{number}[-/]", path) for path in self.claimed)

    def ledger_is_durable(self, what):
        self.note(not self.commit, f"{what} before the ledger's commit is durable")
        self.note(not self.log_is_new, f"{what} before the name of the ledger's log is durable")

    def settled(self, what):
        """Receipts, log lines and filing come last of all."""
        self.ledger_is_durable(what)
        for folder in sorted(self.folders):
            self.note(False, f"{what} before {folder} is durable")

    def sync_failed(self, path, everything):
        self.broken |= {file for file in self.files if file == path or everything and self.top(file) == self.top(path)}

    def synced(self, path):
        if path not in self.broken:
            self.files.discard(path)
        self.folders.discard(path)
        if path == "plumbline.sqlite-wal":
            self.commit = self.log_head = False
        elif path == "plumbline.sqlite":
            self.pages = False
        elif path == "":
            self.log_is_new = False

    def synced_below(self, path):
        """One sync for a file system, of which no more is taken for granted than that it holds this folder."""
        top = self.top(path)
        self.files = {file for file in self.files if file in self.broken or self.top(file) != top}
        self.folders = {folder for folder in self.folders if self.top(folder) != top}
        self.untidy.discard(top)

    @staticmethod
    def top(path):
        """The folder that may be a mount of its own."""
        return "/".join(path.split("/")[:2 if path.startswith("outbox/") else 1])

    # MARK: the lines

    def follow(self, lines):
        for line in lines:
            found = CALL.match(line)
            if not found:
                continue
            call, rest = found[1], found[2]
            at = DESCRIPTOR.match(rest)
            if found[3] == "-1":
                if "sync" in call and at and self.below(at[1]) is not None:
                    self.sync_failed(self.below(at[1]), everything=call == "syncfs")
                continue
            places = [self.below(os.path.join(folder, name)) for folder, name in PLACE.findall(rest)]
            if call.startswith("open") and places and places[0] is not None:
                self.opened(places[0], rest)
            elif call.startswith("rename") and None not in places[:2]:
                self.renamed(*places[:2])
            elif call.startswith("unlink") and places and places[0] == "plumbline.sqlite-wal":
                self.note(not self.pages, "the ledger's log is removed before the ledger is durable")
            elif at and self.below(at[1]) is not None:
                self.happened(call, self.below(at[1]), rest)
        for folder in sorted(self.untidy_at_commit | self.untidy):
            self.note(False, f"what was written to {folder} is not durable when the ledger calls it done")
        for folder in sorted(self.folders):
            self.note(False, f"{folder} is not durable at the end")

    def happened(self, call, path, rest):
        if call in ["read", "pread64"]:
            self.read(path)
        elif "write" in call:
            self.wrote(path, rest)
        elif call in ["fsync", "fdatasync"]:
            self.synced(path)
        elif call == "syncfs":
            self.synced_below(path)

    def below(self, path):
        if path == self.root:
            return ""
        return path[len(self.root) + 1:] if path.startswith(self.root + "/") else None


def violations(lines, root):
    """Everything in a trace that came too early; a pure function of the trace."""
    order = Order(root)
    order.follow(lines)
    return order.violations


def syncs(lines, root):
    """The lines that make something of the root durable on which something later relies."""
    relied = []
    receipts = set()
    # The last sync of the ledger's log, while nothing has relied on it.
    waiting = None
    is_written = is_head = False
    for number, line in enumerate(lines):
        if "-wal>" not in line and re.match(r"^\d+ (fsync|fdatasync|syncfs)\(\d+<" + re.escape(root), line):
            relied.append(number)
        elif "-wal>" in line and "fdatasync" in line:
            if is_head:
                relied.append(number)
            waiting = number if is_written and not is_head else None
            is_written = is_head = False
        elif "-wal>" in line and "pwrite64" in line:
            is_written = True
            is_head = is_head or ", 32, 0)" in line
        elif RECEIPT.search(line) and (RECEIPT.search(line)[1] in receipts or ".result.txt" in line):
            # Told to people, or written anew: it need not wait.
            pass
        elif relies(line):
            receipts |= {found[1] for found in [RECEIPT.search(line)] if found}
            if waiting is None:
                continue
            relied.append(waiting)
            waiting = None
    return relied


def relies(line):
    """Whether a line is of the kind that may follow only what the ledger holds for good."""
    return bool(shows(line) or re.search(
        r"rename.*(/inbox/(processed|rejected)|/outbox/results(?!.*status\.))|write.*/logs/|pwrite64.*\.sqlite>", line))


def shows(line):
    """Whether a line brings a document into sight."""
    return bool(re.search(r"rename.*/\.staging[/>]", line))


def doctor(report, lines, root, but=None):
    """The same trace with one thing wrong: each has to be noticed. Syncs that match `but` are done once more by another."""
    relied = [number for number in syncs(lines, root) if not (but and re.search(but, lines[number]))]
    missed = [lines[number] for number in relied if not violations(lines[:number] + lines[number + 1:], root)]
    report.check("a trace without one of its syncs is noticed", relied and not missed,
                 f"{len(relied) - len(missed)} of {len(relied)}")
    for line in missed:
        print(f"        {line.replace(root, '')[:150]}")
    shown = [number for number, line in enumerate(lines) if shows(line)]
    early = next(number for number, line in enumerate(lines) if "fsync(" in line or "syncfs(" in line)
    commit = max(number for number in range(shown[0]) if "-wal>" in lines[number] and "fdatasync" in lines[number])
    missed = []
    for what, place in [("before it is durable", early), ("before the commit", commit)]:
        for number in shown:
            moved = lines[:number] + lines[number + 1:]
            moved.insert(place, lines[number])
            if not violations(moved, root):
                missed.append(f"{what}: {lines[number]}")
    report.check("a document that comes into sight too early is noticed", shown and not missed,
                 f"{2 * len(shown)} tried")
    for line in missed:
        print(f"        {line.replace(root, '')[:150]}")
    files = [number for number in relied
             if re.search(r"syncfs.*/\.staging|fsync.*(/\.staging/|\.rejects)", lines[number])]
    failure = "= -1 EIO (Input/output error) (INJECTED)"
    missed = [number for number in files if not violations(
        lines[:number] + [lines[number].replace("= 0", failure)] + lines[number:], root)]
    report.check("a failed sync that is only repeated is noticed", files and not missed, f"{len(files)} tried")
    claims = [number for number, line in enumerate(lines) if re.search(r'rename.*, \S+/inbox/.claimed>, "\d+-', line)
              and "/processed" not in line and "/rejected" not in line]
    missed = [number for number in claims if not violations(lines[:number] + lines[number + 1:], root)]
    report.check("a file that is read without a claim is noticed", claims and not missed, f"{len(claims)} tried")


def in_order(report, what, root, documents):
    lines = trace(root)
    order = Order(str(root.path))
    order.follow(lines)
    report.check(f"{what}: everything in its order", not order.violations and order.published == documents,
                 f"{len(lines)} calls, {order.published} documents came into sight")
    for line in order.violations[:20]:
        print(f"        {line}")
    return lines


def run(report, _):
    if not can_strace():
        return report.skip("the order of system calls", "strace is not there, or may not trace")
    with Scenario() as scenario:
        with scenario.root() as root:
            lines = in_order(report, "five files", root, len(scenario.outcome["documents"]))
            doctor(report, lines, str(root.path))
        with scenario.root() as root:
            # So many documents are made durable by one sync of the file system.
            for number in range(12):
                root.drop(vendors([100 + number]), f"procore/f-{number:02}.json")
            lines = in_order(report, "many files at once", root, len(scenario.outcome["documents"]) + 12)
            doctor(report, lines, str(root.path))
        with scenario.root() as root:
            # Of a file that is taken alone, the sync begins while the ledger goes on. Its first document, which may have been
            # the only one, has had one of its own.
            for path in [*root.path.glob("inbox/procore/[!.]*"), *root.path.glob("inbox/quickbooks/[!.]*")]:
                path.unlink()
            root.drop(vendors(range(1_000, 2_200)), "procore/many.json")
            lines = in_order(report, "one file of many documents", root, 12)
            doctor(report, lines, str(root.path), but=r" fsync\(\d+<[^>]*/\.staging/")
