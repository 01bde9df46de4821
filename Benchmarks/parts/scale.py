"""Ten times the companies: ten times the time, and the same memory."""

from statistics import median

import generate
from harness import drop
from report import seconds, spread


def run(bench, report):
    few = bench.size(30_000, 300)
    runs = {}
    for number in range(bench.rounds):
        for count in (few, 10 * few):
            file = bench.input(f"companies-{count}.json", lambda path: generate.companies(path, count))
            root = bench.root("ours")
            drop(file, root / "inbox/procore")
            runs.setdefault(count, []).append(bench.once(root))
        small, large = runs[few][-1], runs[10 * few][-1]
        print(f"   round {number + 1}: {few} in {small.seconds:.3f} s, {small.rss:.0f} MiB; "
              f"{10 * few} in {large.seconds:.3f} s, {large.rss:.0f} MiB", flush=True)
    ratios = [large.seconds / small.seconds for small, large in zip(runs[few], runs[10 * few])]
    peaks = [max(run.rss for run in runs[count]) for count in (few, 10 * few)]
    report.line(
        f"{few} and {10 * few} companies", f"{seconds(run.seconds for run in runs[10 * few])}",
        f"a tenth of them {seconds(run.seconds for run in runs[few])}", spread(ratios),
        f"{peaks[1]:.0f} / {peaks[0]:.0f} MiB", "at most 10.5x, 1.1x the memory",
        median(ratios) <= 10.5 and peaks[1] <= 1.1 * peaks[0])
