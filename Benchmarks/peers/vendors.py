"""vendors.py FOLDER: turns answers to VendorQuery in FOLDER/inbox into Procore sync documents, once each.

lxml reads the file element by element, orjson writes the documents, SQLite remembers which vendor was shown how.
"""

import gc
import sys
from hashlib import sha256

import orjson
from lxml import etree

from shared import COMPANY_ID, Durable, Folder, fold

BATCH = 1000
STATES = set(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU AS VI MP AB BC MB NB NL NT NS NU ON PE QC SK YT".split())


def update(ret):
    """An element of Procore's sync document, from a VendorRet."""
    fields, address = {}, {}
    for child in ret:
        if child.tag == "VendorAddress":
            for part in child:
                address[part.tag] = part.text
        else:
            fields[child.tag] = child.text
    title = fields.get("Name")
    if not fields.get("ListID") or not title or fields.get("IsActive") == "false":
        return None
    result = {
        "origin_id": fields["ListID"], "origin_data": '{"edit_sequence":"%s"}' % fields["EditSequence"],
        "origin_code": title, "name": title,
    }
    street = [address[line] for line in ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5") if address.get(line)]
    if street and fold(street[0]) in {
        fold(fields[field]) for field in ("Name", "CompanyName", "NameOnCheck") if fields.get(field)
    }:
        del street[0]
    if street:
        result["address"] = " ".join(street)
    if address.get("City"):
        result["city"] = address["City"]
    if (address.get("State") or "").strip().upper() in STATES:
        result["state_code"] = address["State"].strip().upper()
    if address.get("PostalCode"):
        result["zip"] = address["PostalCode"]
    if fields.get("Phone"):
        result["business_phone"] = fields["Phone"]
    if fields.get("Fax"):
        result["fax_number"] = fields["Fax"]
    return result


class Ledger(Durable):
    """What was shown: one row a vendor."""

    def __init__(self, path):
        super().__init__(
            path,
            "CREATE TABLE IF NOT EXISTS vendor (list_id TEXT PRIMARY KEY, edit_sequence TEXT NOT NULL, "
            "name_key TEXT NOT NULL, digest BLOB NOT NULL, document TEXT NOT NULL) WITHOUT ROWID")
        self.database.execute("CREATE INDEX IF NOT EXISTS vendor_name ON vendor(name_key)")

    def known(self):
        return dict(self.database.execute("SELECT list_id, digest FROM vendor"))

    def documents(self):
        return {row[0] for row in self.database.execute("SELECT DISTINCT document FROM vendor")}

    def put(self, rows):
        self.database.executemany(
            "INSERT INTO vendor VALUES (?, ?, ?, ?, ?) ON CONFLICT (list_id) DO UPDATE SET "
            "edit_sequence = excluded.edit_sequence, name_key = excluded.name_key, digest = excluded.digest, "
            "document = excluded.document", rows)


def convert(path, folder, ledger):
    """Takes one file."""
    known = ledger.known()
    number = len(ledger.documents())
    rows, updates = [], []
    document = None

    def close():
        body = {"company_id": COMPANY_ID, "updates": updates}
        folder.stage(document, orjson.dumps({
            "request": {"method": "PATCH", "path": "/rest/v1.0/vendors/sync", "body": body}, "entity": "vendors",
            "sequence": number, "idempotency_key": sha256(b"".join(row[3] for row in rows)).hexdigest()[:32],
            "source": [path.name]}))
        updates.clear()
        ledger.put(rows)
        rows.clear()

    ledger.database.execute("BEGIN IMMEDIATE")
    for _, ret in etree.iterparse(str(path), tag="VendorRet", resolve_entities=False, no_network=True):
        element = update(ret)
        ret.clear()
        while ret.getprevious() is not None:
            del ret.getparent()[0]
        if element is None:
            continue
        digest = sha256(orjson.dumps(element)).digest()
        if known.get(element["origin_id"]) == digest:
            continue
        known[element["origin_id"]] = digest
        if not updates:
            number += 1
            document = f"{number:08}-vendors.json"
        updates.append(element)
        edit_sequence = element["origin_data"][18:-2]
        rows.append((element["origin_id"], edit_sequence, fold(element["name"]), digest, document))
        if len(updates) == BATCH:
            close()
    if updates:
        close()
    folder.sync()
    ledger.database.execute("COMMIT")
    folder.publish()
    folder.file_away(path)


def main(place):
    gc.disable()
    folder = Folder(place)
    ledger = Ledger(folder.path / "ledger.sqlite")
    folder.recover(ledger.documents().__contains__)
    for path in folder.dropped():
        convert(path, folder, ledger)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
