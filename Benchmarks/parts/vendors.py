"""QuickBooks' answer to a query for all vendors to Procore sync documents."""

import check
import floors
import generate
from harness import drop


def run(bench, report):
    count = bench.size(288_000, 3_000)
    file = bench.input(f"vendors-{count}.xml", lambda path: generate.vendor_response(path, count))
    root = folder = None

    def ours():
        nonlocal root
        root = bench.root("ours")
        drop(file, root / "inbox/quickbooks")
        return bench.once(root)

    def peer():
        nonlocal folder
        folder = bench.peer_folder("peer")
        drop(file, folder / "inbox")
        return bench.peer("vendors", folder)

    def compare():
        check.same_updates(root / "outbox/procore", folder / "outbox", count, bench.is_check)

    pairs = bench.in_turn(ours, peer)
    compare()
    if bench.is_check:
        drop(file, root / "inbox/quickbooks")
        bench.once(root)
        drop(file, folder / "inbox")
        bench.peer("vendors", folder)
        return compare()
    what = f"{count} vendors ({file.stat().st_size / 1e6:.0f} MB)"
    report.pairs(what, "lxml, orjson, sqlite3", pairs, 3, 64)
    floors.measure(bench, report, pairs, root, "outbox/procore", what)
