"""The outbox or the ledger is on a disk that becomes full, and has room again later."""

import re
import shutil
import subprocess

from root import CONFIGURATION, Root, vendors


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

    def leave(self, room):
        """Makes it so small that so many bytes are left; whether nobody has written more meanwhile."""
        try:
            self.resize(shutil.disk_usage(self.path).used + room)
        except subprocess.CalledProcessError:
            return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.path)], check=False)


def fill(report, what, root, disk, room):
    """The daemon runs into a full disk, says so, and goes on by itself once there is room."""
    daemon = root.start()
    try:
        root.drop(vendors([0]), "procore/first.json")
        # The document is in sight before its file is done with.
        works = root.wait(lambda: names(root) == {"Vendor 0": 1} and root.receipt_names())
        report.check(f"{what}: works while there is room", works and root.wait(lambda: disk.leave(room)))
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
