#!/usr/bin/env bash
# Finding: where rows go into a table with a unique index, one INSERT of 25 rows writes the pages that it is going to change
# into a temporary file first, each statement anew, also in WAL mode and inside one transaction; 25 INSERTs of one row write
# nothing there. INSERT OR FAIL of 25 rows writes nothing either, but it does once the table REFERENCES another one.
#
# Seen with apsw 3.50.4.0 (SQLite 3.50.4), x86-64 Linux, 400 x 25 rows with random keys in one savepoint:
#   25 statements of a row: 0 writes of 0 bytes to temporary files
#   one statement of 25 rows: 11578 writes of 23796400 bytes to temporary files
#   one statement of 25 rows, OR FAIL: 0 writes of 0 bytes to temporary files
#   25 statements of a row, REFERENCES: 0 writes of 0 bytes to temporary files
#   one statement of 25 rows, OR FAIL, REFERENCES: 11578 writes of 23796400 bytes to temporary files
# Expected: fewer statements, less work. What is written is for taking back the first rows of a statement whose later row is
# refused, which a transaction that is taken back whole in that case does not need; it is many times the rows themselves.
# What to do: OR FAIL, where a refused row ends the transaction or its savepoint anyway; rows that name a parent one by one.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
for program in python3 strace; do
    command -v $program >/dev/null || { echo "There is no $program here." >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --target "$folder/packages" apsw==3.50.4.0 >&2 || exit 2
cat >"$folder/insert.py" <<'PYTHON'
import random
import sys

import apsw

rows, refusal, parent, path = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
db = apsw.Connection(path)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA cache_size = -16384")
db.execute("PRAGMA foreign_keys = ON")
db.execute("CREATE TABLE file (id INTEGER PRIMARY KEY)")
db.execute("INSERT INTO file (id) VALUES (1)")
db.execute(f"CREATE TABLE record (id INTEGER PRIMARY KEY, key INTEGER NOT NULL, file INTEGER NOT NULL {parent})")
db.execute("CREATE UNIQUE INDEX by_key ON record(key)")
values = random.Random(1)
insert = f"INSERT {refusal} INTO record (key, file) VALUES " + ", ".join(["(?, ?)"] * rows)
db.execute("BEGIN IMMEDIATE")
db.execute("SAVEPOINT file")
for _ in range(400 * 25 // rows):
    db.execute(insert, [value for _ in range(rows) for value in (values.getrandbits(62), 1)])
db.execute("RELEASE file")
db.execute("COMMIT")
PYTHON
echo "SQLite $(PYTHONPATH=$folder/packages python3 -c 'import apsw; print(apsw.sqlite_lib_version())')"

# try NAME ROWS REFUSAL [PARENT]: prints how often and how much is written to temporary files, and leaves the number in `writes`.
try() {
    rm -f "$folder"/ledger*
    PYTHONPATH=$folder/packages SQLITE_TMPDIR=$folder strace -f -y -e trace=write,pwrite64 -o "$folder/calls" \
        python3 "$folder/insert.py" "$2" "$3" "${4-}" "$folder/ledger"
    read -r writes bytes < <(awk '/etilqs/ { writes++; bytes += $NF } END { print writes + 0, bytes + 0 }' "$folder/calls")
    echo "  $1: $writes writes of $bytes bytes to temporary files"
}
try "25 statements of a row" 1 ""
one=$writes
try "one statement of 25 rows" 25 ""
many=$writes
try "one statement of 25 rows, OR FAIL" 25 "OR FAIL"
free=$writes
try "25 statements of a row, REFERENCES" 1 "OR FAIL" "REFERENCES file(id)"
one=$((one + writes))
try "one statement of 25 rows, OR FAIL, REFERENCES" 25 "OR FAIL" "REFERENCES file(id)"
[ "$one" -eq 0 ] && [ "$many" -gt 1000 ] && [ "$free" -eq 0 ] && [ "$writes" -gt 1000 ]
