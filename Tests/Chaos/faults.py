"""Each system call fails, once or from then on, as on a full, broken or vanished disk; then all is well again."""

import os
import re
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from order import shows, violations
from root import CONFIGURATION, Root, vendors
from scenario import KILLED, Points, Scenario, can_strace, numberless, sample, strace, trace

# How many places are tried for each system call with each error, each once and lasting.
SHORT = 1
FULL = 100_000

ERRORS = ["ENOSPC", "EIO", "EDQUOT", "EACCES", "EROFS", "ESTALE", "EINTR"]


def attempt(scenario, points, call, error, number, lasts):
    """Lets one call fail, starts anew without, and compares: whether it failed, and what was other than it must be."""
    where = f"{call} {number}{'+' if lasts else ''} {error}"
    with scenario.root() as root:
        log = root.path / "strace"
        status = strace(
            root, *points.within(root), "-o", str(log), "-e", f"trace={call}",
            "-e", f"inject={call}:error={error}:when={number}{'+' if lasts else ''}")
        failed = log.read_text(errors="replace").count("(INJECTED)")
        log.unlink()
        found = [] if status in [0, 1, 2] else [f"it ended with {status}"]
        # What is in sight is whole at any time.
        found += [f"in sight and other than it must be: {content}" for content in numberless(root.documents())
                  if content not in numberless(scenario.outcome["documents"])]
        ended = root.run("once")
        refused = error == "EACCES" and "cannot be opened" in problems(root)
        if ended.returncode not in [0, 1]:
            found.append(f"the next start ended with {ended.returncode}: {ended.stdout}")
        # Where a file could not be looked at the first time, it was taken after others.
        found += taken_again(scenario, root) if refused else scenario.losses(root)
        return failed, refused, [f"{where}: {difference}" for difference in found]


def problems(root):
    """What the problem files say."""
    return b"".join(content for name, content in root.files("inbox/rejected").items() if "problem" in name).decode()


def taken_again(scenario, root):
    """A file that may not be read is rejected, and says so; taken again, it leads to what it would have led to."""
    root.run("retry", "--rejected")
    root.run("once")
    return [line for line in scenario.losses(root) if "processed" not in line and "rejected" not in line]


def is_tried(call, error, lasts, size):
    """Nobody is interrupted for ever. The short form lets a call fail with an error either once or lastingly."""
    if error == "EINTR":
        return not lasts
    return size > 1 or lasts == (len(call + error) % 2 == 0)


def storm(report, scenario, points, size):
    """Every system call with every error."""
    with ThreadPoolExecutor(2) as workers:
        tasks = {
            (call, error, lasts, number): workers.submit(attempt, scenario, points, call, error, number, lasts)
            for call, count in sorted(points.counts.items()) for error in ERRORS for lasts in [False, True]
            if is_tried(call, error, lasts, size) for number in sample(count, size)
        }
        results = {key: task.result() for key, task in tasks.items()}
    for error in ERRORS:
        ours = [result for key, result in results.items() if key[1] == error]
        reached = sum(1 for failed, _, _ in ours if failed)
        report.check(f"{error}: calls fail", reached >= 0.9 * len(ours) and reached,
                     f"{sum(failed for failed, _, _ in ours)} failures at {reached} of {len(ours)} places")
        refused = sum(refused for _, refused, _ in ours)
        found = [line for _, _, lines in ours for line in lines]
        report.check(f"{error}: nothing is lost or doubled", not found,
                     f"{len(found)} differences" + (f"; {refused} times a file was rejected first" if refused else ""))
        show(found)


# MARK: the daemon

def daemon(scenario, root, points, *options):
    """Runs the daemon under strace until it ends, or has done everything: its trace, and how it ended."""
    log = root.path / "strace"
    process = subprocess.Popen(
        ["strace", "-f", *points.within(root), "-y", "-o", str(log), *options, *root.command("run")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root.wait(lambda: process.poll() is not None or is_done(scenario, root), 120)
    if process.poll() is None:
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child[0]), signal.SIGTERM)
    status = process.wait(timeout=60)
    lines = log.read_text(errors="replace").splitlines()
    log.unlink()
    return lines, status


def is_done(scenario, root):
    told = root.text("logs/plumbline.jsonl")
    is_claimed = any(files for _, _, files in os.walk(root.path / "inbox/.claimed"))
    is_well = '"event":"trouble"' not in told or '"event":"recovered"' in told
    return len(root.names("outbox/results")) >= len(scenario.outcome["receipts"]) and not is_claimed and is_well


def endured(scenario, points, call, error, number):
    """A call fails in each of the daemon's threads: whether it did, whether it went on by itself, and what is other."""
    with scenario.root() as root:
        lines, status = daemon(scenario, root, points, "-e", f"trace={call}",
                               "-e", f"inject={call}:error={error}:when={number}")
        found = [] if status in [0, 2] else [f"it ended with {status}"]
        # A daemon that cannot start is started again by systemd.
        if status:
            root.run("once")
        return any("(INJECTED)" in line for line in lines), status == 0, [
            f"daemon, {call} {number} {error}: {line}" for line in found + scenario.losses(root)]


