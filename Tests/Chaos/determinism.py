"""The same files give the same bytes in any locale, time zone, umask, home, and order of dropping."""

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

from root import CHECKOUT, Root, program, vendors

SHORT = 12
FULL = 60

CONFIGURATION = """\
company_id: 8089
quickbooks:
  income_account: Construction Income
  expense_account: Job Expenses
  retainage_item: Retainage
  bank_account: Checking
  time_zone: America/Denver
settle: 200ms
"""

# Names a folder of more exports; without it, those beside the checkout are taken where they are there.
MORE_SAMPLES = "PLUMBLINE_SAMPLES"

LOCALES = ["C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.eucJP", "ar_EG.UTF-8", "", "nonsense"]
ZONES = [
    "UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "Pacific/Niue", "Antarctica/Troll",
    "XXX-14:37", "Nowhere/AtAll",
]
UMASKS = [0o022, 0o077, 0o000, 0o027]
# Names of people whose letters sort, fold and compose differently from one locale to the next.
NAMES = [
    "İstanbul Yapı", "ISTANBUL YAPI", "istanbul yapi", "Straße & Söhne", "STRASSE und Soehne", "Ångström Électrique",
    "A\u030angstro\u0308m E\u0301lectrique 2", "ﬁne ﬁtters", "Æsir Ltd", "Zoë's", "zoe's 2", "O’Brien “Quoted”",
]


def exports():
    """Every export to be dropped, by its path below the inbox."""
    found = {}
    samples = CHECKOUT / "Samples" / "inbox"
    for path in sorted(samples.rglob("*")):
        if path.is_file():
            found[f"procore/{path.relative_to(samples)}"] = path.read_bytes()
    found["procore/many.json"] = vendors(range(250)).encode()
    found["procore/letters.json"] = json.dumps(
        [{"id": 500_000 + n, "name": name, "is_active": True, "synced_to_erp": False}
         for n, name in enumerate(NAMES)], ensure_ascii=False).encode()
    found["procore/broken.json"] = b'[{"id": 1, "name": "cut'
    return found


def more_exports():
    """Exports that lie outside the checkout, by their path below the inbox; none where no folder is named."""
    folder = Path(os.environ.get(MORE_SAMPLES) or CHECKOUT.parent / "shared/domain/samples/procore")
    if not folder.is_dir():
        return {}
    return {
        f"procore/project-225906/{path.name}": path.read_bytes()
        for path in sorted(folder.iterdir()) if path.is_file()
    }


def answers(files):
    """The qbXML responses of a small QuickBooks company to what these exports lead to."""
    with Root(CONFIGURATION) as root:
        for name, content in files.items():
            root.drop(content, name)
        root.run("once")
        root.run("sandbox", "--once")
        return {f"quickbooks/{name}": content for name, content in root.files("inbox/quickbooks").items()}


def drop(root, files, order):
    """Drops files in some order; folders that are not there yet are made in it too."""
    names = list(files)
    order.shuffle(names)
    for name in names:
        root.drop(files[name], name)


def receipt(content):
    """A receipt without its times."""
    told = json.loads(content)
    told.pop("received", None)
    return json.dumps(told, sort_keys=True)


def outcome(rounds, environment, umask, seed):
    """What comes of the rounds of files in these surroundings: documents, receipts, and the originals' places."""
    order = random.Random(seed)
    with Root(CONFIGURATION) as root:
        shutil.rmtree(root.path / "inbox")
        (root.path / "inbox").mkdir()
        for files in rounds:
            drop(root, files, order)
            subprocess.run(
                root.command("once"), env=environment, umask=umask, cwd="/", stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=300)
        receipts = {name: receipt(text) for name, text in root.files("outbox/results").items()
                    if name.endswith(".result.json")}
        places = sorted(re.sub(r"processed/[0-9-]+/", "processed/DAY/", name) for name in root.files("inbox"))
        return root.documents(), receipts, places


def surroundings(number):
    """The environment and umask of one run; the first is as plain as it gets."""
    locale = LOCALES[number % len(LOCALES)]
    zone = ZONES[number // 2 % len(ZONES)]
    environment = {name: os.environ[name] for name in ["PATH", "LD_LIBRARY_PATH"] if name in os.environ}
    environment |= {"LANG": locale, "LC_ALL": locale, "TZ": zone}
    # In the others it is not set.
    if number % 3 == 0:
        environment["HOME"] = "/nonexistent"
    # In the others Swift's hash tables have another seed in each process.
    if number % 5 == 4:
        environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
    return environment, UMASKS[number % len(UMASKS)]


def compare(report, what, rounds, size):
    """Runs the rounds of files in `size` surroundings, and holds each against the first."""
    expected = None
    different, locales, zones = [], set(), set()
    for number in range(size):
        environment, umask = surroundings(number)
        locales.add(environment["LANG"])
        zones.add(environment["TZ"])
        got = outcome(rounds, environment, umask, seed=number)
        if expected is None:
            expected = got
            continue
        for part, wanted, seen in zip(["documents", "receipts", "places"], expected, got):
            if wanted != seen:
                names = set(wanted) ^ set(seen)
                if isinstance(wanted, dict):
                    names |= {name for name in set(wanted) & set(seen) if wanted[name] != seen[name]}
                different.append(f"{part} with {environment}, umask {umask:o}: {sorted(names)[:3]}")
    documents, receipts, _ = expected
    seen = (f"{len(documents)} documents, {len(receipts)} receipts, {size} runs, "
            f"{len(locales)} locales, {len(zones)} zones")
    report.check(f"{what}: there is something to compare", len(documents) > 2 and len(receipts) > 2, seen)
    report.check(f"{what}: the same bytes under the same names", not different, different[:2] or seen)


def preview(report, files, size):
    """`convert` shows the same in every locale and zone."""
    with Root(CONFIGURATION) as root:
        shown = {}
        file = root.path / "letters.json"
        file.write_bytes(files["procore/letters.json"])
        for number in range(min(size, len(LOCALES) * 2)):
            environment, umask = surroundings(number)
            done = subprocess.run(
                [program(), "convert", str(file), "--explain", "--root", str(root.path)], env=environment, umask=umask,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
            shown.setdefault(done.stdout, []).append(environment["LANG"])
    report.check("convert --explain shows the same bytes", len(shown) == 1 and b"VendorAdd" in next(iter(shown)),
                 f"{len(shown)} different, from {sum(len(names) for names in shown.values())} runs")


def run(report, size):
    files = exports()
    answered = answers(files)
    report.check("the small QuickBooks company answered", len(answered) > 2, f"{len(answered)} responses")
    compare(report, "exports, then their answers", [files, answered], size)
    more = more_exports()
    if more:
        compare(report, "the other exports", [more, answers(more)], max(4, size // 3))
    else:
        report.skip("the other exports", f"{MORE_SAMPLES} names no folder")
    preview(report, files, size)
