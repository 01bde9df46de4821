#!/usr/bin/env bash
# Finding: a partial index whose condition is `IN` with three constant texts has SQLite open, fill and close an ephemeral
# table for every row that is inserted, to see whether the row belongs into the index. With the same condition written as
# `OR`, or with two texts, it compares registers.
#
# Seen with SQLite 3.40.1 (Python's sqlite3), x86-64 Linux, 200,000 rows that are not in the index:
#   IN, 3 texts: OpenEphemeral in the program of the INSERT; 2.5 us a row
#   OR, 3 texts: no OpenEphemeral; 0.8 us a row
#   IN, 2 texts: no OpenEphemeral; 0.8 us a row
# Expected: constants are looked up in a table that is made once, or compared one by one, as few as they are.
# What a query has to say so that it may use the index changes with it: `state IN (...)` does not imply the `OR`.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
command -v python3 >/dev/null || { echo "There is no python3 here." >&2; exit 2; }
exec python3 - <<'PYTHON'
import sqlite3
import sys
import time

ROWS = 200_000
SHAPES = {
    "IN, 3 texts": "state IN ('new', 'changed', 'released')",
    "OR, 3 texts": "state = 'new' OR state = 'changed' OR state = 'released'",
    "IN, 2 texts": "state IN ('new', 'changed')",
}
print("SQLite", sqlite3.sqlite_version)
has_table = {}
for name, condition in SHAPES.items():
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
    db.execute(f"CREATE INDEX undecided ON record(id) WHERE {condition}")
    steps = [row[1] for row in db.execute("EXPLAIN INSERT INTO record (state) VALUES ('linked')")]
    has_table[name] = "OpenEphemeral" in steps
    db.execute("BEGIN")
    start = time.process_time()
    db.executemany("INSERT INTO record (state) VALUES (?)", (("linked",) for _ in range(ROWS)))
    taken = time.process_time() - start
    print(f"  {name}: {'an' if has_table[name] else 'no'} ephemeral table; {taken / ROWS * 1e6:.1f} us a row")
sys.exit(0 if list(has_table.values()) == [True, False, False] else 1)
PYTHON
