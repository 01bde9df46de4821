"""One owner: a second process, here or on another machine, does nothing and says who has the root."""

import os
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from root import Root, vendors
from scenario import can_strace

# How many processes want the root at the same moment.
SHORT = 4
FULL = 20

OWNER = ".plumbline-owner"
# An owner says every 15 seconds that it is alive, and is given up after a minute of silence.
BEAT, PATIENCE = 15, 60


def claim(root, host, age):
    """Writes the owner file as another machine's process does."""
    new = root.path / "owner.new"
    new.write_text(f"host={host}\nboot=00000000-0000-0000-0000-000000000000\npid=4711\nbeat={int(time.time()) - age}\n")
    new.rename(root.path / OWNER)


def state(root):
    """Everything in the folders, to see whether it was touched; what is staged may be taken back, and the owner goes on
    writing its status page."""
    return {name: content for folder in ["inbox", "outbox"] for name, content in root.files(folder).items()
            if not name.endswith(".plumbline") and "/.staging/" not in name and "results/status." not in name
            and "results/.status." not in name}


def is_serving(root):
    return "pid=" in root.text(OWNER) and '"start"' in root.text("logs/plumbline.jsonl")


def refusal(report, what, root, command, *words):
    """A command that must end with 2, say who has the root, and leave everything as it is."""
    before = state(root)
    ended = root.run(command, timeout=60)
    said = ended.stdout.strip().splitlines()[-1:] or [""]
    report.check(f"{what}: {command} ends with 2 and says who", ended.returncode == 2
                 and all(str(word) in said[0] for word in words), f"{ended.returncode}, {said[0]}")
    report.check(f"{what}: {command} touches nothing", state(root) == before)


def here(report):
    with Root() as root:
        daemon = root.start()
        served = root.wait(lambda: f"pid={daemon.pid}" in root.text(OWNER) and is_serving(root))
        report.check("a daemon serves the root", served)
        for command in ["once", "run"]:
            refusal(report, "a second process here", root, command, daemon.pid, socket.gethostname())
        root.drop(vendors([1]), "procore/v.json")
        report.check("the first goes on", root.wait(lambda: len(root.receipt_names()) == 1))
        daemon.kill()
        daemon.wait()
        root.drop(vendors([2]), "procore/w.json")
        ended = root.run("once")
        report.check("a killed owner's root is taken at once", ended.returncode == 0
                     and len(root.receipt_names()) == 2 and not root.leftovers(), ended.stdout.strip())
        report.check("who ends well gives the root back", not (root.path / OWNER).exists())


