"""This machine as client: files dropped through a mount and behind it."""

import os

from root import vendors

from .mounts import Mounts
from .outcome import check_once, dropped, outcomes
from .shared_root import SharedRoot, write_renamed


def mounted(report, size):
    """Files dropped through a FUSE mount, and behind it, where no event tells of them."""
    for folder in ["inbox/procore", "inbox", "."]:
        with SharedRoot() as root, Mounts() as mounts:
            behind = root.move(folder)
            mounts.fuse(behind, root.path / folder)
            inside = behind / os.path.relpath("inbox/procore", folder)
            daemon = root.start()
            for n in range(size):
                content = vendors(range(n * 2, n * 2 + 2))
                if n % 3 == 0:
                    root.drop(content, f"procore/through-{n}.json")
                elif n % 3 == 1:
                    write_renamed(inside, f"behind-{n}.json", content)
                else:
                    (inside / f"written-{n}.json").write_text(content)
            root.wait(lambda: len(root.receipt_names()) >= size)
            ended = root.stop(daemon)
            what = "the root" if folder == "." else folder
            check_once(report, f"{what} is a mount: every record once", root.documents().values(), range(size * 2))
            report.check(f"{what} is a mount: nothing half, twice or left", ended == 0 and not dropped(root)
                         and outcomes(root) == {"accepted": size} and not root.leftovers(),
                         f"{outcomes(root)}, left {dropped(root) + root.leftovers()}")
            log = root.text("logs/plumbline.jsonl")
            report.check(f"{what} is a mount: the log says that it is polled", '"polling"' in log and "FUSE" in log)
