"""A backup beside the running owner, and a root restored from it: nothing is sent before it was asked after."""

import shutil
import sqlite3
from collections import Counter

from root import CHECKOUT, Root

SHORT = 1
FULL = 5

SAMPLES = CHECKOUT / "Samples"


def samples():
    """The samples by their paths below the inbox: those of lists, and those of a project."""
    names = sorted(str(path.relative_to(SAMPLES / "inbox")) for path in (SAMPLES / "inbox").rglob("*.*")
                   if path.is_file())
    return [name for name in names if "/" not in name], [name for name in names if "/" in name]


def take(root):
    result = root.run("once")
    # One sample has a name that QuickBooks cannot hold, and that is 1.
    if result.returncode > 1:
        raise RuntimeError(result.stdout)


def loop(root):
    """Takes what was dropped, and answers what comes of it, until nothing is left to answer."""
    take(root)
    for _ in range(12):
        if not any(name.endswith(".xml") for name in root.names("outbox/quickbooks")):
            return
        root.run("sandbox", "--once")
        take(root)


def drop(root, names):
    for name in names:
        root.drop((SAMPLES / "inbox" / name).read_bytes(), f"procore/{name}")


def company(root):
    """What stands in QuickBooks, as a count of each line: kind, id and name."""
    return Counter(root.run("sandbox", "--list").stdout.splitlines())


def restore(root, backup):
    """Puts a backup in the place of the ledger, as the command's help says."""
    shutil.copyfile(backup, root.path / "plumbline.sqlite")
    for ending in ["-wal", "-shm"]:
        (root.path / f"plumbline.sqlite{ending}").unlink(missing_ok=True)


def run(report, size):
    lists, rest = samples()
    report.check("there are samples of lists and of transactions", lists and rest, f"{len(lists)} and {len(rest)}")
    for number in range(size):
        # Each time the backup is older by some files.
        restored(report, lists + rest[:number], rest[number:])
    replaced(report)
    beside_the_owner(report)


def restored(report, before, after):
    about = f"backup after {len(before)} files, {len(after)} later ones unknown to it"
    with Root(configuration=(SAMPLES / "plumbline.yaml").read_text()) as root:
        drop(root, before)
        loop(root)
        backup = root.path / "backup.sqlite"
        report.check(f"{about}: backup ends well", root.run("backup", str(backup)).returncode == 0)
        drop(root, after)
        loop(root)
        books, published = company(root), set(root.documents()) | set(root.files("outbox/quickbooks/.collected"))
        receipts = set(root.receipt_names())
        restore(root, backup)

        drop(root, before + after)
        refused = root.run("once")
        report.check(f"{about}: it refuses to go on", refused.returncode == 2 and "plumbline recover" in refused.stdout)
        report.check(f"{about}: status says why", (root.status()["trouble"] or {}).get("what", "").count("backup"))
        report.check(f"{about}: recover says what to do", "--yes" in root.run("recover").stdout)
        report.check(f"{about}: recover does it", root.run("recover", "--yes").returncode == 0)
        payments = [name for name in root.documents() if "payments" in name]
        loop(root)
        again = company(root)
        report.check(f"{about}: nothing is doubled in QuickBooks", not again - books, dict(again - books) or "")
        report.check(f"{about}: nothing is lost in QuickBooks", not books - again, dict(books - again) or "")
        later = {name.rsplit("/", 1)[-1] for name in root.documents()} - {n.rsplit("/", 1)[-1] for n in published}
        numbers = [int(name[:8]) for name in published_names(published)]
        report.check(f"{about}: no number is used again",
                     all(int(name[:8]) > max(numbers) for name in later if name[0].isdigit()))
        report.check(f"{about}: no receipt is written over", receipts <= set(root.receipt_names()))
        report.check(f"{about}: no payment goes to Procore twice",
                     payments == [name for name in root.documents() if "payments" in name])
        ended = root.run("recover", "--end")
        report.check(f"{about}: recovery ends", ended.returncode == 0, ended.stdout.strip().splitlines()[-1])
        drop(root, before + after)
        loop(root)
        report.check(f"{about}: and everything is as usual", company(root) == books)


def published_names(paths):
    return [name for name in (path.rsplit("/", 1)[-1] for path in paths) if name[0].isdigit()]


def replaced(report):
    """The ledger of yesterday without a stamp, and none at all: the root's mark gives both away."""
    for about, change in [("an older copy", older_copy), ("a lost ledger", lost)]:
        with Root(configuration=(SAMPLES / "plumbline.yaml").read_text()) as root:
            lists, _ = samples()
            drop(root, lists[:1])
            take(root)
            copy = sqlite3.connect(root.path / "copy.sqlite")
            with copy, sqlite3.connect(root.path / "plumbline.sqlite") as ledger:
                ledger.backup(copy)
            copy.close()
            drop(root, lists[1:])
            take(root)
            before = root.documents()
            change(root)
            drop(root, lists)
            refused = root.run("once")
            report.check(f"{about}: it refuses to go on", refused.returncode == 2 and "recover" in refused.stdout,
                         refused.stdout.strip()[:160])
            report.check(f"{about}: nothing was written", root.documents() == before)
            report.check(f"{about}: recover leads back", root.run("recover", "--yes").returncode == 0
                         and root.run("once").returncode in (0, 1))


def older_copy(root):
    restore(root, root.path / "copy.sqlite")


def lost(root):
    for path in root.path.glob("plumbline.sqlite*"):
        path.unlink()


def beside_the_owner(report):
    """A backup is whole while the owner writes."""
    with Root(configuration=(SAMPLES / "plumbline.yaml").read_text()) as root:
        owner = root.start()
        root.wait(lambda: root.text(".plumbline-owner"))
        names = sum(samples(), [])
        sound = 0
        for name in names:
            drop(root, [name])
            root.run("backup", str(root.path / "backup.sqlite"))
            copy = sqlite3.connect(f"file:{root.path}/backup.sqlite?mode=ro", uri=True)
            sound += copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            copy.close()
        report.check("backups beside a working owner are sound", sound == len(names), f"{sound} of {len(names)}")
        root.stop(owner)
