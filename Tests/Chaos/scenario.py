"""Five files in both directions, the outcome that they must have, and strace to break the program over them."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import xml.etree.ElementTree as xml
from pathlib import Path

from root import Root, cost_codes, projects, vendors

BOXES = ["quickbooks", "procore"]

# The calls that touch files or locks. Memory, threads, and what only asks after a file leave nothing behind.
CALLS = """openat openat2 read pread64 write pwrite64 writev pwritev copy_file_range sendfile fsync fdatasync syncfs
rename renameat renameat2 link linkat unlink unlinkat rmdir mkdir mkdirat ftruncate truncate fallocate flock fcntl
fchown fchmod utimensat""".split()


def answer(request):
    """QuickBooks' good answer to a document of list additions: each object is there as it was sent."""
    root = xml.Element("QBXML")
    responses = xml.SubElement(root, "QBXMLMsgsRs")
    for number, asked in enumerate(xml.fromstring(request).find("QBXMLMsgsRq"), start=1):
        kind = asked.tag.removesuffix("AddRq")
        added = asked.find(f"{kind}Add")
        response = xml.SubElement(
            responses, f"{kind}AddRs", requestID=asked.get("requestID"), statusCode="0", statusSeverity="Info",
            statusMessage="Status OK")
        made = xml.SubElement(response, f"{kind}Ret")
        name = added.findtext("Name")
        list_id = f"{0x80000000 + sum(kind.encode()) * 256 + number:X}-1716500000"
        for tag, text in [("ListID", list_id), ("TimeCreated", "2026-03-02T09:05:11-08:00"),
                          ("TimeModified", "2026-03-02T09:05:11-08:00"), ("EditSequence", f"17165000{number:02}"),
                          ("Name", name)]:
            xml.SubElement(made, tag).text = text
        if kind != "Vendor":
            xml.SubElement(made, "FullName").text = name
        xml.SubElement(made, "IsActive").text = "true"
        if kind != "Vendor":
            xml.SubElement(made, "Sublevel").text = "0"
        made.extend(part for part in added if part.tag not in ["Name", "ExternalGUID"])
    return b'<?xml version="1.0" ?>\n' + xml.tostring(root)


def commitment():
    """An approved commitment of the first vendor on the first project."""
    return json.dumps([{
        "id": 520_001, "number": "SC-01", "title": "Concrete", "status": "Approved", "accounting_method": "amount",
        "contract_date": "2026-09-03", "grand_total": "1500.0", "executed": True, "vendor": {"id": 400_001},
        "project": {"id": 225_001, "name": "Harbor Phase 1"},
        "line_items": [{
            "id": 530_001, "amount": "1500.0", "description": "Slab", "extended_type": "manual", "quantity": "0.0",
            "unit_cost": "0.0", "cost_code": {"id": 71_001, "full_code": "C1", "name": "Code 1"}}],
    }])


class Scenario:
    """A root that has been at work, with five files dropped: a commitment that waits for its vendor, companies of
    which one is refused, cost codes, a file cut short, and QuickBooks' answer that brings the commitment's vendor."""

    # How an undisturbed run ends: some files are refused.
    status = 1

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-scenario-"))
        with Root() as root:
            self.prepare(root)
            shutil.copytree(root.path, self.folder / "root")
        with self.root() as root:
            self.expect(root.run("once"), self.status)
            self.outcome = outcome(root, root.documents())
        self.look(sorted(self.outcome["documents"]))
        return self

    def prepare(self, root):
        """Brings a root to where it is to be disturbed."""
        for name, export in [("vendors", vendors([1, 2])), ("projects", projects([1])), ("codes", cost_codes([1]))]:
            root.drop(export, f"procore/{name}.json")
        self.expect(root.run("once"), 0)
        requests = {name.split("-")[1]: content for name, content in root.documents().items()}
        for name in ["projects.xml", "standard_cost_codes.xml"]:
            root.drop(answer(requests[name]), f"quickbooks/{name}")
        self.expect(root.run("once"), 0)
        self.collect(root)
        refused = json.loads(vendors([3, 4, 5]))
        refused[1]["name"] = "A name that is too long for QuickBooks, by far " * 3
        root.drop(commitment(), "procore/a-commitments.json")
        root.drop(json.dumps(refused), "procore/b-vendors.json")
        root.drop(cost_codes([2, 3]), "procore/c-codes.json")
        root.drop(vendors([6])[:40], "procore/d-cut-short.json")
        root.drop(answer(requests["vendors.xml"]), "quickbooks/e-answer.xml")

    @staticmethod
    def collect(root):
        """What was sent so far has been collected; its answers are in."""
        for box in BOXES:
            for name in root.names(f"outbox/{box}"):
                (root.path / "outbox" / box / name).unlink()

    def look(self, documents):
        """Whether the undisturbed run led to what it is there for."""
        if len(documents) < 4 or not any("purchase" in name or "commitment" in name for name in documents):
            raise RuntimeError(f"The scenario does not do what it should: {documents}")

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def expect(ended, status):
        if ended.returncode != status:
            raise RuntimeError(f"The scenario ended with {ended.returncode}: {ended.stdout}")

    def root(self, within=None):
        """A fresh copy of the root, with the five files still to be taken."""
        return Copy(self.folder / "root", within)

    def differences(self, root, documents):
        """What is other than when nothing disturbs; empty where everything is as it should be."""
        seen = outcome(root, documents)
        found = []
        for what, wanted in self.outcome.items():
            for name in sorted(wanted.keys() | seen[what].keys()):
                if name not in seen[what]:
                    found.append(f"{what}: {name} is missing")
                elif name not in wanted:
                    found.append(f"{what}: {name} should not be")
                elif wanted[name] != seen[what][name]:
                    found.append(f"{what}: {name} differs")
        return found + damage(root)

    def losses(self, root):
        """What is other than when nothing disturbs, where files may have been taken in another order."""
        seen = outcome(root, root.documents())
        found = [f"{what} differ" for what in ["records", "requests"] if seen[what] != self.outcome[what]]
        for what in ["documents", "processed", "rejected"]:
            if sorted(numberless(seen[what])) != sorted(numberless(self.outcome[what])):
                found.append(f"{what} differ")
        # A receipt's name begins with the number of the file.
        names = [{os.path.basename(name)[9:] for name in each["receipts"]} for each in [seen, self.outcome]]
        if names[0] != names[1]:
            found.append("receipts differ")
        return found + damage(root)


