"""Companies, all in one file, to VendorAdd requests."""

import check
import floors
import generate
from harness import drop


def run(bench, report):
    count = bench.size(300_000, 3_000)
    file = bench.input(f"companies-{count}.json", lambda path: generate.companies(path, count))
    root = folder = None

    def ours():
        nonlocal root
        root = bench.root("ours")
        drop(file, root / "inbox/procore")
        return bench.once(root)

    def peer():
        nonlocal folder
        folder = bench.peer_folder("peer")
        drop(file, folder / "inbox")
        return bench.peer("companies", folder)

    def plainer():
        nonlocal folder
        folder = bench.peer_folder("plainer")
        drop(file, folder / "inbox")
        return bench.peer("plain", folder)

    def compare():
        check.same_requests(
            root / "outbox/quickbooks", folder / "outbox", "vendors", "VendorAdd", count, bench.is_check)

    def again(name):
        drop(file, root / "inbox/procore")
        bench.once(root)
        drop(file, folder / "inbox")
        bench.peer(name, folder)
        compare()

    pairs = bench.in_turn(ours, peer)
    compare()
    if bench.is_check:
        again("companies")
    plain = bench.in_turn(ours, plainer)
    compare()
    if bench.is_check:
        return again("plain")
    what = f"{count} companies ({file.stat().st_size / 1e6:.0f} MB)"
    report.pairs(what, "orjson, strings, sqlite3", pairs, 4, 64)
    report.pairs(f"{what}: plainer", "orjson, strings, one table", plain, 1.8, 64)
    floors.measure(bench, report, pairs, root, "outbox/quickbooks", what)
