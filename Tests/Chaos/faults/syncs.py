"""A sync that fails proves nothing: what was not durable is written anew, and a failed commit does not count."""

import re
from concurrent.futures import ThreadPoolExecutor

from order import shows, violations
from root import vendors
from scenario import KILLED, sample, strace, trace

from .calls import show
from .endurance import daemon


def distrust(report, scenario, points, size):
    """A sync that failed proves nothing when it is repeated: what was not durable is written anew."""
    with ThreadPoolExecutor(2) as workers:
        tasks = [workers.submit(distrusted, scenario, call, number, drops)
                 for drops in [0, 12] for call in ["fsync", "fdatasync", "syncfs"]
                 for number in sample(points.counts.get(call, 0), 3 + size)]
        results = [task.result() for task in tasks]
    failed = sum(failed for failed, _ in results)
    found = [line for _, lines in results for line in lines]
    # So many documents as twelve more are synced together, with fewer calls.
    report.check("a failed sync: it fails", failed >= 0.5 * len(results) and failed, f"{failed} of {len(results)}")
    report.check("a failed sync: all is written and synced anew before it comes into sight", not found,
                 f"{len(found)} violations")
    show(found)


def distrusted(scenario, call, number, drops):
    """Lets one sync fail, starts anew, and reads the order of both runs: whether it failed, what came too early."""
    with scenario.root() as root:
        for extra in range(drops):
            root.drop(vendors([100 + extra]), f"procore/f-{extra:02}.json")
        lines = trace(root, "-e", f"inject={call}:error=EIO:when={number}")
        failed = any("(INJECTED)" in line for line in lines)
        lines += trace(root)
        # What is staged and taken back may be anything; what comes into sight may not. That SQLite goes on when
        # the folder of its log cannot be synced is its own decision.
        return failed, [f"{call} {number}: {line}" for line in violations(lines, str(root.path))
                        if "comes into sight" in line and "the name of the ledger's log" not in line]


AFTERWARDS = ["unlinkat", "fsync", "pwrite64", "renameat2", "openat"]


def failed_commit(number):
    return ["-e", "trace=fdatasync," + ",".join(AFTERWARDS), "-e", f"inject=fdatasync:error=EIO:when={number}"]


def places_after(scenario, points, number, size):
    """Calls of the daemon that follow a failed sync of the ledger: name, and number within their thread."""
    with scenario.root() as root:
        lines, _, _ = daemon(scenario, root, points, *failed_commit(number))
    counts, found, has_failed = {}, {}, False
    for line in lines:
        call = re.match(r"(\d+) +(\w+)\(", line)
        if call:
            counts[call[1], call[2]] = counts.get((call[1], call[2]), 0) + 1
            if has_failed and call[2] in AFTERWARDS:
                found.setdefault(call[2], []).append(counts[call[1], call[2]])
        has_failed = has_failed or "(INJECTED)" in line
    return [(number, call, places[place - 1]) for call, places in found.items()
            for place in sample(len(places), size)]


def regret(scenario, points, number, call, place):
    """The ledger's sync fails in the daemon, which is killed while it tries again: whether that was so, differences."""
    with scenario.root() as root:
        lines, status, _ = daemon(
            scenario, root, points, *failed_commit(number), "-e", f"inject={call}:signal=SIGKILL:when={place}")
        root.run("once")
        found = scenario.losses(root)
        return status == KILLED and any("(INJECTED)" in line for line in lines), [
            f"fdatasync {number} EIO, killed at {call} {place}: {line}" for line in found]


def phantom(scenario, number, lasts):
    """The ledger's sync fails, and the program is killed before SQLite tidies its log away, with the commit in it."""
    with scenario.root() as root:
        log = root.path / "strace"
        files = [part for ending in ["wal", "shm"] for part in ["-P", f"{root.ledger_file}-{ending}"]]
        status = strace(
            root, *files, "-o", str(log), "-e", "trace=fdatasync,unlink",
            "-e", f"inject=fdatasync:error=EIO:when={number}{'+' if lasts else ''}",
            "-e", "inject=unlink:signal=SIGKILL:when=1")
        failed = "(INJECTED)" in log.read_text(errors="replace")
        log.unlink()
        root.run("once")
        return failed and status == KILLED, [
            f"fdatasync {number}{'+' if lasts else ''} EIO, its log left: {line}" for line in scenario.losses(root)]


def commit(scenario, points):
    """Which sync of the ledger, within its thread, makes the commit durable that tells of staged documents."""
    with scenario.root() as root:
        lines, _, _ = daemon(scenario, root, points, "-e", "trace=fdatasync,renameat2")
    first = next(number for number, line in enumerate(lines) if shows(line))
    thread = lines[first].split()[0]
    return sum("fdatasync(" in line and line.split()[0] == thread for line in lines[:first])


def regrets(report, scenario, points, size):
    """What SQLite's log holds of a commit whose sync failed must not count after a kill, or must count whole."""
    with ThreadPoolExecutor(2) as workers:
        around = commit(scenario, points)
        # The daemon's work may go from one thread to another, which counts its calls anew.
        numbers = sorted({max(1, around - 1), around, around + 1, *sample(points.counts["fdatasync"], size - 1)})
        places = [place for found in workers.map(lambda number: places_after(scenario, points, number, size), numbers)
                  for place in found]
        again = [workers.submit(regret, scenario, points, *place) for place in places]
        left = [workers.submit(phantom, scenario, number + 1, lasts)
                for number in range(points.counts["fdatasync"]) for lasts in [False, True]]
    for what, tasks in [("and a kill as it is tried again", again), ("and a kill at the end", left)]:
        results = [task.result() for task in tasks]
        kills = sum(was_so for was_so, _ in results)
        found = [line for _, lines in results for line in lines]
        report.check(f"a failed commit, {what}: it is killed", kills, f"{kills} of {len(results)}")
        report.check(f"a failed commit, {what}: nothing is lost or doubled", not found, f"{len(found)} differences")
        show(found)
