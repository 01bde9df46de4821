"""What stands in a company and in a root's links at the end, by names: another order gives other ids."""

import json
import re
import sqlite3
from collections import Counter

from quickbooks import SHARED, Sandbox, Simulator

ID = re.compile(r"\b[0-9A-F]+-[0-9]{9,}\b")
# What QuickBooks gives by clock or by order.
BY_ORDER = re.compile(r"<(TimeCreated|TimeModified|EditSequence|TxnNumber)>[^<]*</\1>")


class KeptSandbox(Sandbox):
    """The program's sandbox over a folder that outlives it."""

    def __init__(self, folder, configuration):
        self.seen, self.faults, self.path = [], [], folder / "sandbox"
        self.outbox, self.inbox = self.path / "outbox/quickbooks", self.path / "inbox/quickbooks"
        if not self.path.exists():
            for place in [self.outbox, self.inbox]:
                place.mkdir(parents=True)
            (self.path / "plumbline.yaml").write_text(configuration)

    def close(self):
        pass


def sandbox_books(folder):
    """Every list record and every transaction of a sandbox company, as sentences; and the names of all ids."""
    company = sqlite3.connect(f"file:{folder}/sandbox/sandbox.sqlite?mode=ro", uri=True)
    try:
        records = company.execute(
            "SELECT number, kind, list_id, parent, name, is_active, fields FROM record").fetchall()
        txns = company.execute("SELECT number, kind, txn_id, entity, total, fields, is_void FROM txn").fetchall()
        lines = company.execute("SELECT txn, line_id, kind, fields FROM txn_line ORDER BY txn, place").fetchall()
    finally:
        company.close()
    names = {row[0]: row[4] for row in records}
    ids = {row[2]: f"{row[1]} {names.get(row[3], '')}:{row[4]}" for row in records}
    for number, kind, txn_id, entity, total, *_ in txns:
        ids[txn_id] = f"{kind} of {ids.get(entity)} over {total}"
        for place, line in enumerate(line for line in lines if line[0] == number):
            ids[line[1]] = f"{ids[txn_id]} line {place}"
    told = [f"{ids[row[2]]} {row[5]} {text(row[6])}" for row in records]
    told += [f"{ids[row[2]]} {row[6]} {text(row[5])} "
             + "; ".join(f"{line[2]} {text(line[3])}" for line in lines if line[0] == row[0]) for row in txns]
    return Counter(named(line, ids) for line in told), ids


def simulator_books(folder):
    """The same of a company of the stand-in."""
    with Simulator(folder / "company.qbs") as quickbooks:
        found = json.loads(json.dumps(quickbooks.module.dump(quickbooks.company)))
        twice = quickbooks.duplicates()
    ids = {}
    for kind, records in found["lists"].items():
        for record in records:
            ids[record["ListID"]] = f"{kind} {record.get('FullName') or record['Name']}"
    for kind, records in found["transactions"].items():
        for record in records:
            ids[record["TxnID"]] = f"{kind} {record.get('RefNumber')} over {record.get('TotalAmount')}"
            for place, line in enumerate(re.findall(r'"TxnLineID": "([^"]*)"', json.dumps(record))):
                ids[line] = f"{ids[record['TxnID']]} line {place}"
    by_order = re.compile(r'"(TimeCreated|TimeModified|EditSequence|TxnNumber)": "?[^",}]*"?,? ?')
    told = [f"{kind} {by_order.sub('', json.dumps(record, sort_keys=True))}"
            for part in ["lists", "transactions"] for kind, records in found[part].items() for record in records]
    return Counter([named(line, ids) for line in told] + [f"twice: {line}" for line in twice]), ids


def text(value):
    """Fields of a record, without what depends on the order."""
    return BY_ORDER.sub("", value.decode() if isinstance(value, bytes) else str(value))


def named(line, ids):
    return ID.sub(lambda found: f"({ids.get(found[0], '?')})", line)


def links(office, ids):
    """What each record of a root is tied to, by names; what was told to Procore, without numbers."""
    rows = office.ledger("SELECT entity, procore_id, shown, state, list, list_id FROM record")
    found = Counter(f"{entity} {number or shown}: {state}, {kind} {ids.get(list_id, list_id)}"
                    for entity, number, shown, state, kind, list_id in rows)
    for name in office.names("outbox/procore"):
        request = json.loads(office.text(f"outbox/procore/{name}"))["request"]
        body = re.sub(r'"edit_sequence[^,}]*[,}]', "", json.dumps(request, sort_keys=True).replace("\\", ""))
        found[f"told: {named(body, ids)}"] += 1
    return found


class Kind:
    """One of the QuickBooks that stand behind the connector."""

    def __init__(self, name):
        self.name = name
        self.books = sandbox_books if name == "sandbox" else simulator_books

    def opened(self, folder, configuration):
        """The company of a folder, made where there is none."""
        if self.name == "sandbox":
            return KeptSandbox(folder, configuration)
        return Simulator(folder / "company.qbs")


def kinds():
    """The companies that can be had here, and why another one cannot."""
    found = [Kind("sandbox")]
    try:
        import lxml  # noqa: F401
    except ImportError:
        return found, "python3 has no lxml"
    if not (SHARED / "qbsim/qbsim.py").exists():
        return found, "../shared/qbsim is not here"
    return found + [Kind("stand-in")], ""