def endurance(report, scenario, points, size):
    """What failed is tried again without a restart."""
    calls = [call for call in ["write", "renameat2", "fsync", "pwrite64", "mkdirat", "openat"] if call in points.counts]
    with ThreadPoolExecutor(2) as workers:
        tasks = [workers.submit(endured, scenario, points, call, error, number)
                 for call in (sorted(points.counts) if size > 1 else calls)
                 for error in (["ENOSPC", "EIO", "ESTALE"] if size > 1 else ["EIO"])
                 for number in sample(points.counts[call], size)]
        results = [task.result() for task in tasks]
    failed = [result for result in results if result[0]]
    alone = sum(went_on for _, went_on, _ in failed)
    found = [line for _, _, lines in results for line in lines]
    report.check("daemon: calls fail, and it goes on by itself", failed and alone,
                 f"{len(failed)} of {len(results)} places, {alone} times without a restart")
    report.check("daemon: nothing is lost or doubled", not found, f"{len(found)} differences")
    show(found)


# MARK: a failed sync

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
        lines, _ = daemon(scenario, root, points, *failed_commit(number))
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
        lines, status = daemon(
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
        lines, _ = daemon(scenario, root, points, "-e", "trace=fdatasync,renameat2")
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


# MARK: full disks

class SmallDisk:
    """A file system of its own, in memory, that can be made larger."""

    def __init__(self, path, size):
        self.path = path
        self.path.mkdir(parents=True, exist_ok=True)
        self.mount(f"size={size}", "-t", "tmpfs", "tmpfs")

    def mount(self, options, *what):
        subprocess.run(["mount", "-o", options, *what, str(self.path)], check=True, stderr=subprocess.PIPE)

    def resize(self, size):
        self.mount(f"remount,size={size}")

    def used(self):
        return shutil.disk_usage(self.path).used

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.path)], check=False)


def fill(report, what, root, disk, room):
    """The daemon runs into a full disk, says so, and goes on by itself once there is room."""
    daemon = root.start()
    try:
        root.drop(vendors([0]), "procore/first.json")
        report.check(f"{what}: works while there is room", root.wait(lambda: names(root) == {"Vendor 0": 1}))
        disk.resize(disk.used() + room)
        for file in range(8):
            root.drop(vendors(range(1 + 100 * file, 101 + 100 * file)), f"procore/v-{file}.json")
        found = []

        def is_in_trouble():
            trouble = root.status().get("trouble")
            found.append(trouble)
            return trouble is not None

        # Now and then a document is taken in the meantime; until the disk is full, there is no trouble.
        told = root.wait(is_in_trouble, 60)
        trouble = found[-1] or {}
        report.check(f"{what}: status tells of the trouble", told and {"what", "since", "remedy"} <= trouble.keys(),
                     trouble)
        seen = names(root)
        report.check(f"{what}: it is full, and nothing is doubled", len(seen) < 801 and set(seen.values()) == {1},
                     f"{len(seen)} of 801 vendors so far")
        disk.resize("64m")
        all_there = root.wait(lambda: len(names(root)) == 801, 120)
        seen = names(root)
        report.check(f"{what}: it goes on by itself", all_there and daemon.poll() is None, f"{len(seen)} vendors")
        report.check(f"{what}: each vendor once", set(seen.values()) == {1})
        quiet = root.wait(lambda: root.status().get("trouble") is None, 60)
        report.check(f"{what}: the trouble is over", quiet and "trouble" in root.status())
    finally:
        status = Root.stop(daemon)
    report.check(f"{what}: it ends well, and leaves nothing behind",
                 status == 0 and root.integrity() == "ok" and not root.leftovers(), root.leftovers() or "")


def names(root):
    """How often each vendor was asked for, in everything that is in sight."""
    found = [
        name for content in root.documents().values() for name in re.findall(rb"<VendorAdd><Name>([^<]*)", content)]
    return {name.decode(): found.count(name) for name in found}


def full_disks(report):
    with Root() as root:
        try:
            disk = SmallDisk(root.path / "outbox", "64m")
        except subprocess.CalledProcessError as error:
            return report.skip("full disks", error.stderr.decode().strip())
        with disk:
            fill(report, "outbox full", root, disk, 65_536)
    with Root() as root, SmallDisk(root.path / "state", "64m") as disk:
        root.ledger_file = disk.path / "plumbline.sqlite"
        (root.path / "plumbline.yaml").write_text(f"{CONFIGURATION}ledger: {root.ledger_file}\n")
        fill(report, "ledger full", root, disk, 65_536)


def show(found):
    for line in found[:20]:
        print(f"        {line}")


def run(report, size):
    if can_strace():
        with Scenario() as scenario:
            with scenario.root() as root:
                points = Points(root)
            storm(report, scenario, points, size)
            endurance(report, scenario, points, min(size, 6))
            distrust(report, scenario, points, size)
            regrets(report, scenario, points, min(size, 20))
    else:
        report.skip("failing system calls", "strace is not there, or may not trace")
    full_disks(report)
