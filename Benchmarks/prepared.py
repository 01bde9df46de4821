"""A root whose vendors, jobs and items are linked, and what can be bought there."""

import re
import sqlite3

import generate
from harness import count as names_with
from harness import drop, files

VENDORS, JOBS, ITEMS = 400, 100, 300


def commitments(path, count):
    """Commitments of six lines to its vendors, jobs and items."""
    generate.commitments(path, count, 6, VENDORS, JOBS, ITEMS)


def root(bench):
    """The root, made by way of the sandbox."""
    root = bench.root("prepared")
    for make, number in ((generate.companies, VENDORS), (generate.projects, JOBS), (generate.cost_codes, ITEMS)):
        file = bench.input(f"{make.__name__}-{number}.json", lambda path: make(path, number))
        drop(file, root / "inbox/procore")
    for _ in range(10):
        bench.once(root)
        if names_with(root / "outbox/quickbooks", ".xml") == 0:
            break
        bench.command("sandbox", "--root", root, "--once")
    found = ids(root)
    if [len(found[kind]) for kind in ("vendors", "jobs", "items")] != [VENDORS, JOBS, ITEMS]:
        raise SystemExit("The sandbox did not link every vendor, job and item.")
    return root


def ids(root):
    """QuickBooks' ids, by Procore's id, of items by code."""
    database = sqlite3.connect(root / "plumbline.sqlite")
    rows = database.execute(
        "SELECT entity, procore_id, business_key, list_id FROM record WHERE list_id IS NOT NULL").fetchall()
    database.close()
    return {
        "vendors": {id: list_id for entity, id, _, list_id in rows if entity == "vendors"},
        "jobs": {id: list_id for entity, id, _, list_id in rows if entity == "projects"},
        "items": {code: list_id for entity, _, code, list_id in rows if entity == "standard_cost_codes"},
    }


def outbox(bench, count):
    """A root with so many purchase orders in its outbox, and QuickBooks' response to each document, by the id of its
    first request: as the sandbox gives them."""
    file = bench.input(f"commitments-{count}.json", lambda path: commitments(path, count))
    waiting = root(bench)
    drop(file, waiting / "inbox/procore")
    bench.once(waiting)
    answered = bench.copy(waiting, "answered")
    bench.command("sandbox", "--root", answered, "--once")
    responses = {}
    for path in files(answered / "inbox/quickbooks", ".xml"):
        text = path.read_text()
        responses[re.search(r'requestID="([^"]+)"', text).group(1)] = text
    if len(responses) != names_with(waiting / "outbox/quickbooks", ".xml") or len(responses) < count:
        raise SystemExit(f"The sandbox answered {len(responses)} of {count} documents.")
    return waiting, responses
