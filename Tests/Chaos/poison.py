"""A file that brings the process down is set aside after a few starts; those beside it go on, and none is blamed."""

import os
import re
import time
from collections import Counter

from root import Root, vendors
from scenario import KILLED, Scenario, can_strace, damage, strace

# How many innocent files are dropped with a poisonous one; more than 64 are more than one batch.
SHORT = 5
FULL = 200

# The batch, then the file alone three times, and then the start that sets it aside.
MOST_STARTS = 5

# The folder of what is read today, below processed and results.
TODAY = time.strftime("%Y-%m-%d", time.gmtime())

READS = ["-e", "trace=read,pread64", "-o", os.devnull]


def claims_of(root, name, most):
    """The options that keep strace to one dropped file, whatever number it gets."""
    word = name.replace("/", "%2F")
    return [part for number in range(1, most + 1) for part in ["-P", f"{root.path}/inbox/.claimed/{number}-{word}"]]


def starts(root, name, most, when, command=("once",)):
    """Starts the program again and again, which each time dies of reading one file; how often it died of it."""
    kills = 0
    while kills <= MOST_STARTS and strace(
            root, *claims_of(root, name, most), *READS, "-e", f"inject=read,pread64:signal=SIGKILL:when={when}",
            command=command) == KILLED:
        kills += 1
    return kills


def told(root, name):
    """What the problem file of a rejected file says."""
    return root.text(f"inbox/rejected/{name}.problem.txt")


