"""floor.py flood FOLDER COUNT, or floor.py latency FOLDER: the least that the same durability takes, and nothing else.

`flood` writes, syncs and renames a document a file, with a sync of the folder, and prints the seconds. `latency` does
for each file in FOLDER/inbox what has to happen between a drop and its document, and prints the milliseconds of each:
read, one commit of SQLite in WAL with synchronous=FULL, write, sync, rename. Nothing is watched or converted.
"""

import json
import os
import random
import sqlite3
import sys
import time
from pathlib import Path

from shared import Folder, sync_folder

DOCUMENT = b"<VendorAdd>" + b"x" * 700 + b"</VendorAdd>"


def flood(place, count):
    folder = Folder(place)
    began = time.perf_counter()
    for number in range(count):
        folder.stage(f"{number:08}.xml", DOCUMENT)
        folder.sync()
        folder.publish()
    return time.perf_counter() - began


def latency(place):
    folder = Folder(place)
    database = sqlite3.connect(Path(place) / "ledger.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID")
    chance = random.Random(5)
    times = []
    for path in folder.dropped():
        time.sleep(0.05 + chance.random() * 0.02)
        began = time.perf_counter()
        path.read_bytes()
        folder.staged = []
        folder.stage(path.name, DOCUMENT)
        folder.sync()
        database.execute("INSERT INTO sent VALUES (?, ?)", (path.name, DOCUMENT))
        os.rename(folder.staging / path.name, folder.outbox / path.name)
        times.append((time.perf_counter() - began) * 1000)
    sync_folder(folder.outbox)
    return times


if __name__ == "__main__":
    if sys.argv[1] == "flood":
        print(json.dumps(flood(sys.argv[2], int(sys.argv[3]))))
    else:
        print(json.dumps(latency(sys.argv[2])))
