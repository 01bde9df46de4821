"""A root whose outbox for Procore holds documents of every kind: ties of lists and contracts, costs, payments."""

import json
import re
import shutil

from root import Root

from .fake import SAMPLES, Fake, configure

CODES = [
    {"id": 91_000 + number, "name": name, "full_code": code, "code": code[-3:], "origin_id": None,
     "standard_cost_code_id": 81_000 + number, "biller": "Foothills Library", "biller_id": 310001,
     "biller_type": "Project", "line_item_types": [{"id": 47, "name": "Other", "code": "O", "base_type": "other"}]}
    for number, code, name in [(6, "03-300", "Cast-in-Place Concrete"), (5, "03-200", "Reinforcing Steel")]
]

ENTRIES = """<?xml version="1.0" encoding="utf-8"?>
<?qbxml version="13.0"?>
<QBXML><QBXMLMsgsRq onError="continueOnError">
<CheckAddRq requestID="1"><CheckAdd><AccountRef><FullName>Checking</FullName></AccountRef>
<PayeeEntityRef><FullName>Ponderosa Survey Co.</FullName></PayeeEntityRef><RefNumber>5001</RefNumber>
<TxnDate>2026-10-05</TxnDate><Memo>Grout</Memo>{lines}</CheckAdd></CheckAddRq>
<BillAddRq requestID="2"><BillAdd><VendorRef><FullName>Ponderosa Survey Co.</FullName></VendorRef>
<TxnDate>2026-10-06</TxnDate><RefNumber>B-77</RefNumber>{lines}</BillAdd></BillAddRq>
{payments}</QBXMLMsgsRq></QBXML>
"""
LINE = """<ItemLineAdd><ItemRef><FullName>{item}</FullName></ItemRef><Desc>Grout</Desc><Quantity>{quantity}</Quantity>
<Cost>100.00</Cost><CustomerRef><FullName>Foothills Library</FullName></CustomerRef></ItemLineAdd>"""
PAYMENT = """<BillPaymentCheckAddRq requestID="{number}"><BillPaymentCheckAdd><PayeeEntityRef>
<FullName>Larkspur Concrete &amp; Paving</FullName></PayeeEntityRef><TxnDate>2026-10-{number}</TxnDate><BankAccountRef>
<FullName>Checking</FullName></BankAccountRef><RefNumber>{number}</RefNumber><AppliedToTxnAdd><TxnID>{bill}</TxnID>
<PaymentAmount>1000.00</PaymentAmount></AppliedToTxnAdd></BillPaymentCheckAdd></BillPaymentCheckAddRq>
"""


KINDS = ["vendors", "projects", "commitments", "direct_costs", "contract_payments"]


def prepare(folder):
    """Makes the root in a folder of that name."""
    with Root((SAMPLES / "plumbline.yaml").read_text()) as root, Fake() as fake:
        configure(root, fake)
        shutil.copytree(SAMPLES / "inbox", root.path / "inbox" / "procore", dirs_exist_ok=True)
        (root.path / "inbox/procore/project-310001/payments.json").unlink()
        root.drop(json.dumps(CODES), "procore/project-310001/cost_codes.json")
        settle(root)
        enter(root)
        root.run("pull", "costs", "payments", "--since", "2023-11-01")
        settle(root)
        kinds = {name.split("-", 1)[1] for name in root.names("outbox/procore")}
        if not {f"{kind}.json" for kind in KINDS} <= kinds:
            raise RuntimeError(f"The scenario does not do what it should: {sorted(kinds)}, {root.run('status').stdout}")
        shutil.copytree(root.path, folder)


def settle(root):
    """Takes and has QuickBooks answer until nothing is left to answer."""
    for _ in range(14):
        root.run("once")
        if not root.names("outbox/quickbooks"):
            return
        root.run("sandbox", "--once")
    raise RuntimeError("QuickBooks is asked without end.")


def enter(root):
    """Enters costs and payments directly in QuickBooks."""
    bill = re.search(r"QuickBooks Bill (\S+)", root.run("trace", "requisitions/560001").stdout)[1]
    lines = LINE.format(item="03:300", quantity=2) + LINE.format(item="03:200", quantity=3)
    payments = "".join(PAYMENT.format(number=number, bill=bill) for number in [12, 13])
    name = "99999999-entries"
    (root.path / "outbox/quickbooks" / f"{name}.xml").write_text(ENTRIES.format(lines=lines, payments=payments))
    root.run("sandbox", "--once")
    for answer in root.path.glob(f"inbox/quickbooks/{name}*"):
        said = answer.read_text()
        if 'statusSeverity="Error"' in said:
            raise RuntimeError(said)
        answer.unlink()
