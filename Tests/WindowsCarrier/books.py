"""The samples' company is carried by files, and by the carrier with a kill at every document: the books are the same."""

import re
import shutil
import subprocess
from itertools import cycle

from carrier import CHECKOUT, Root

SAMPLES = CHECKOUT / "Samples"
# What differs from run to run: ids, times, and the order in which things were entered.
VARYING = re.compile(r"<(ListID|TxnID|TxnLineID|TxnNumber|EditSequence|TimeCreated|TimeModified)>[^<]*</\1>\s*")
QUESTIONS = "".join(
    f'<{name}QueryRq requestID="{name}">{"<IncludeLineItems>true</IncludeLineItems>" * lines}</{name}QueryRq>'
    for name, lines in (("Vendor", 0), ("Customer", 0), ("ItemService", 0), ("Estimate", 1), ("PurchaseOrder", 1),
                        ("Bill", 1), ("BillPaymentCheck", 0)))
RECORD = re.compile(r"<(\w+Ret)>.*?</\1>", re.DOTALL)


def plumbline(program, *arguments, ends=(0, 1)):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)
    if done.returncode not in ends:
        raise AssertionError(f"plumbline {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def begin(program, path):
    """A root with the samples dropped into it."""
    path.mkdir()
    shutil.copy(SAMPLES / "plumbline.yaml", path)
    plumbline(program, "init", path, ends=(0,))
    shutil.copytree(SAMPLES / "inbox", path / "inbox" / "procore", dirs_exist_ok=True)
    plumbline(program, "once", "--root", path)


def company(program, root):
    """What stands in the sandbox company of a root: every record, without what varies, sorted."""
    request = root / "outbox" / "quickbooks" / "99999999-question.xml"
    request.write_text(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
        f"{QUESTIONS}</QBXMLMsgsRq></QBXML>")
    plumbline(program, "sandbox", "--once", "--root", root, ends=(0,))
    text = (root / "inbox" / "quickbooks" / "99999999-question.response.xml").read_text()
    return sorted(VARYING.sub("", match[0]) for match in RECORD.finditer(text))


def linked(program, root):
    return sorted(set(re.findall(r"(\w+): .*?(\d+ linked)", plumbline(program, "status", "--root", root))))


def run(stand, program):
    by_files = stand.folder / "by-files"
    begin(program, by_files)
    outbox = by_files / "outbox" / "quickbooks"
    while any(outbox.glob("*.xml")):
        plumbline(program, "sandbox", "--once", "--root", by_files, ends=(0,))
        plumbline(program, "once", "--root", by_files)

    path = stand.folder / "carried"
    begin(program, path)
    carried = Root(stand, path)
    # The sandbox is a root of its own, so that only the carrier sees the carried one.
    shutil.copy(SAMPLES / "plumbline.yaml", carried.quickbooks)
    for folder in ("outbox/quickbooks", "inbox/quickbooks"):
        (carried.quickbooks / folder).mkdir(parents=True)
    kills, given_up, asked_again = 0, 0, 0
    # A document has eight steps, and what was left before comes first: each is hit.
    step = cycle((4, 14, 6, 17, 3, 20, 8, 11, 23, 5))
    for _ in range(60):
        for turn in range(60):
            if not carried.names(carried.outbox):
                break
            status = carried.carry(plumbline=program, kill=next(step))
            kills += status not in (0, 1)
            asked_again += "the same bytes are asked again" in carried.said
            # The program reads while the carrier is away, or does not get to it.
            if turn % 2 and carried.names(carried.outbox):
                continue
            given_up += sum(name.endswith(".error.txt") for name in carried.names(carried.inbox))
            plumbline(program, "once", "--root", path)
        else:
            return ["the outbox did not become empty"]
        # What was given up waits a minute; a person may have it go on at once.
        plumbline(program, "retry", "--failed", "--root", path)
        if not carried.names(carried.outbox):
            break
    else:
        return ["it did not come to an end"]
    print(f"{kills} kills, {given_up} lists given up, {asked_again} documents asked again")
    found = []
    wanted, seen = company(program, by_files), company(program, carried.quickbooks)
    if not wanted or wanted != seen:
        found += [f"only {where}: {record}" for where, one, other in (("by files", wanted, seen), ("carried", seen, wanted))
                  for record in one if one.count(record) > other.count(record)] or ["no books"]
    if linked(program, by_files) != linked(program, path):
        found.append(f"linked: {linked(program, by_files)} by files, {linked(program, path)} carried")
    if not kills or not given_up or not asked_again or carried.hidden():
        found.append(f"left: {carried.hidden()}")
    return found
