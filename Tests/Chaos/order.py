"""The order of writes, syncs, commit and renames, as a trace of the system calls shows it."""

import re
import shutil
import subprocess

from root import Root, cost_codes, vendors

SHORT = 3
FULL = 12

TRACED = ("read,pread64,write,pwrite64,fsync,fdatasync,syncfs,rename,renameat,renameat2,link,linkat,"
          "unlink,unlinkat")


def run(report, size):
    if not shutil.which("strace"):
        return report.skip("the order of system calls", "strace is not here")
    # A few files are synced one by one, many with one call.
    for about, files in [("few files", size), ("many files", size + 12)]:
        with Root() as root:
            lines = trace(root, files)
            if lines is None:
                return report.skip("the order of system calls", "strace may not look at processes here")
            events = parse(lines, str(root.path))
            published = [event for event in events if is_publication(event)]
            report.check(f"{about}: documents were published", len(published) >= 2, len(published))
            found = violations(events)
            report.check(f"{about}: everything is in order", not found, found or "")
            check_the_check(report, about, events)


def trace(root, files):
    for number in range(files):
        root.drop(vendors([number]), f"procore/vendors-{number:03}.json")
    root.drop(cost_codes([1, 2]), "procore/zz-cost_codes.json")
    output = root.path / "trace.txt"
    subprocess.run(["strace", "-f", "-qq", "-y", "-s", "0", "-o", str(output), "-e", f"trace={TRACED}",
                    *root.command("once")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    return output.read_text(errors="replace").splitlines() if output.exists() and output.stat().st_size else None


# --- From lines to events

CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += +(-?\d+)")
AT = re.compile(r'(?:AT_FDCWD|\d+)<([^>]*)>, "((?:[^"\\]|\\.)*)"')


def parse(lines, root):
    """The calls that succeeded, as (what, path) or (what, from, to), with paths below the root."""
    events = []
    for line in lines:
        call = CALL.match(line)
        if not call or call[3].startswith("-") or call[1] not in TRACED.split(","):
            continue
        name, arguments = call[1], call[2]
        if name in ("read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "syncfs"):
            found = re.match(r"\d+<([^>]*)>", arguments)
            paths = [found[1]] if found else []
            what = {"pread64": "read", "pwrite64": "write", "fdatasync": "fsync"}.get(name, name)
        elif name in ("rename", "link", "unlink"):
            paths, what = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments), name
        else:
            paths = [path if path.startswith("/") else f"{folder}/{path}" for folder, path in AT.findall(arguments)]
            what = {"renameat": "rename", "renameat2": "rename", "linkat": "link", "unlinkat": "unlink"}[name]
        if paths and all(path.startswith(root) for path in paths):
            events.append((what, *(path[len(root) + 1:] for path in paths)))
    return events


def is_publication(event):
    return event[0] == "rename" and re.match(r"outbox/(quickbooks|procore)/\.staging/", event[1]) is not None


def is_claim(event):
    return event[0] == "rename" and event[1].startswith("inbox/procore/") and event[2].startswith("inbox/.claimed/")


def is_filing(event):
    return event[0] == "rename" and event[1].startswith("inbox/.claimed/")


def is_receipt(event):
    return event[0] == "rename" and event[2].endswith(".result.json")


WAL = "plumbline.sqlite-wal"


# --- What has to be so

def violations(events):
    """Everything that is out of order, in words; empty: nothing."""
    found = []
    for place, event in enumerate(events):
        if is_publication(event):
            found += publication(events[:place], event)
    found += numbers(events) + folders(events) + claims(events) + filings(events) + receipts(events)
    return found


def last(events, condition, before=None):
    """The place of the last event that is so; -1 where none is."""
    for place in range((len(events) if before is None else before) - 1, -1, -1):
        if condition(events[place]):
            return place
    return -1


def synced(events, start, path):
    """The place of the first sync of a path, or of its whole file system, after a place; -1 where there is none."""
    for place in range(start + 1, len(events)):
        event = events[place]
        if event == ("fsync", path) or event[0] == "syncfs":
            return place
    return -1


def publication(before, event):
    """A document is written, made durable with its name, remembered by a durable commit, and then renamed."""
    name = event[1]
    staging = name.rsplit("/", 1)[0]
    written = last(before, lambda e: e == ("write", name))
    if written < 0:
        return [f"{name} was published and never written"]
    content, folder = synced(before, written, name), synced(before, written, staging)
    if content < 0 or folder < 0:
        return [f"{name} was published before {'it' if content < 0 else 'its folder'} was synced"]
    durable = max(content, folder)
    committed = next((place for place in range(durable + 1, len(before)) if before[place] == ("write", WAL)), -1)
    if committed < 0:
        return [f"{name} was published before the ledger remembered it"]
    if all(e != ("fsync", WAL) for e in before[last(before, lambda e: e == ("write", WAL)) + 1:]):
        return [f"{name} was published before the ledger's commit was synced"]
    return []


def numbers(events):
    names = [event[2] for event in events if is_publication(event) and event[2].startswith("outbox/quickbooks")]
    return [] if names == sorted(names) else [f"published out of order: {names}"]


def folders(events):
    """After the renames the outbox is synced, before the ledger takes them for published."""
    found = []
    for outbox in ["outbox/quickbooks", "outbox/procore"]:
        place = last(events, lambda e: is_publication(e) and e[2].startswith(outbox + "/"))
        if place < 0:
            continue
        marked = next((p for p in range(place, len(events)) if events[p] == ("write", WAL)), len(events))
        if not any(e == ("fsync", outbox) or e[0] == "syncfs" for e in events[place:marked]):
            found.append(f"{outbox} was not synced before the ledger took its documents for published")
    return found


def claims(events):
    """Nothing is read where it was dropped; a claimed file is read after its claim."""
    found = [f"{e[1]} was read where it was dropped" for e in events
             if e[0] == "read" and e[1].startswith("inbox/procore/") and not e[1].endswith(".plumbline")]
    claimed = set()
    for event in events:
        if is_claim(event):
            claimed.add(event[2])
        elif event[0] == "read" and event[1].startswith("inbox/.claimed/") and event[1] not in claimed:
            found.append(f"{event[1]} was read and not claimed")
    return found if claimed else found + ["nothing was claimed"]


def filings(events):
    """Originals are filed, and receipts written, after everything that they led to was published."""
    published = last(events, is_publication)
    early = [e for e in events[:published] if is_filing(e) or is_receipt(e)]
    return [f"{event[1]} came before the last document" for event in early]


def receipts(events):
    """Receipts are synced before the ledger counts them as durable, which is its last word."""
    written, said = last(events, is_receipt), last(events, lambda e: e == ("write", WAL))
    if written < 0:
        return ["no receipt was written"]
    return [] if any(e[0] == "syncfs" for e in events[written:said]) else ["receipts were never synced"]


# --- Whether the check can fail

def check_the_check(report, about, events):
    """Each sync that the order needs is taken away in turn, and the commit and the publication are swapped."""
    first = next(place for place, event in enumerate(events) if is_publication(event))
    needed = needed_syncs(events, first)
    missed = [events[group[0]] for group in needed if not violations(without(events, group))]
    report.check(f"{about}: each sync taken away is noticed", needed and not missed, missed or f"{len(needed)} syncs")
    commit = last(events, lambda e: e == ("fsync", WAL), before=first)
    swapped = events[:commit] + [events[first]] + events[commit:first] + events[first + 1:]
    report.check(f"{about}: a document published before its commit is noticed", violations(swapped))
    claim = next(place for place, event in enumerate(events) if is_claim(event))
    report.check(f"{about}: a missing claim is noticed", violations(without(events, [claim])))


def needed_syncs(events, first):
    """The syncs before the first publication that stand for a document, its folder or the commit, and those after."""
    after = [place for place, event in enumerate(events) if place > first
             and event in [("fsync", "outbox/quickbooks"), ("fsync", "outbox/procore")]]
    commit = last(events, lambda e: e == ("fsync", WAL), before=first)
    staged = [place for place, event in enumerate(events[:first]) if event[0] == "fsync" and ".staging" in event[1]]
    whole = [place for place, event in enumerate(events[:first]) if event[0] == "syncfs"]
    results = [place for place, event in enumerate(events) if place > first and event[0] == "syncfs"]
    # The syncs of receipts are one call for each folder, any of which covers a single disk.
    return [[place] for place in [*staged, commit, *after]] + ([whole] if whole else []) + [results]


def without(events, places):
    return [event for place, event in enumerate(events) if place not in places]
