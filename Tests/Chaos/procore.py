"""The carrier to Procore is killed at each call of Procore's and at each durable step: each record is there once."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from root import CHECKOUT, Root
from scenario import KILLED, Copy, Points, can_strace, sample, strace

# How many places are tried for each moment and kind of step; where there are no more than that, every one.
SHORT = 2
FULL = 100_000

SAMPLES = CHECKOUT / "Samples"
FAKE = CHECKOUT / "Tests" / "ProcoreCarrierTests" / "fake_procore.py"
MOMENTS = {
    "before": "before Procore did anything",
    "after": "once Procore did it, ahead of the answer",
    "half": "with half of the answer",
}
# The steps that make something durable or give it a name.
STEPS = "fsync fdatasync rename renameat renameat2 unlink unlinkat pwrite64".split()
# One thread does the work, so that a place is the same place in every run.
os.environ["LIBDISPATCH_COOPERATIVE_POOL_STRICT"] = "1"

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


class Fake:
    """The small Procore of the carrier's own tests, as a process."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(FAKE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.address = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.order("_set", {"stable": True})
        vendors = json.loads((SAMPLES / "inbox" / "vendors.json").read_text())
        invoice = json.loads((SAMPLES / "inbox" / "project-310001" / "invoice.json").read_text())
        self.order("_lists", {
            "/rest/v1.0/vendors": vendors, "/rest/v1.1/requisitions": [invoice], "/rest/v1.1/requisitions/560001": invoice,
        })
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def order(self, name, body):
        request = urllib.request.Request(f"{self.address}/{name}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def configure(root, fake):
    """Says where Procore is."""
    (root.path / "plumbline.yaml").write_text(
        (SAMPLES / "plumbline.yaml").read_text()
        + 'account_codes: {"Job Expenses": "03-300"}\n'
        + f"procore: {{base_url: '{fake.address}', login_url: '{fake.address}', timeout: 1s, projects: [310001], "
        + "fetch: [vendors, requisitions]}\n")
    secret = root.path / "procore.credentials"
    secret.touch(0o600)
    secret.write_text("client_id=app\nclient_secret=pass word&1\n")


class Prepared:
    """A root whose outbox for Procore holds documents of every kind: ties of lists and contracts, costs, payments."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-chaos-procore-"))
        with Root((SAMPLES / "plumbline.yaml").read_text()) as root, Fake() as fake:
            configure(root, fake)
            shutil.copytree(SAMPLES / "inbox", root.path / "inbox" / "procore", dirs_exist_ok=True)
            (root.path / "inbox/procore/project-310001/payments.json").unlink()
            root.drop(json.dumps(CODES), "procore/project-310001/cost_codes.json")
            self.settle(root)
            self.enter(root)
            root.run("pull", "costs", "payments", "--since", "2023-11-01")
            self.settle(root)
            kinds = {name.split("-", 1)[1] for name in root.names("outbox/procore")}
            wanted = {f"{kind}.json" for kind in ["vendors", "projects", "commitments", "direct_costs", "contract_payments"]}
            if not wanted <= kinds:
                raise RuntimeError(f"The scenario does not do what it should: {sorted(kinds)}, {root.run('status').stdout}")
            shutil.copytree(root.path, self.folder / "root")
        with self.root() as root, Fake() as fake:
            configure(root, fake)
            first = root.run("procore", "--once")
            if first.returncode:
                raise RuntimeError(f"The undisturbed carrier ended with {first.returncode}: {first.stdout}")
            calls = fake.order("_contents", {})["calls"]
            self.calls = len(calls)
            # The call that would be the worst to make twice.
            self.payment = 1 + next(number for number, call in enumerate(calls) if call.startswith("POST"))
            found = finish(root, fake)
            if found:
                raise RuntimeError(f"The undisturbed run does not end: {found}")
            self.outcome = outcome(root, fake)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def root(self):
        return Copy(self.folder / "root", None)

    @staticmethod
    def settle(root):
        """Takes and has QuickBooks answer until nothing is left to answer."""
        for _ in range(14):
            root.run("once")
            if not root.names("outbox/quickbooks"):
                return
            root.run("sandbox", "--once")
        raise RuntimeError("QuickBooks is asked without end.")

    @staticmethod
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


def finish(root, fake):
    """Carries and takes in peace until all is quiet: what was other than it must be."""
    for _ in range(4):
        for _ in range(30):
            ended = root.run("procore", "--once")
            if ended.returncode == 0:
                break
            time.sleep(0.1)
        else:
            return [f"it never ends: {ended.stdout}"]
        ended = root.run("once")
        if ended.returncode not in [0, 1]:
            return [f"once ended with {ended.returncode}: {ended.stdout}"]
        if not root.names("outbox/procore"):
            return []
    return ["documents for Procore are left"]


def outcome(root, fake):
    """What Procore and the ledger hold in the end."""
    has = fake.order("_contents", {})
    return {
        "payments": sorted(json.dumps(payment, sort_keys=True) for payment in has["payments"]),
        "records": sorted(json.dumps(record, sort_keys=True) for record in has["vendors"]),
        "ledger": sorted(map(str, root.ledger("SELECT entity, procore_id, state FROM record"))),
        "documents": {name: content for name, content in root.files("outbox/procore/.collected").items()},
        "left over": root.leftovers() + list(root.files("inbox/procore/.carried")) + root.ledger("SELECT * FROM posting"),
    }


def compare(prepared, root, fake):
    found = finish(root, fake)
    seen = outcome(root, fake)
    return found + [f"{what} differ" for what, wanted in prepared.outcome.items() if seen[what] != wanted] + (
        [] if root.integrity() == "ok" else ["the ledger is damaged"])


def at_call(prepared, moment, number):
    """Kills the carrier at one of Procore's calls."""
    with prepared.root() as root, Fake() as fake:
        configure(root, fake)
        file = root.path / "carrier.pid"
        fake.order("_set", {"kill": {"file": str(file), "call": number, "when": moment}})
        carrier = subprocess.Popen(
            ["sh", "-c", 'echo $$ > "$0"; exec "$@"', str(file), *root.command("procore", "--once")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        killed = carrier.wait(timeout=120) == KILLED
        fake.order("_set", {"kill": None})
        return killed, [f"{moment} call {number}: {line}" for line in compare(prepared, root, fake)]


def at_step(prepared, points, step, number):
    """Kills the carrier at one of its own steps."""
    with prepared.root() as root, Fake() as fake:
        configure(root, fake)
        killed = strace(
            root, *points.within(root), "-o", os.devnull, "-e", f"trace={step}",
            "-e", f"inject={step}:signal=SIGKILL:when={number}", command=("procore", "--once")) == KILLED
        return killed, [f"{step} {number}: {line}" for line in compare(prepared, root, fake)]


def say(report, what, results, least=0.9):
    kills = [killed for killed, _ in results]
    found = [line for _, lines in results for line in lines]
    report.check(f"{what}: it is killed", kills and sum(kills) >= least * len(kills),
                 f"{sum(kills)} kills at {len(kills)} places")
    report.check(f"{what}: as if undisturbed", not found, f"{len(found)} differences")
    for line in found[:20]:
        print(f"        {line}")


def run(report, size):
    with Prepared() as prepared, ThreadPoolExecutor(2) as workers:
        report.check("documents of every kind wait, and lists to be fetched", prepared.calls > 12,
                     f"{len(prepared.outcome['documents'])} documents, {prepared.calls} calls")
        for moment, words in MOMENTS.items():
            places = sorted({prepared.payment, *sample(prepared.calls, max(1, size - 1))})
            say(report, words, list(workers.map(at_call, itertools.repeat(prepared), itertools.repeat(moment), places)))
        if not can_strace():
            return report.skip("kills at its own steps", "strace is not there, or may not trace")
        with prepared.root() as root, Fake() as fake:
            configure(root, fake)
            points = Points(root, command=("procore", "--once"))
        steps = [(step, number) for step in STEPS if step in points.counts
                 for number in sample(points.counts[step], max(1, size // 2) if size < FULL else size)]
        say(report, "at its own steps",
            list(workers.map(lambda place: at_step(prepared, points, *place), steps)), least=0.8)