class FirstStart(Scenario):
    """A root that nothing has served yet, with two files dropped: the sync ledger and all else is made by what is
    disturbed."""

    status = 0

    def prepare(self, root):
        root.drop(vendors([1, 2]), "procore/a-vendors.json")
        root.drop(cost_codes([1]), "procore/b-codes.json")

    def look(self, documents):
        if len(documents) != 3:
            raise RuntimeError(f"A question and two requests should leave, and what left is {documents}")


class SentAsRead(Scenario):
    """A root whose vendors, jobs and items are linked, with commitments dropped that are sent as they are read. Of the last
    two, which want one number, the first is taken back and neither goes."""

    def prepare(self, root):
        for name, export in [("vendors", vendors([1])), ("projects", projects([1])), ("codes", cost_codes([1]))]:
            root.drop(export, f"procore/{name}.json")
        self.expect(root.run("once"), 0)
        for name, content in root.documents().items():
            if "company" not in name:
                root.drop(answer(content), f"quickbooks/{name}")
        self.expect(root.run("once"), 0)
        self.collect(root)
        commitments = []
        for number, place in [("SC-01", 1), ("SC-02", 2), ("SC-03", 3), ("SC-03", 4)]:
            one, = json.loads(commitment())
            one.update(id=520_000 + place, number=number)
            one["line_items"][0]["id"] = 530_000 + place
            commitments.append(one)
        root.drop(json.dumps(commitments), "procore/commitments.json")

    def look(self, documents):
        if len(documents) != 2 or not all("commitments" in name for name in documents):
            raise RuntimeError(f"Two commitments should leave, and what left is {documents}")


def damage(root):
    """What must never be, whatever happened."""
    integrity = root.integrity()
    return [f"left over: {name}" for name in root.leftovers()] + (
        [] if integrity == "ok" else [f"ledger: {integrity}"])


def differences(root, seen, wanted):
    """What is other than it should be, both by kind and name, and what must never be."""
    return [
        f"{what}: {name}: {seen[what].get(name, 'missing')!r:.80}"
        for what, names in wanted.items()
        for name in sorted(names.keys() | seen[what].keys(), key=str) if names.get(name) != seen[what].get(name)
    ] + damage(root)


class Copy(Root):
    """A root that begins as a copy of another."""

    def __init__(self, original, within):
        super().__init__(within=within)
        self.original = original

    def __enter__(self):
        shutil.copytree(self.original, self.path, dirs_exist_ok=True)
        return self


