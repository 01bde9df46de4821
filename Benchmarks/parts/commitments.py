"""Commitments of six lines, all in one file, to a PurchaseOrderAdd document each."""

import json

import check
import floors
import prepared
from harness import drop


def run(bench, report):
    count = bench.size(60_000, 1_000)
    file = bench.input(f"commitments-{count}.json", lambda path: prepared.commitments(path, count))
    linked = prepared.root(bench)
    root = folder = None

    def ours():
        nonlocal root
        root = bench.copy(linked, "ours")
        drop(file, root / "inbox/procore")
        return bench.once(root)

    def peer():
        nonlocal folder
        folder = bench.peer_folder("peer")
        (folder / "ids.json").write_text(json.dumps(prepared.ids(linked)))
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
    report.pairs(what, "orjson, lxml, sqlite3", pairs, 4, 64)
    floors.measure(bench, report, pairs, root, "outbox/quickbooks", what)
