#!/usr/bin/env bash
# Finding: in WAL mode, where the kernel refuses once to release a lock (F_UNLCK on the -shm file, which SQLite does not look
# at), the only connection there is answers "database is locked" or "locking protocol" to every further write, for as long as
# it is open. Nobody else has the file open. Closed and opened again, the same process writes at once.
#
# Seen with apsw 3.50.4.0 (SQLite 3.50.4), x86-64 Linux, one process, one connection, five insertions:
#   undisturbed: done, done, done, done, done
#   the write lock is not released once: done, done, done, locked, locked, anew: done
#   a reader's mark is not released once: done, done, protocol, protocol, protocol, anew: done
# Expected: an error once, or that a lock which is one's own already can be had; not that a program waits for itself. Its busy
# timeout, and to try again later, do not help.
# What to do: after such an answer close the last connection of the process to the file, and open it anew.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
for program in python3 strace; do
    command -v $program >/dev/null || { echo "There is no $program here." >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --target "$folder/packages" apsw==3.50.4.0 >&2 || exit 2
cat >"$folder/insert.py" <<'PYTHON'
import sys

import apsw


def insert(db):
    try:
        db.execute("INSERT INTO record DEFAULT VALUES")
    except apsw.BusyError:
        return "locked"
    except apsw.ProtocolError:
        return "protocol"
    return "done"


def opened():
    db = apsw.Connection(sys.argv[1])
    db.set_busy_timeout(200)
    return db


db = opened()
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE record (id INTEGER PRIMARY KEY)")
said = [insert(db) for _ in range(5)]
if "done" not in said[4:]:
    db.close()
    said.append("anew: " + insert(opened()))
print(", ".join(said))
PYTHON
# What a shim of python3 would start, so that strace counts the calls of one process.
python=$(python3 -c 'import sys; print(sys.executable)')
export PYTHONPATH=$folder/packages
echo "SQLite $("$python" -c 'import apsw; print(apsw.sqlite_lib_version())')"

# try NAME OPTION...: prints what the insertions come to, and leaves it in `said`; strace gets the options.
try() {
    name=$1
    shift
    rm -f "$folder"/ledger*
    said=$(strace -qq -e signal=none -P "$folder/ledger-shm" -e trace=fcntl -o "$folder/calls" "$@" \
        "$python" "$folder/insert.py" "$folder/ledger")
    echo "  $name: $said"
}

# place BYTE: the number of the call that releases that byte of the third insertion: for each there is a lock of byte 120,
# that of writers, and the first such lock is of the table's making.
place() {
    awk -v byte="l_start=$1," '
        /F_WRLCK/ && /l_start=120,/ { writes++ }
        /F_UNLCK/ && index($0, byte) && writes == begun + 3 { print NR; exit }' begun="$begun" "$folder/calls"
}

try "undisturbed"
[ "$said" = "done, done, done, done, done" ]
# Locks of writers ahead of the insertions.
begun=$(($(grep -c 'F_WRLCK.*l_start=120,' "$folder/calls") - 5))
writer=$(place 120)
reader=$(place 124)
try "the write lock is not released once" -e inject=fcntl:error=EIO:when="$writer"
[ "$said" = "done, done, done, locked, locked, anew: done" ]
try "a reader's mark is not released once" -e inject=fcntl:error=EIO:when="$reader"
[ "$said" = "done, done, protocol, protocol, protocol, anew: done" ]