TIME = re.compile(rb"20\d\d-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
# The name of a ledger in a folder's mark: each that is made has its own.
LEDGER = re.compile(rb"ledger=[0-9a-f]+")


def outcome(root, documents):
    """What a run leaves for others to see. Documents byte for byte; times in all the rest are not compared."""
    def timeless(files):
        return {TIME.sub(b"DAY", name.encode()).decode(): TIME.sub(b"DAY", content) for name, content in files.items()}

    receipts = {name: content for name, content in root.files("outbox/results").items()
                if name.endswith(".result.json")}
    log = TIME.sub(b"DAY", root.files("logs").get("plumbline.jsonl", b"")).splitlines()
    told = [line for line in log if b'"event":"file"' in line]
    return {
        "documents": dict(documents),
        "receipts": timeless(receipts),
        "processed": timeless(root.files("inbox/processed")),
        "rejected": timeless(root.files("inbox/rejected")),
        "inbox": {name: LEDGER.sub(b"ledger=ITS", content) for name, content in {
            **root.files("inbox/procore"), **root.files("inbox/quickbooks")}.items()},
        "log": {line.decode(errors="replace"): told.count(line) for line in told},
        "records": {f"{kind} {number}": state for kind, number, state in root.ledger(
            "SELECT entity, procore_id, state FROM record")},
        "requests": dict(root.ledger("SELECT request_id, COUNT(*) FROM request GROUP BY request_id")),
    }


def numberless(documents):
    """The contents of documents, without the numbers that are others where files are taken in another order."""
    return [re.sub(rb'"(sequence|idempotency_key)": .*', b"", content) for content in documents.values()]


class Collector:
    """Takes every document out of the outbox as soon as it can be seen, as the Web Connector's script does."""

    def __init__(self, root):
        self.root = root
        self.taken = {}
        self.twice = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        self.sweep()

    def work(self):
        while not self.ended.wait(0.001):
            self.sweep()

    def sweep(self):
        for box in BOXES:
            for name in self.root.names(f"outbox/{box}"):
                path = self.root.path / "outbox" / box / name
                content = path.read_bytes()
                path.unlink()
                if f"{box}/{name}" in self.taken:
                    self.twice.append(f"{box}/{name}")
                self.taken[f"{box}/{name}"] = content


# MARK: strace

KILLED = -9


def strace(root, *options, command=("once",), timeout=120):
    """Runs the program under strace to its end, and gives how it ended: -9 when it was killed."""
    ended = subprocess.run(
        ["strace", "-f", *options, *root.command(*command)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=timeout)
    return ended.returncode


def can_strace():
    """Whether this machine lets a process be traced."""
    try:
        return subprocess.run(
            ["strace", "-f", "-o", os.devnull, "true"], stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


def trace(root, *options, calls=CALLS, command=("once",)):
    """Every line of a run under strace, with the paths of descriptors; unfinished lines are joined."""
    with tempfile.NamedTemporaryFile(mode="r", prefix="plumbline-chaos-trace-", errors="replace") as file:
        known = [f"?{call}" for call in calls]
        strace(root, "-y", "-s", "64", "-o", file.name, "-e", "trace=" + ",".join(known), *options,
               command=command)
        return joined(file.read().splitlines())


def joined(lines):
    """Lines of a trace, where a call that another thread interrupted stands as one line, at its end."""
    begun = {}
    whole = []
    for line in lines:
        thread, _, call = line.partition(" ")
        call = call.lstrip()
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", call)
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>").rstrip()
        elif resumed:
            whole.append(f"{thread} {begun.pop(thread, '')}{resumed[1]}")
        else:
            whole.append(f"{thread} {call}")
    return whole


class Points:
    """Where an undisturbed run calls the kernel for files of its root."""

    def __init__(self, root, command=("once",)):
        self.paths = set()
        threads = {}
        place = re.compile(re.escape(str(root.path)) + r'[^">]*')
        for line in trace(root, command=command):
            found = [path.removesuffix("(deleted)") for path in place.findall(line)]
            call = re.match(r"(\d+) (\w+)\(", line)
            if not found or not call:
                continue
            self.paths |= {path[len(str(root.path)):] for path in found}
            threads[call[2], call[1]] = threads.get((call[2], call[1]), 0) + 1
        self.counts = {}
        for (name, _), count in threads.items():
            self.counts[name] = max(count, self.counts.get(name, 0))

    def within(self, root):
        """The options that keep strace, and what it does to calls, to the root's files: not to libraries."""
        return [part for path in sorted(self.paths) for part in ["-P", str(root.path) + path]]


def sample(count, size):
    """At most `size` numbers from 1 to `count`, the first and the last among them."""
    if size >= count:
        return list(range(1, count + 1))
    if size < 2:
        return [(count + 1) // 2][:size]
    return sorted({1 + round(step * (count - 1) / (size - 1)) for step in range(size)})


def report_kills(report, results, promise, least=0.9):
    """Says what came of kills, each result being whether it was killed and the differences afterwards; `least` of them must
    have been killed."""
    kills = sum(1 for killed, _ in results if killed)
    found = [line for _, lines in results for line in lines]
    report.check("it is killed", kills >= least * len(results) and kills, f"{kills} kills at {len(results)} places")
    report.check(promise, not found, f"{len(found)} differences")
    for line in found[:20]:
        print(f"        {line}")
