"""Fills a sync ledger: copies what a run left in it, with other ids and names, until it holds millions of records.

The tables and their columns are read from the ledger itself. A number x becomes x times the number of copies, plus the
copy's, so that what belongs together still does. A hash becomes another one that lies anywhere, as those of other names do.
"""

import os
import sqlite3

BASE = 1000  # Records that the run left.
BEFORE = "2025-06-01T12:00:00Z"
KEPT = {"grdb_migrations", "fact", "pull", "command", "attempt", "customer"}
NUMBERS = {"record", "object", "document", "sequence", "file", "intake", "source", "answered_by"}


def fill(path, records):
    """Copies every row as often as it takes to have so many records."""
    copies = records // BASE
    database = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
        database.execute(f"PRAGMA {setting}")
    # A ledger does not become so large in a day, and the status page tells of today.
    database.execute("UPDATE file SET received = ?", (BEFORE,))
    database.execute("UPDATE event SET at = ?", (BEFORE,))
    # Building an index at the end sorts it once.
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    tables = tables_of(database)
    statements = [statement(database, table) for table in tables]
    for name, _ in indexes:
        database.execute(f'DROP INDEX "{name}"')
    above = highest(database, tables) + 1000 * BASE
    database.execute("BEGIN")
    for sql in statements:
        database.execute(sql, {"copies": copies, "above": above})
    database.execute("COMMIT")
    for _, sql in indexes:
        database.execute(sql)
    # People have been told of all of it: else the first start would write each receipt anew.
    database.execute("UPDATE fact SET value = (SELECT max(id) FROM event) WHERE name = 'fates told'")
    found = database.execute("SELECT count(*) FROM record").fetchone()[0]
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
    os.sync()
    if found < records:
        raise SystemExit(f"The ledger has {found} records instead of {records}.")


def tables_of(database):
    """The tables that are copied."""
    return [row[0] for row in database.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") if row[0] not in KEPT]


def highest(database, tables):
    """The highest number in any of them."""
    return max(
        database.execute(f'SELECT coalesce(max("{column}"), 0) FROM main."{table}"').fetchone()[0]
        for table in tables for column, kind, *_ in columns(database, table) if kind == "INTEGER" and column in NUMBERS)


def columns(database, table):
    """The name and type of each column, and whether it is the table's only key."""
    rows = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = sum(row[5] > 0 for row in rows)
    return [(row[1], row[2].upper(), keys == 1 and row[5] > 0) for row in rows]


def statement(database, table, source="main"):
    """The statement that copies a table, from the database itself or from another one that is attached."""
    indexed = set()
    for index in database.execute(f'PRAGMA index_list("{table}")').fetchall():
        indexed |= {row[2] for row in database.execute(f'PRAGMA index_xinfo("{index[1]}")') if row[5] and row[2]}
    copied = f'{source}."{table}"'
    rows = database.execute(f"SELECT count(*) FROM {copied}").fetchone()[0]
    values = []
    for column, kind, is_key in columns(database, table):
        quoted = f'"{column}"'
        moved = f"{quoted} * :copies + copy + :above"
        if kind == "INTEGER" and (is_key or column in NUMBERS):
            values.append(moved)
        elif column.endswith("_hash"):
            # As those of other names would be: anywhere.
            values.append(f"iif({quoted} IS NULL, NULL, random())")
        elif table == "document" and column == "name":
            values.append("printf('%08d', sequence * :copies + copy + :above) || substr(name, 9)")
        elif column in indexed and kind != "INTEGER" and tells_apart(database, copied, quoted, rows):
            values.append(other(database, copied, quoted, moved))
        else:
            values.append(quoted)
    names = ", ".join(f'"{column}"' for column, *_ in columns(database, table))
    return (
        f"WITH RECURSIVE counter(copy) AS (SELECT 0 UNION ALL SELECT copy + 1 FROM counter WHERE copy < :copies - 1) "
        f'INSERT INTO main."{table}" ({names}) SELECT {", ".join(values)} '
        f'FROM (SELECT * FROM {copied} WHERE true ORDER BY 1) CROSS JOIN counter')


def tells_apart(database, copied, quoted, rows):
    """Whether nearly every row that has something in a column has something else there."""
    filled, different = database.execute(f'SELECT count({quoted}), count(DISTINCT {quoted}) FROM {copied}').fetchone()
    return rows > 0 and different > 1 and different > filled * 0.9


def other(database, copied, quoted, moved):
    """What a copy has in a column that tells rows apart: a greater number, other bytes, or a longer text."""
    kind, digits = database.execute(
        f"SELECT typeof({quoted}), {quoted} NOT GLOB '*[^0-9]*' FROM {copied} WHERE {quoted} IS NOT NULL").fetchone()
    if kind == "integer":
        return moved
    if kind == "blob":
        return f"iif({quoted} IS NULL, NULL, randomblob(length({quoted})))"
    if digits:
        return f"CAST(CAST({moved} AS INTEGER) AS TEXT)"
    return f"{quoted} || ' ' || copy"
