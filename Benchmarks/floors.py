"""The least that a run could take: its own rows and its own bytes once more, with nothing read or converted."""

import ctypes
import os
import sqlite3
import time
from statistics import median

import replicate
from report import seconds


def measure(bench, report, pairs, root, outbox, what):
    """Writes the rows of the ledger and the documents that our last run left, and prints the time beside ours."""
    documents = [(path.name, path.read_bytes()) for path in sorted((root / outbox).iterdir())
                 if path.is_file() and not path.name.startswith(".")]
    tables, files, rows = [], [], 0
    for _ in range(min(bench.rounds, 3)):
        folder = bench.empty("floor")
        os.sync()
        taken, rows = write_rows(root / "plumbline.sqlite", folder / "floor.sqlite")
        tables.append(taken)
        files.append(write_files(folder, documents))
    totals = [first + second for first, second in zip(tables, files)]
    size = sum(len(content) for _, content in documents) / 1e6
    ours = [run.seconds for run, _ in pairs]
    report.line(
        f"{what}: floor", seconds(ours), f"{seconds(totals)}: {rows} rows of the ledger in {seconds(tables)}, "
        f"{len(documents)} documents of {size:.0f} MB in {seconds(files)}", f"{median(totals) / median(ours):.2f}x")
    bench.empty("floor").rmdir()


def write_rows(ledger, place):
    """Copies every row into a new database of the same schema, in one transaction: the seconds, and how many."""
    with sqlite3.connect(place, isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("ATTACH ? AS ledger", (str(ledger),))
        schema = database.execute(
            "SELECT type, name, sql FROM ledger.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "ORDER BY type = 'table' DESC").fetchall()
        for _, _, sql in schema:
            database.execute(sql)
        names = [name for kind, name, _ in schema if kind == "table"]
        began = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        rows = 0
        for name in names:
            rows += database.execute(f'INSERT INTO main."{name}" SELECT * FROM ledger."{name}"').rowcount
        database.execute("COMMIT")
        return time.perf_counter() - began, rows


def add_rows(ledger, place):
    """Copies the rows of a ledger into one that may hold others, numbered anew, in one transaction: the seconds."""
    with sqlite3.connect(place, isolation_level=None) as database:
        database.execute("PRAGMA synchronous=FULL")
        # As much as ours keeps.
        database.execute("PRAGMA cache_size=-13312")
        database.execute("ATTACH ? AS ledger", (str(ledger),))
        tables = replicate.tables_of(database)
        statements = [replicate.statement(database, table, "ledger") for table in tables]
        above = replicate.highest(database, tables) + 1
        os.sync()
        began = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        for statement in statements:
            database.execute(statement, {"copies": 1, "above": above})
        database.execute("COMMIT")
        return time.perf_counter() - began


def empty_copy(ledger, place):
    """Makes a ledger of the same shape without rows."""
    with sqlite3.connect(ledger) as source, sqlite3.connect(place, isolation_level=None) as database:
        database.execute("PRAGMA page_size=8192")
        database.execute("PRAGMA journal_mode=WAL")
        for row in source.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
                "ORDER BY type = 'table' DESC"):
            database.execute(row[0])


def write_files(folder, documents):
    """Writes the documents under hidden names, syncs all of them at once, and renames them."""
    began = time.perf_counter()
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for name, content in documents:
        (folder / f".{name}").write_bytes(content)
    sync_file_system(handle)
    for name, _ in documents:
        os.rename(f".{name}", name, src_dir_fd=handle, dst_dir_fd=handle)
    os.fsync(handle)
    os.close(handle)
    return time.perf_counter() - began


def sync_file_system(handle):
    """Makes everything on the file system of an open folder durable."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syncfs(handle) != 0:
        raise OSError(ctypes.get_errno(), "syncfs")
