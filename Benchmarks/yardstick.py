"""yardstick.py FOLDER: plain Python work, by which the guard knows how fast the machine is at this moment.

It reads a JSON list, writes strings, and fills a table of SQLite's: what Plumbline does too, with Python's own modules.
"""

import hashlib
import json
import sqlite3
import sys
from pathlib import Path
from xml.sax.saxutils import escape


def main(folder):
    database = sqlite3.connect(folder / "yardstick.sqlite")
    database.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, key TEXT UNIQUE, hash BLOB, body TEXT)")
    for file in sorted((folder / "inbox").iterdir()):
        for record in json.loads(file.read_bytes()):
            fields = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in record.items() if value)
            digest = hashlib.sha256(fields.encode()).digest()
            database.execute("INSERT INTO record (key, hash, body) VALUES (?, ?, ?)", (record["id"], digest, fields))
    database.commit()
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