def elsewhere(report):
    with Root() as root:
        root.run("once")
        root.drop(vendors([1]), "procore/v.json")
        claim(root, "other-machine", PATIENCE // 4)
        for command in ["once", "run"]:
            refusal(report, "another machine's heart beats", root, command, 4711, "other-machine")
        claim(root, "other-machine", PATIENCE + 2)
        ended = root.run("once")
        report.check("another machine is silent: its root is taken over", ended.returncode == 0
                     and len(root.receipt_names()) == 1, ended.stdout.strip())


def overtaken(report, what, root, daemon, pause, wake):
    """A machine that sleeps while another takes its root must not go on when it wakes."""
    try:
        pause()
        began = time.monotonic()
        claim(root, "other-machine", 0)
        before = state(root)
        root.wait(lambda: time.monotonic() - began > BEAT + 1)
        wake()
        ended = root.wait(lambda: daemon.poll() is not None, 2 * BEAT)
        report.check(f"{what}, its root was taken over: it ends with 2", ended and daemon.returncode == 2,
                     daemon.returncode)
        after = state(root)
        touched = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        report.check(f"{what}, its root was taken over: it touches nothing more",
                     not touched and "other-machine" in root.text(OWNER), touched[:4] or "")
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()


def asleep_idle(report):
    with Root() as root:
        daemon = root.start()
        root.drop(vendors([1]), "procore/v.json")
        # The text for people is the last that comes of a file.
        done = root.wait(lambda: len(root.receipt_names()) == 1 and not root.names("inbox/.claimed")
                         and sorted(path.name for path in (root.path / "outbox/results").glob("2*/*.txt*"))
                         == ["00000001-v.json.result.txt"])
        report.check("a daemon serves the root that is to be taken", done)

        def pause():
            daemon.send_signal(signal.SIGSTOP)
            root.drop(vendors([2]), "procore/w.json")

        overtaken(report, "asleep", root, daemon, pause, lambda: daemon.send_signal(signal.SIGCONT))


def asleep_at_work(report):
    """The same in the middle of a file: its document is staged, and not yet in sight."""
    if not can_strace():
        return report.skip("asleep at work", "strace is not there, or may not trace")
    with Root() as root:
        root.run("once")
        staging = root.path / "outbox/quickbooks/.staging"
        # The call is held up for as long as the machine sleeps.
        daemon = root.start(
            "strace", "-f", "-o", os.devnull, "-P", str(staging), "-e", "trace=fsync",
            "-e", f"inject=fsync:delay_enter={BEAT + 3}s:when=1")
        root.drop(vendors([1]), "procore/v.json")

        def pause():
            root.wait(lambda: any(staging.iterdir()))

        overtaken(report, "asleep at work", root, daemon, pause, lambda: None)


def contest(report, size):
    """Many start at the same moment: one has the root."""
    with Root() as root:
        contenders = [root.start() for _ in range(size)]

        def alive():
            return [contender for contender in contenders if contender.poll() is None]

        settled = root.wait(lambda: len(alive()) <= 1)
        report.check("many start at once: one stays", settled and len(alive()) == 1, f"{len(alive())} of {size}")
        report.check("many start at once: the others end with 2",
                     [contender.returncode for contender in contenders].count(2) == size - 1)
        root.drop(vendors([1]), "procore/v.json")
        report.check("many start at once: the one works", root.wait(lambda: len(root.receipt_names()) == 1))
        for contender in alive():
            root.stop(contender)


# Commands given in the moment in which a root is made: each with the exit statuses that are right there. While sending is paused,
# nothing is sent again.
AT_ONCE = [
    (["webconnector", "add-user", "office"], [0]), (["webconnector", "add-user", "site"], [0]),
    (["webconnector", "users"], [0]), (["pause"], [0]), (["retry", "--failed"], [0]), (["resend", "--unanswered"], [0, 1]),
    (["status"], [0]), (["trace", "401104"], [0, 1]), (["doctor"], [0, 1]), (["reconcile"], [0, 2]),
    (["backup", "copy.sqlite"], [0, 2]), (["prune", "--before", "2020-01-01", "--dry-run"], [0]),
    # Failing until the daemon has the root.
    (["health"], [0, 1, 2]),
]


def beginning(report, size):
    """A new root, in which the daemon and many commands begin at the same moment: none meets half of it."""
    wrong, endings, served = [], [], 0
    for _ in range(size):
        with Root() as root:
            daemon = root.start()
            begun = [(command, statuses, subprocess.Popen(
                root.command(*command), cwd=root.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
                for command, statuses in AT_ONCE]
            for command, statuses, process in begun:
                said = process.communicate(timeout=120)[0].strip()
                may_be = process.returncode in statuses
                # The ledger may not be there yet, which those that only look say.
                early = process.returncode == 2 and "There is no sync ledger" not in said and command != ["health"]
                if not may_be or early or "SQLite" in said or "cut short" in said:
                    wrong.append(f"{' '.join(command)}: {process.returncode}, {said.splitlines()[-1:]}")
            root.drop(vendors([1]), "procore/v.json")
            served += root.wait(lambda: len(root.receipt_names()) == 1)
            endings.append(root.stop(daemon))
    report.check(f"a new root, {len(AT_ONCE)} commands and the daemon at once, {size} times: each command does what it is for",
                 not wrong, "; ".join(wrong[:4]))
    report.check("a new root, all at once: the daemon serves it", served == size and set(endings) == {0},
                 f"{served} of {size}, {endings}")


def foreign_disk(report):
    """SQLite cannot be trusted on a file system that is not a local disk."""
    if not shutil.which("bindfs") or not os.path.exists("/dev/fuse"):
        return report.skip("a ledger on a mounted share", "there is no bindfs or no FUSE")
    with Root() as root, Root() as mounted:
        shutil.rmtree(mounted.path)
        mounted.path.mkdir()
        bound = subprocess.run(["bindfs", str(root.path), str(mounted.path)], stderr=subprocess.PIPE, text=True)
        if bound.returncode:
            return report.skip("a ledger on a mounted share", bound.stderr.strip())
        try:
            mounted.drop(vendors([1]), "procore/v.json")
            ended = mounted.run("once")
            report.check("a ledger on a mounted share is refused with the reason", ended.returncode == 2
                         and "local disk" in ended.stdout and "FUSE" in ended.stdout.upper(), ended.stdout.strip())
            report.check("a refused ledger: nothing is taken", root.names("inbox/procore") == ["v.json"]
                         and not root.ledger_file.exists())
        finally:
            subprocess.run(["umount", "-l", str(mounted.path)], check=False)


def run(report, size):
    here(report)
    elsewhere(report)
    with ThreadPoolExecutor(2) as workers:
        for part in [workers.submit(asleep_idle, report), workers.submit(asleep_at_work, report)]:
            part.result()
    contest(report, size)
    beginning(report, size)
    foreign_disk(report)
