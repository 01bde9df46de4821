"""commitments.py FOLDER: turns lists of commitments in FOLDER/inbox into PurchaseOrderAdd documents, one for each.

FOLDER/ids.json holds QuickBooks' ids of vendors, jobs (by Procore's id) and items (by cost code). orjson reads the
file, lxml builds the documents, SQLite remembers what was sent. The commit comes before the renames.
"""

import gc
import sys
from decimal import Decimal
from hashlib import sha256

import orjson
from lxml import etree, html

from shared import COMPANY_ID, Folder, Refused, Sent, fold, guid, one_line, text

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>\n'
ZERO = Decimal(0)
FIVE = Decimal("0.00001")


def shown(number):
    """A decimal without zeros at its end."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def add(parent, tag, value):
    etree.SubElement(parent, tag).text = value


def reference(parent, tag, list_id):
    etree.SubElement(etree.SubElement(parent, tag), "ListID").text = list_id


def plain(rich):
    """HTML as plain text."""
    return html.fragment_fromstring(rich, create_parent="div").text_content().strip() if "<" in rich else rich


def pieces_and_price(line, amount, is_unit):
    """A line by units keeps them; a lump sum is as many pieces as dollars."""
    if is_unit and line["extended_type"] != "manual" and amount:
        quantity, rate = Decimal(line["quantity"]), Decimal(line["unit_cost"])
        if quantity == quantity.quantize(FIVE) and rate == rate.quantize(FIVE) and round(quantity * rate, 2) == amount:
            return (-quantity, -rate) if quantity < 0 else (quantity, rate)
    if not amount:
        return Decimal(1), ZERO
    return abs(amount), Decimal(-1 if amount < 0 else 1)


def linked(ids, kind, key):
    """QuickBooks' id of something; what is not linked yet would have to wait, and here it is refused."""
    found = ids[kind].get(key)
    if found is None:
        raise Refused(f"{kind} {key} is not linked yet.")
    return found


def purchase_order(commitment, ids, key):
    """The PurchaseOrderAdd of a commitment, as an element."""
    number = one_line(commitment["number"], 11)
    order = etree.Element("PurchaseOrderAdd")
    reference(order, "VendorRef", linked(ids, "vendors", str(commitment["vendor"]["id"])))
    date = commitment.get("contract_date") or commitment.get("issued_on_date") or commitment.get("created_at")
    if date:
        add(order, "TxnDate", date[:10])
    add(order, "RefNumber", number)
    memo = [text(commitment["title"])] if commitment["title"] else []
    description = text(plain(commitment["description"] or ""))
    if len(description) > 99:
        memo.append(description)
    if memo:
        add(order, "Memo", "\n".join(memo))
    if description and len(description) <= 99:
        add(order, "VendorMsg", description)
    add(order, "ExternalGUID", guid(key))
    job = linked(ids, "jobs", str(commitment["project"]["id"]))
    is_unit = commitment["accounting_method"] != "amount"
    total = ZERO
    for line in commitment["line_items"]:
        amount = Decimal(line["amount"])
        total += amount
        quantity, rate = pieces_and_price(line, amount, is_unit)
        row = etree.SubElement(order, "PurchaseOrderLineAdd")
        reference(row, "ItemRef", linked(ids, "items", fold(line["cost_code"]["full_code"])))
        if line["description"]:
            add(row, "Desc", text(line["description"]))
        add(row, "Quantity", shown(quantity))
        add(row, "Rate", shown(rate))
        reference(row, "CustomerRef", job)
    if not commitment["line_items"]:
        raise Refused("It has no lines.")
    if commitment["grand_total"] and Decimal(commitment["grand_total"]) != total:
        raise Refused(f"The grand_total is {commitment['grand_total']}, and its lines come to {total}.")
    return number, order


def convert(path, folder, ledger, ids):
    """Takes one file; gives the commitments that were refused."""
    keys, names = ledger.known()
    number = len(keys)
    rows, refused = [], []
    ledger.database.execute("BEGIN IMMEDIATE")
    for commitment in orjson.loads(path.read_bytes()):
        if commitment["status"] != "Approved" or commitment.get("deleted_at"):
            continue
        key = f"{COMPANY_ID}/commitments/{commitment['id']}"
        try:
            ref_number, order = purchase_order(commitment, ids, key)
        except Refused as problem:
            refused.append((key, str(problem)))
            continue
        digest = sha256(etree.tostring(order)).digest()
        if key in keys:
            if keys[key] != digest:
                refused.append((key, "It has changed, which this program does not follow."))
            continue
        name_key = fold(ref_number)
        if names.setdefault(name_key, key) != key:
            refused.append((key, f"{ref_number!r} is also the number of {names[name_key]}."))
            continue
        keys[key] = digest
        number += 1
        request = f"{COMPANY_ID}-commitments-{commitment['id']}-add-1"
        root = etree.Element("QBXML")
        messages = etree.SubElement(
            root, "QBXMLMsgsRq", onError="stopOnError", newMessageSetID=sha256(request.encode()).hexdigest()[:22])
        etree.SubElement(messages, "PurchaseOrderAddRq", requestID=request).append(order)
        document = f"{number:08}-commitments.xml"
        folder.stage(document, HEAD + etree.tostring(root, encoding="ascii", xml_declaration=False))
        rows.append((key, name_key, digest, request, document))
        if len(rows) == 10_000:
            ledger.add(rows)
            rows.clear()
    ledger.add(rows)
    folder.sync()
    ledger.database.execute("COMMIT")
    folder.publish()
    folder.file_away(path)
    return refused


def main(place):
    gc.disable()
    folder = Folder(place)
    ids = orjson.loads((folder.path / "ids.json").read_bytes())
    ledger = Sent(folder.path / "ledger.sqlite")
    folder.recover(ledger.documents().__contains__)
    refused = []
    for path in folder.dropped():
        refused += convert(path, folder, ledger, ids)
    for key, problem in refused:
        print(f"{key}: {problem}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
