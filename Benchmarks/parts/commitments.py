"""Commitments of six lines, all in one file, to a PurchaseOrderAdd document each."""

import json
import shutil
import sqlite3

import check
import floors
import generate
from harness import count as names_with
from harness import drop

VENDORS, JOBS, ITEMS = 400, 100, 300


def run(bench, report):
    count = bench.size(60_000, 1_000)
    file = bench.input(
        f"commitments-{count}.json", lambda path: generate.commitments(path, count, 6, VENDORS, JOBS, ITEMS))
    prepared = prepare(bench)
    root = folder = None

    def ours():
        nonlocal root
        root = bench.folder / "ours"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(prepared, root)
        drop(file, root / "inbox/procore")
        return bench.once(root)

    def peer():
        nonlocal folder
        folder = bench.peer_folder("peer")
        (folder / "ids.json").write_text(json.dumps(ids(prepared / "plumbline.sqlite")))
        drop(file, folder / "inbox")
        return bench.peer("commitments", folder)

    def compare():
        check.same_requests(
            root / "outbox/quickbooks", folder / "outbox", "commitments", "PurchaseOrderAdd", count, bench.is_check)

    pairs = bench.in_turn(ours, peer)
    compare()
    if bench.is_check:
        drop(file, root / "inbox/procore")
        bench.once(root)
        drop(file, folder / "inbox")
        bench.peer("commitments", folder)
        return compare()
    what = f"{count} commitments ({file.stat().st_size / 1e6:.0f} MB)"
    report.pairs(what, "orjson, lxml, sqlite3", pairs, 5, 64)
    floors.measure(bench, report, pairs, root, "outbox/quickbooks", what)


def prepare(bench):
    """A root whose vendors, jobs and items are linked, by way of the sandbox."""
    root = bench.root("prepared")
    for make, number in ((generate.companies, VENDORS), (generate.projects, JOBS), (generate.cost_codes, ITEMS)):
        file = bench.input(f"{make.__name__}-{number}.json", lambda path: make(path, number))
        drop(file, root / "inbox/procore")
    for _ in range(10):
        bench.once(root)
        if names_with(root / "outbox/quickbooks", ".xml") == 0:
            break
        bench.command("sandbox", "--root", root, "--once")
    found = ids(root / "plumbline.sqlite")
    if [len(found[kind]) for kind in ("vendors", "jobs", "items")] != [VENDORS, JOBS, ITEMS]:
        raise SystemExit("The sandbox did not link every vendor, job and item.")
    return root


def ids(ledger):
    """QuickBooks' ids, by Procore's id, of items by code."""
    database = sqlite3.connect(ledger)
    rows = database.execute(
        "SELECT entity, procore_id, business_key, list_id FROM record WHERE list_id IS NOT NULL").fetchall()
    database.close()
    return {
        "vendors": {id: list_id for entity, id, _, list_id in rows if entity == "vendors"},
        "jobs": {id: list_id for entity, id, _, list_id in rows if entity == "projects"},
        "items": {code: list_id for entity, _, code, list_id in rows if entity == "standard_cost_codes"},
    }
