"""A file that brings the process down is set aside after three times alone, and the innocent ones go on."""

import random
import shutil
import subprocess

from root import Root, vendors

SHORT = 6
FULL = 40

MOST_STARTS = 12


def run(report, size):
    if not shutil.which("strace"):
        return report.skip("files that bring the process down", "strace is not here")
    with Root() as root:
        alone(report, root)
    with Root() as root:
        among_others(report, root, size)
    with Root() as root:
        killed_by_others(report, root, size)


def poisoned(root, intake, name):
    """Runs `once`, and kills it whenever it reads the file of this number; whether that is how it ended."""
    path = root.path / "inbox/.claimed" / str(intake) / "procore" / name
    ended = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(path), "-e", "trace=read,pread64,readv",
         "-e", "inject=read,pread64,readv:signal=SIGKILL", *root.command("once")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    return ended.returncode in (-9, 137)


def starts_until_through(root, intake, name):
    """Starts it again and again; how often it was brought down until it was not."""
    for downs in range(MOST_STARTS):
        if not poisoned(root, intake, name):
            return downs
    return MOST_STARTS


def check_set_aside(report, about, root, name, others):
    story = root.text(f"inbox/rejected/procore/{name}.problem.txt")
    report.check(f"{about}: it is set aside with its story", "while it read this file alone" in story)
    report.check(f"{about}: the original is kept", (root.path / "inbox/rejected/procore" / name).is_file())
    through = root.ledger("SELECT count(*) FROM file WHERE outcome = 'accepted'")[0][0]
    report.check(f"{about}: the innocent ones are through", through == others, f"{through} of {others}")
    report.check(f"{about}: nothing is left over", not root.leftovers(), root.leftovers() or "")
    report.check(f"{about}: the ledger is sound", root.integrity() == "ok")


def alone(report, root):
    root.drop(vendors([1]), "procore/poison.json")
    downs = starts_until_through(root, 1, "poison.json")
    report.check("alone: brought down before it is set aside", downs == 3, f"{downs} times")
    check_set_aside(report, "alone", root, "poison.json", 0)
    report.check("alone: plumbline retry takes it again", root.run("retry", "procore/poison.json").returncode == 0)
    root.run("once")
    report.check("alone: and healed it is read",
                 root.ledger("SELECT count(*) FROM file WHERE outcome = 'accepted'")[0][0] == 1)


def among_others(report, root, size):
    for number in range(size):
        root.drop(vendors([number]), f"procore/{number:03}.json")
    # Intake numbers follow the names.
    poison = size // 2
    downs = starts_until_through(root, poison + 1, f"{poison:03}.json")
    report.check("among others: brought down before it is set aside", downs == 4, f"{downs} times, once in the batch")
    check_set_aside(report, "among others", root, f"{poison:03}.json", size - 1)


def killed_by_others(report, root, size):
    """Kills that no file is to blame for; each file was under way at some of them."""
    chance = random.Random(7)
    for number in range(size):
        root.drop(vendors([number]), f"procore/{number:03}.json")
    kills = 0
    for _ in range(4 * size):
        process = root.start()
        try:
            process.wait(timeout=chance.uniform(0.005, 0.15))
        except subprocess.TimeoutExpired:
            process.kill()
            kills += process.wait() == -9
    root.run("once")
    through = root.ledger("SELECT count(*) FROM file WHERE outcome = 'accepted'")[0][0]
    report.check(f"{kills} kills by somebody else: no innocent file is set aside", kills and through == size,
                 f"{through} of {size} through")
