#!/usr/bin/env bash
# Finding: where rows go into a table that REFERENCES another one, one INSERT OR FAIL of 25 rows writes the pages that it is
# going to change into a temporary file first, in WAL mode and inside a savepoint, once a statement has changed more than
# 64 KiB of them; without REFERENCES it writes nothing there, and neither do 25 INSERTs of one row.
#
# Seen with SQLite 3.40.1 (Python 3.11.7), x86-64 Linux, 400 x 25 rows with random names in one savepoint:
#   25 statements of a row, REFERENCES: 0 writes of 0 bytes to temporary files
#   one statement of 25 rows, REFERENCES: 15932 writes of 32722100 bytes to temporary files
#   one statement of 25 rows, without: 0 writes of 0 bytes to temporary files
# Expected: nothing is written, as with OR FAIL where there is no REFERENCES.
# What to do: rows that name a parent one by one; or no REFERENCES.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
for program in python3 strace; do
    command -v $program >/dev/null || { echo "There is no $program here." >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/insert.py" <<'PYTHON'
import random
import sqlite3
import sys

rows, parent, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA cache_size = -16384")
db.execute("PRAGMA foreign_keys = ON")
db.execute("CREATE TABLE record (id INTEGER PRIMARY KEY)")
db.execute(f"CREATE TABLE request (id INTEGER PRIMARY KEY, name TEXT NOT NULL, record INTEGER NOT NULL {parent})")
db.execute("CREATE INDEX by_name ON request(name)")
values = random.Random(1)
insert = "INSERT OR FAIL INTO request (name, record) VALUES " + ", ".join(["(?, ?)"] * rows)
db.execute("BEGIN IMMEDIATE")
db.execute("SAVEPOINT file")
db.executemany("INSERT INTO record (id) VALUES (?)", [(number,) for number in range(400 * 25)])
for start in range(0, 400 * 25, rows):
    db.execute(insert, [value for row in range(start, start + rows)
                        for value in (f"{values.getrandbits(88):x}", row)])
db.execute("RELEASE file")
db.execute("COMMIT")
PYTHON
count() {
    strace -f -y -e trace=pwrite64 -o "$folder/calls" python3 "$folder/insert.py" "$1" "$2" "$folder/$3.sqlite"
    awk '/etilqs/ { n++; bytes += $NF } END { printf "%d writes of %d bytes to temporary files\n", n, bytes }' "$folder/calls"
}
one=$(count 1 "REFERENCES record(id)" one)
together=$(count 25 "REFERENCES record(id)" together)
free=$(count 25 "" free)
echo "25 statements of a row, REFERENCES: $one"
echo "one statement of 25 rows, REFERENCES: $together"
echo "one statement of 25 rows, without: $free"
[[ $one == 0\ * && $free == 0\ * && $together != 0\ * ]]
