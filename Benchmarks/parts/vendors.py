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

    pairs = bench.in_turn(ours, peer)
    check.same_updates(root / "outbox/procore", folder / "outbox", count, bench.is_check)
    what = f"{count} vendors ({file.stat().st_size / 1e6:.0f} MB)"
    report.pairs(what, "lxml, orjson, sqlite3", pairs, 5, 64)
    floors.measure(bench, report, root, "outbox/procore", what)
