"""File names that mean something to shells, terminals, browsers and spreadsheets."""

import json
import os
import re
from pathlib import Path

from root import Root, vendors

from .outcome import check_logs, unsafe_output_names, words

NAMES = [
    b"new\nline.json", b"return\r.json", b"tab\t.json", b"\x1b[31mred\x1b[0m.json", b"bell\x07.json", b"\x7f.json",
    b"<script>alert(1)<.json", b"<img src=x onerror=alert(1)>.json", b'"quoted".json', b"'quoted'.json",
    b"\xff\xfe invalid.json", b"cut \xc3.json", b"\xed\xa0\x80.json", b"-rf.json", b"--root=x.json", b"a..json",
    b"=cmd()|' !A1.json", b"=1+1.csv", b"@SUM(1).json", b"+1.json", b"x\\..\\..\\x.json", b"%2e%2e%2fx.json",
    "\u202egpj.json".encode(), "\u2028line.json".encode(), "\u0085next.json".encode(), b"CON.json", b" .json",
    b"$(touch x).json", b"`id`.json", b";reboot;.json", b"&amp;.json", b"a~2.json", b"x.problem.txt",
    b"x.json.problem.txt", b"{\"json\":1}.json", b"n" * 250 + b".json", "ü".encode() * 125 + b".json",
    "e\u0301.json".encode(), "é.json".encode(), b"A.JSON", b"a.json", b"\\x1b.json",
    b"\\u001b.json", b"*.json", b"?.json", b"|.json",
]


def evil_names(report):
    """Names that mean something to shells, terminals, browsers and spreadsheets are told safely."""
    with Root() as root:
        inbox = os.fsencode(root.path / "inbox/procore")
        for n, name in enumerate(NAMES):
            hidden = inbox + b"/.writing"
            # One good and one broken file of each name, in folders of their own.
            for folder, content in [(b"good", vendors([n])), (b"broken", vendors([n])[:-5])]:
                os.makedirs(os.path.join(inbox, folder), exist_ok=True)
                Path(os.fsdecode(hidden)).write_text(content)
                os.rename(hidden, os.path.join(inbox, folder, name))
        root.run("once")
        told = [json.loads(root.text(f"outbox/results/{name}")) for name in root.receipt_names()]
        good = [one for one in told if one["outcome"] == "accepted"]
        refused = [one for one in told if one["outcome"] == "rejected" and words(one)]
        report.check("the good files are taken and the broken ones refused, each with a receipt",
                     len(told) == 2 * len(NAMES) and len(good) == len(refused) == len(NAMES),
                     f"{len(NAMES)} names twice, {len(good)} accepted, {len(refused)} rejected")
        left = [name for _, _, names in os.walk(inbox) for name in names if not name.startswith(b".")]
        report.check("none stays in the inbox", not left, left[:3])
        unshown = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")
        report.check("receipts show names without control characters",
                     told and not [one for one in told if unshown.search(one["file"])])
        unsafe = unsafe_output_names(root)
        report.check("names of what leaves hold harmless characters only", not unsafe, unsafe[:3])
        documents = b"".join(root.documents().values())
        report.check("no name of a file is in a document", b"script" not in documents and b"cmd" not in documents)
        check_logs(report, "names", root)
        pages = [path for path in root.path.rglob("*.html")]
        raw = [str(path) for path in pages if re.search(b"<script>alert|<img src=x", path.read_bytes())]
        report.check("no page shows a name as markup", not raw, f"{len(pages)} pages")
        for command in [["status"], ["status", "--json"], ["trace", "<script>alert(1)<.json"], ["doctor", "--json"]]:
            shown = root.run(*command).stdout
            raw = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)
            report.check(f"{command[0]} {' '.join(command[1:])[:6]} shows no control character", not raw and shown,
                         raw[:3])
        filed = root.files("inbox/rejected")
        problems = sum(name.endswith(".problem.txt") for name in filed)
        report.check("each refused file stands beside a problem file", problems >= len(refused), f"{problems}")
