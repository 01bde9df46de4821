"""The least that the same durability takes, and nothing else: floor.py flood FOLDER COUNT, floor.py latency FOLDER,
floor.py webconnector FOLDER RESPONSE.

`flood` writes, syncs and renames a document a file, with a sync of the folder, and prints the seconds. `latency` does
for each file in FOLDER/inbox what has to happen between a drop and its document, and prints the milliseconds of each:
read, one commit of SQLite in WAL with synchronous=FULL, write, sync, rename. Nothing is watched or converted.
`webconnector` does for each document in FOLDER/outbox what has to happen until it is answered, and prints the seconds
of all: one commit, RESPONSE written, synced and renamed, a sync of the folder. Nothing is sent or looked at.
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


def webconnector(place, response):
    folder = Folder(place)
    response = Path(response).read_bytes()
    database = sqlite3.connect(Path(place) / "carrier.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE lease (document TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID")
    names = sorted(path.name for path in folder.outbox.iterdir() if path.name.endswith(".xml"))
    answers = str(folder.inbox)
    began = time.perf_counter()
    for name in names:
        database.execute("INSERT INTO lease VALUES (?, ?)", (name, DOCUMENT[:32]))
        handle = os.open(f"{answers}/.{name}", os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(handle, response)
        os.fsync(handle)
        os.close(handle)
        os.rename(f"{answers}/.{name}", f"{answers}/{name}")
        sync_folder(answers)
        os.unlink(folder.outbox / name)
    return time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1] == "webconnector":
        print(json.dumps(webconnector(sys.argv[2], sys.argv[3])))
    elif sys.argv[1] == "flood":
        print(json.dumps(flood(sys.argv[2], int(sys.argv[3]))))
    else:
        print(json.dumps(latency(sys.argv[2])))