def beside_innocents(report, size):
    """Wherever it stands among the others, and at whichever of its reads the process dies."""
    for place in sorted({0, size // 2, size}):
        for when in ["1", "2+"]:
            with Root() as root:
                names = [f"v-{number:04}.json" for number in range(size + 1)]
                for number, name in enumerate(names):
                    root.drop(vendors([number]), f"procore/{name}")
                poison = f"procore/{names[place]}"
                kills = starts(root, poison, size + 2, when)
                asked = vendors_asked(root)
                wanted = Counter(f"Vendor {number}" for number in range(size + 1) if number != place)
                what = f"file {place + 1} of {size + 1}, read {when}"
                report.check(f"{what}: set aside after a few starts", 1 <= kills < MOST_STARTS, f"{kills} kills")
                report.check(f"{what}: the others are through, once", asked == wanted,
                             f"{sum(asked.values())} of {size}")
                report.check(f"{what}: rejected with its story", "ended abnormally" in told(root, poison)
                             and len(root.files("inbox/rejected")) == 2, told(root, poison).strip().splitlines()[1:2])
                again = root.run("retry", "--rejected")
                ended = root.run("once")
                report.check(f"{what}: taken again by retry", again.returncode == 0 and ended.returncode == 0
                             and vendors_asked(root) == wanted + Counter([f"Vendor {place}"]) and not damage(root))


def vendors_asked(root):
    return Counter(name.decode() for content in root.documents().values()
                   for name in re.findall(rb"<VendorAdd><Name>([^<]*)", content))


def of_every_kind(report):
    """Exports and an answer, of which others wait for each other: in the end all is as if nothing had been."""
    with Scenario() as scenario:
        for name in ["procore/a-commitments.json", "procore/b-vendors.json", "quickbooks/e-answer.xml"]:
            with scenario.root() as root:
                kills = starts(root, name, 20, "1")
                story = "ended abnormally" in told(root, name)
                root.run("retry", name)
                root.run("once")
                found = scenario.losses(root)
                report.check(f"{name}: set aside, taken again, outcome as if undisturbed",
                             1 <= kills < MOST_STARTS and story and not found, f"{kills} kills {found[:5] or ''}")


def in_the_daemon(report, size):
    """The daemon is started again by systemd, as here."""
    with Root() as root:
        for number in range(size + 1):
            root.drop(vendors([number]), f"procore/v-{number:04}.json")
        poison = "procore/v-0001.json"
        kills, is_done = 0, False
        while kills <= MOST_STARTS and not is_done:
            daemon = root.start("strace", "-f", *claims_of(root, poison, size + 2), *READS,
                                "-e", "inject=read,pread64:signal=SIGKILL")
            root.wait(lambda: daemon.poll() is not None or told(root, poison)
                      and len(root.receipt_names()) == size + 1 and not root.names("inbox/.claimed"), 120)
            is_done = daemon.poll() is None
            if is_done:
                stop_traced(daemon)
            else:
                kills += daemon.returncode == KILLED
        report.check("daemon: set aside after a few starts", is_done and 1 <= kills < MOST_STARTS, f"{kills} kills")
        report.check("daemon: the others are through, once",
                     vendors_asked(root) == Counter(f"Vendor {number}" for number in range(size + 1) if number != 1))
        report.check("daemon: nothing is left over", not damage(root), damage(root) or "")


def stop_traced(strace_process):
    with open(f"/proc/{strace_process.pid}/task/{strace_process.pid}/children") as children:
        os.kill(int(children.read().split()[0]), 15)
    strace_process.wait(timeout=60)


def killed_by_others(report):
    """Whoever ends the process between files, however often, does no file harm; nor twice while one is read."""
    # Before any file is taken; as documents come into sight; as files are filed.
    moments = {
        "before reading": ("openat", ["outbox/quickbooks/.staging"]),
        "at the rename into sight": ("renameat2", [
            "outbox/quickbooks/.staging", "outbox/quickbooks/.staging/00000002-vendors.xml"]),
        "at the receipt": ("renameat", [
            "outbox/results", f"outbox/results/{TODAY}", f"outbox/results/{TODAY}/00000001-v-0.json.result.json"]),
        "while it is filed": ("renameat2", [f"inbox/processed/{TODAY}/procore"]),
    }
    for moment, (call, places) in moments.items():
        with Root() as root:
            root.run("once")
            for number in range(3):
                root.drop(vendors([number]), f"procore/v-{number}.json")
            there = [part for place in places for part in ["-P", str(root.path / place)]]
            kills = sum(strace(root, "-o", os.devnull, *there, "-e", f"trace={call}", "-e",
                               f"inject={call}:signal=SIGKILL") == KILLED for _ in range(2 * MOST_STARTS))
            root.run("once")
            report.check(f"killed {moment}, again and again: no file is blamed", kills == 2 * MOST_STARTS
                         and vendors_asked(root) == Counter(f"Vendor {number}" for number in range(3))
                         and not root.files("inbox/rejected") and not damage(root),
                         f"{kills} kills, {len(root.files('inbox/rejected'))} rejected")
    with Root() as root:
        root.drop(vendors([0]), "procore/v.json")
        kills = sum(strace(root, *claims_of(root, "procore/v.json", 3), *READS, "-e",
                           "inject=read,pread64:signal=SIGKILL") == KILLED for _ in range(2))
        ended = root.run("once")
        report.check("killed twice while it is read: it goes through", kills == 2 and ended.returncode == 0
                     and vendors_asked(root) == Counter(["Vendor 0"]), f"{kills} kills")


def ended_in_order(report):
    """SIGTERM while a file is read lets it be finished, however often, and is no failed attempt."""
    with Root() as root:
        root.run("once")
        well = 0
        for number in range(MOST_STARTS):
            name = f"procore/v-{number}.json"
            root.drop(vendors([number]), name)
            # The read is held up, so that the signal comes in the middle of it.
            daemon = root.start("strace", "-f", *claims_of(root, name, number + 2), *READS,
                                "-e", "inject=read,pread64:delay_enter=700ms:when=1")
            root.wait(lambda: root.names("inbox/.claimed"))
            is_read = [os.path.basename(name) for name in root.receipt_names()] == [
                f"{done + 1:08}-v-{done}.json.result.json" for done in range(number)]
            stop_traced(daemon)
            well += is_read and daemon.returncode == 0 and len(root.receipt_names()) == number + 1
        report.check("ended in order while a file is read: it is finished, and none is blamed",
                     well == MOST_STARTS and not root.files("inbox/rejected") and not root.names("inbox/.claimed")
                     and vendors_asked(root) == Counter(f"Vendor {number}" for number in range(MOST_STARTS)),
                     f"{well} of {MOST_STARTS}")


def run(report, size):
    if not can_strace():
        return report.skip("poisonous files", "strace is not there, or may not trace")
    beside_innocents(report, size)
    of_every_kind(report)
    in_the_daemon(report, size)
    killed_by_others(report)
    ended_in_order(report)
