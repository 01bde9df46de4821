"""Each system call fails under the daemon, which has to go on by itself."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scenario import sample

from .calls import show


# In so many threads, at the most, a call may fail and not fail again.
MOST_THREADS = 3


def daemon(scenario, root, points, *options):
    """Runs the daemon under strace until it ends, or has done everything: its trace, how it ended, and whether it had."""
    log = root.path / "strace"
    process = subprocess.Popen(
        ["strace", "-f", *points.within(root), "-y", "-o", str(log), *options, *root.command("run")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    is_over = root.wait(lambda: process.poll() is not None or is_done(scenario, root), 120)
    has_done_all = is_over and process.poll() is None
    if process.poll() is None:
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child[0]), signal.SIGTERM)
    status = process.wait(timeout=60)
    lines = log.read_text(errors="replace").splitlines()
    log.unlink()
    return lines, status, has_done_all and status == 0


def is_done(scenario, root):
    told = root.text("logs/plumbline.jsonl")
    is_claimed = any(files for _, _, files in os.walk(root.path / "inbox/.claimed"))
    is_well = '"event":"trouble"' not in told or '"event":"recovered"' in told
    return len(root.receipt_names()) >= len(scenario.outcome["receipts"]) and not is_claimed and is_well


def endured(scenario, points, call, error, number):
    """A call fails in each of the daemon's threads: whether it did, whether it went on by itself, and what is other."""
    with scenario.root() as root:
        lines, status, has_done_all = daemon(
            scenario, root, points, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}")
        found = [] if status in [0, 2, 3] else [f"it ended with {status}"]
        failures = sum("(INJECTED)" in line for line in lines)
        # strace counts the calls of each thread: what is tried again in a new thread each time fails there for good.
        if status == 0 and not has_done_all and failures <= MOST_THREADS:
            found.append("it stands still")
        # A daemon that cannot start is started again by systemd, and what fails for good fails no more after a while. Where
        # a call failed only when everything was done, it was stopped before it had tried again.
        if not has_done_all or not is_done(scenario, root):
            root.run("once")
        return failures > 0, has_done_all, [
            f"daemon, {call} {number} {error}: {line}" for line in found + scenario.losses(root)]


def endurance(report, scenario, points, size):
    """What failed is tried again without a restart."""
    calls = [call for call in ["write", "renameat2", "fsync", "pwrite64", "mkdirat", "openat"] if call in points.counts]
    with ThreadPoolExecutor(2) as workers:
        tasks = [workers.submit(endured, scenario, points, call, error, number)
                 for call in (sorted(points.counts) if size > 1 else calls)
                 for error in (["ENOSPC", "EIO", "ESTALE"] if size > 1 else ["EIO"])
                 for number in sample(points.counts[call], 4 * size if call == "fcntl" else size)]
        results = [task.result() for task in tasks]
    failed = [result for result in results if result[0]]
    alone = sum(went_on for _, went_on, _ in failed)
    found = [line for _, _, lines in results for line in lines]
    report.check("daemon: calls fail, and it goes on by itself", failed and alone,
                 f"{len(failed)} of {len(results)} places, {alone} times without a restart")
    report.check("daemon: nothing is lost or doubled", not found, f"{len(found)} differences")
    show(found)
