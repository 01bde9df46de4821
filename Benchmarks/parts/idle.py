"""A daemon with nothing to do."""

import time

from harness import ours_running, wait


def run(bench, report):
    duration = bench.size(60, 10)
    root = bench.root("ours")
    with ours_running(bench, root) as daemon:
        wait((root / "plumbline.sqlite").exists)
        time.sleep(3)
        began, before = time.monotonic(), daemon.cpu()
        time.sleep(duration)
        share = (daemon.cpu() - before) / (time.monotonic() - began) * 100
        memory = daemon.memory()
    report.line(
        f"{duration} s with nothing to do", f"{share:.3f} % of a core", "", "", f"{memory:.0f} MiB",
        "0.1 %, 40 MiB", share < 0.1 and memory <= 40)
