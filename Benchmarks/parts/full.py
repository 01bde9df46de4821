"""A sync ledger that holds millions of records, and an inbox that has processed very many files."""

import shutil
from statistics import median

import floors
import generate
import replicate
from harness import drop
from report import seconds, spread


def run(bench, report):
    records = bench.size(5_000_000, 20_000)
    filed = bench.size(100_000, 1_000)
    count = bench.size(30_000, 1_000)
    full = prepare(bench, records, filed)
    size = (full / "plumbline.sqlite").stat().st_size / 1e6

    starts = [bench.once(full) for _ in range(bench.rounds)]
    longest = max(run.seconds for run in starts)
    report.line(
        f"start with {records} records, {filed} files filed away", seconds(run.seconds for run in starts),
        f"a ledger of {size:.0f} MB", "", f"{max(run.rss for run in starts):.0f} MiB", "1 s", longest < 1)

    pairs = []
    for number in range(bench.rounds):
        # Each round brings other companies, since the ledger would know them again.
        file = bench.folder / "round.json"
        generate.companies(file, count, replicate.BASE + number * count)
        root = bench.root("ours")
        drop(file, root / "inbox/procore")
        empty = bench.once(root)
        drop(file, full / "inbox/procore")
        pairs.append((bench.once(full), empty))
        print(f"   round {number + 1}: full {pairs[-1][0].seconds:.3f} s, empty {empty.seconds:.3f} s", flush=True)
    ratios = [full.seconds / empty.seconds for full, empty in pairs]
    report.line(
        f"{count} companies into it", seconds(full.seconds for full, _ in pairs),
        f"into an empty root {seconds(empty.seconds for _, empty in pairs)}", spread(ratios),
        f"{max(full.rss for full, _ in pairs):.0f} / {max(empty.rss for _, empty in pairs):.0f} MiB",
        "at most 1.2x", median(ratios) <= 1.2)
    floor(bench, report, full, count)
    shutil.rmtree(full)


def floor(bench, report, full, count):
    """The same rows by plain statements, once into the full ledger and once into an empty one."""
    pairs = []
    for number in range(bench.rounds, 2 * bench.rounds):
        file = bench.folder / "round.json"
        generate.companies(file, count, replicate.BASE + number * count)
        root = bench.root("ours")
        drop(file, root / "inbox/procore")
        bench.once(root)
        folder = bench.empty("floor")
        floors.empty_copy(root / "plumbline.sqlite", folder / "floor.sqlite")
        empty = floors.add_rows(root / "plumbline.sqlite", folder / "floor.sqlite")
        pairs.append((floors.add_rows(root / "plumbline.sqlite", full / "plumbline.sqlite"), empty))
    report.line(
        f"{count} companies into it: floor", f"their rows by plain statements {seconds(full for full, _ in pairs)}",
        f"into an empty ledger {seconds(empty for _, empty in pairs)}", spread([full / empty for full, empty in pairs]))
    shutil.rmtree(bench.empty("floor"))


def prepare(bench, records, filed):
    """A root with so many linked vendors in its ledger, and so many files in inbox/processed."""
    root = bench.root("full")
    file = bench.input(f"companies-{replicate.BASE}.json", lambda path: generate.companies(path, replicate.BASE))
    drop(file, root / "inbox/procore")
    bench.once(root)
    bench.command("sandbox", "--root", root, "--once")
    bench.once(root)
    replicate.fill(root / "plumbline.sqlite", records)
    for number in range(filed):
        folder = root / f"inbox/processed/2026-{1 + number // 20 % 10:02}-{1 + number % 20:02}/procore"
        if number < 200:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"vendors-{number:06}.json").write_bytes(b"[]\n")
    return root
