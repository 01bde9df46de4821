"""A share that goes and comes back again and again while files come."""

import itertools
import os
import random
import threading
import time

from root import vendors

from .mounts import Mounts
from .outcome import check_once, claimed, dropped, outcomes, receipts
from .shared_root import SharedRoot, write_renamed


def coming_and_going(report, size):
    """A share goes and comes back again and again, at any moment, while files come."""
    for number, (folder, way) in enumerate(itertools.product(["inbox", "outbox/quickbooks"], ["local", "fuse"])):
        chance = random.Random(number)
        with SharedRoot() as root, Mounts() as mounts:
            place = root.path / folder
            behind = root.move(folder)
            appear = mounts.bind if way == "local" else mounts.fuse
            appear(behind, place)
            root.run("once")
            daemon = root.start()
            done = threading.Event()
            inbox = behind / "procore" if folder == "inbox" else root.path / "inbox/procore"
            dropped_numbers = []

            def drop():
                """Drops files until it is told to end."""
                while not done.is_set():
                    write_renamed(inbox, f"v{len(dropped_numbers)}.json", vendors([len(dropped_numbers)]))
                    dropped_numbers.append(len(dropped_numbers))
                    done.wait(0.01)

            dropping = threading.Thread(target=drop)
            dropping.start()
            away = 0
            for _ in range(size):
                time.sleep(chance.random() * 0.1)
                mounts.away(place)
                if not away:
                    # Once it stays away until the daemon noticed.
                    root.wait(lambda: '"trouble"' in root.text("logs/plumbline.jsonl"), 30)
                away += 1
                time.sleep(chance.random() * 0.05)
                appear(behind, place)
            done.set()
            dropping.join()
            count = len(dropped_numbers)
            root.wait(lambda: len(receipts(root)) >= count and not dropped(root) and not claimed(root), 90)
            ended = root.stop(daemon)
            what = f"{folder} ({way}) away {away} times while files come"
            check_once(report, f"{what}: every record once", root.documents().values(), range(count))
            report.check(f"{what}: nothing half, twice or left", ended == 0 and outcomes(root) == {"accepted": count}
                         and not root.leftovers(), f"{outcomes(root)} of {count}, left {root.leftovers()[:3]}")
            mounts.away(place)
            strays = os.listdir(place)
            told = root.text("logs/plumbline.jsonl").count('"trouble"')
            report.check(f"{what}: nothing was put in its place", told and not strays,
                         strays[:5] or f"trouble was told {told} times")
