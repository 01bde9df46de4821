"""Hostile input: bombs, limits, names, links and races; nothing leaks, nothing breaks, each refusal is in words."""

import csv
import io
import json
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from root import Root, vendors

SHORT = 2_000
FULL = 100_000

# What the process may take at most, whatever the input. Source: the contract's fine print.
MOST_KILOBYTES = 256 * 1024
SAFE_NAME = re.compile(r"[A-Za-z0-9._-]+")


# MARK: What came of it

def measured(root, *arguments, umask=-1):
    """Runs a command to its end; gives its status, what it said, and the most memory it had, in KiB."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(root.command(*arguments), stdout=said, stderr=subprocess.STDOUT, umask=umask)
        watch = threading.Timer(60, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read().decode(errors="replace"), usage.ru_maxrss


def receipts(root):
    """The receipts, by the dropped file's name as shown there."""
    found = {}
    for name in root.names("outbox/results"):
        if name.endswith(".result.json"):
            told = json.loads(root.text(f"outbox/results/{name}"))
            found[told["file"]] = told
    return found


def words(told):
    """What a receipt says of problems, in one text."""
    return " ".join(f"{problem['what']} {problem['remedy']}" for problem in told["problems"])


def holds(root, secret, but=()):
    """The files of the root that hold a secret; links are not followed, and some paths may hold it."""
    found = []
    for folder, _, names in os.walk(root.path):
        for name in names:
            path = Path(folder) / name
            if path in but:
                continue
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:
                continue
            with open(descriptor, "rb") as file:
                if stat.S_ISREG(os.fstat(descriptor).st_mode) and secret in file.read():
                    found.append(str(path.relative_to(root.path)))
    return found


def unsafe_output_names(root):
    """Names of what leaves that hold more than harmless characters."""
    return [name for box in ["quickbooks", "procore", "results"] for name in root.names(f"outbox/{box}")
            if not SAFE_NAME.fullmatch(name)]


def check_logs(report, what, root):
    """Each line of the one log is a JSON object, and neither holds a raw control character."""
    lines = (root.path / "logs/plumbline.jsonl").read_bytes().split(b"\n")
    broken = []
    for line in lines[:-1]:
        try:
            if not isinstance(json.loads(line.decode("utf-8")), dict):
                broken.append(line)
        except ValueError:
            broken.append(line)
    both = (root.path / "logs/plumbline.jsonl").read_bytes()
    if (root.path / "logs/results.log").exists():
        both += (root.path / "logs/results.log").read_bytes()
    raw = re.findall(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]", both)
    report.check(f"{what}: every log line is JSON, without control characters",
                 len(lines) > 1 and not broken and not raw and lines[-1] == b"",
                 f"{len(lines) - 1} lines, {broken[:1] or raw[:3] or 'none broken'}")


# MARK: Limits

def record(**fields):
    return json.dumps([{"id": 1, "name": "Vendor", "is_active": True, "synced_to_erp": False} | fields])


def unquoted(key, text):
    """A record with a value that JSON libraries do not write."""
    return record(**{key: "VALUE"}).replace('"VALUE"', text)


HEADER = "Company Name,Address,City,State,Zip,Country,Business Phone,Fax Number,Email Address,Id\n"


def limits():
    """Files that break one limit each, by name, and what the refusal has to say."""
    deep, record_bytes = 100_000, 4 * 1024 * 1024
    return {
        "nested.json": (unquoted("custom", "[" * 65 + "]" * 65), "nested deeper than 64"),
        "bomb.json": ("[" * deep, "nested deeper than 64|no list|nested"),
        "object-bomb.json": ('{"a":' * deep, "nested deeper than 64"),
        "record-bomb.json": (unquoted("custom", '{"a":' * deep), "nested deeper than 64"),
        "token.json": (record(name="N" * (record_bytes + 1)), "the text is longer than 1048576 bytes"),
        "many-values.json": (unquoted("custom", "[" + "0," * 600_000 + "0]"), "values"),
        "number.json": (unquoted("id", "1" * 2_000), "1,000 digits"),
        "exponent.json": (unquoted("id", "1e999999"), "id"),
        "nan.json": (unquoted("id", "NaN"), "value was expected"),
        "twice.json": (record().replace('"name"', '"name": "Other", "name"'), "twice|more than once|two"),
        "bytes.json": (record(name="VALUE").encode().replace(b"VALUE", b"\x81\x28"), "neither UTF-8 nor|Windows-1252"),
        "overlong.json": (record(name="VALUE").encode().replace(b"VALUE", b"\xc0\x81"), "neither UTF-8 nor|Windows-1252"),
        "surrogate-bytes.json": (record(name="VALUE").encode().replace(b"VALUE", b"\xed\xb0\x90"), "neither UTF-8 nor|Windows-1252"),
        "high-surrogate.json": (record(name="VALUE").replace("VALUE", "\\ud83d"), "surrogate"),
        "low-surrogate.json": (record(name="VALUE").replace("VALUE", "\\ude00"), "surrogate"),
        "control.json": (record(name="VALUE").replace("VALUE", "a\x1bb"), "control character"),
        "tail.json": (record() + "]", "."),
        "cut.json": (record()[:-9], "ends"),
        "wide.json": (record().encode("utf-16")[:-1], "UTF-16"),
        "nothing.json": ("\0" * 4_096, "."),
        "quote.csv": (HEADER + '"Vendor,,,,,,,,,1\n' + "Vendor 2,,,,,,,,,2\n" * 3, "quote"),
        "long-quote.csv": (HEADER + '"Vendor,,,,,,,,,1\n' + "Vendor 2,,,,,,,,,2\n" * 400_000, "4194304 bytes|quote"),
        "field.csv": (HEADER + "N" * (record_bytes + 1) + ",,,,,,,,,1\n", "4194304 bytes"),
        "columns.csv": (HEADER + "Vendor,,,,,,,,,1,2,3\n", "column|field"),
        "million-columns.csv": (HEADER + "V," * 1_000_000 + "\n", "column|field"),
        "header-twice.csv": (HEADER.replace("City", "Address") + "Vendor,,,,,,,,,1\n", "twice"),
        "mixture.csv": ((HEADER + "Zoë,,,,,,,,,1\n").encode() + "Zoë,,,,,,,,,2\n".encode("cp1252"), "UTF-8|Windows"),
        "zero.csv": (HEADER + "Ven\0dor,,,,,,,,,1\n", "."),
    }


def other_encodings(report):
    """Bytes that are no UTF-8 and could be Windows-1252 are read as that, and it is said; UTF-16 is read."""
    with Root() as root:
        tried = {f"vendors-{number}.json": record(id=number, name="VALUE").encode().replace(b"VALUE", name)
                 for number, name in enumerate([b"\xc3\x28", b"\xc0\xaf", b"\xed\xa0\x80x"], 1)}
        for name, content in tried.items():
            root.drop(content, f"procore/{name}")
        root.drop(record(id=9, name="Wide").encode("utf-16"), "procore/vendors-wide.json")
        root.run("once")
        told = receipts(root)
        said = [name for name in tried if name in told and told[name]["outcome"] == "accepted"
                and any("Windows-1252" in note["what"] for note in told[name]["notes"])]
        report.check("no UTF-8: read as Windows-1252, and said", said == list(tried), said)
        wide = told.get("vendors-wide.json", {})
        report.check("UTF-16 is read, without a word", wide.get("outcome") == "accepted" and not wide["notes"], wide)


def too_large(folder):
    """A file over 2 GiB that takes no room."""
    with open(folder / "large.json", "wb") as file:
        file.write(b"[")
        file.truncate(2 * 1024 * 1024 * 1024 + 1)


def limits_hold(report):
    with Root() as root:
        tried = limits()
        for name, (content, _) in tried.items():
            root.drop(content, f"procore/{name}")
        too_large(root.path / "inbox/procore")
        tried["large.json"] = ("", "2147483648")
        ended, said, most = measured(root, "once")
        told = receipts(root)
        for name, (_, wanted) in tried.items():
            seen = words(told[name]) if name in told else "no receipt"
            is_refused = name in told and told[name]["outcome"] in ["rejected", "accepted-with-problems"]
            file = root.path / "inbox/rejected/procore" / f"{name}.problem.txt"
            if is_refused and told[name]["outcome"] == "rejected":
                is_refused = file.is_file() and told[name]["problems"][0]["what"] in file.read_text()
            report.check(f"{name} is refused in words", is_refused and re.search(wanted, seen), seen[:160])
        report.check("nothing of them left for QuickBooks", not root.names("outbox/quickbooks"),
                     root.names("outbox/quickbooks"))
        report.check("the process stayed small and ended by itself", ended == 1 and most < MOST_KILOBYTES,
                     f"{most // 1024} MiB, status {ended}, {said.strip()[:80]}")
        check_logs(report, "limits", root)


# MARK: XML

def answer(name, status="x"):
    return (f'<QBXML><QBXMLMsgsRs><VendorQueryRs requestID="1" statusCode="0" statusSeverity="Info" '
            f'statusMessage="{status}"><VendorRet><ListID>80000001-1</ListID><EditSequence>1</EditSequence>'
            f'<Name>{name}</Name><IsActive>true</IsActive></VendorRet></VendorQueryRs></QBXMLMsgsRs></QBXML>')


def bombs(secret, port):
    """Responses that attack a reader of XML, by name, and what the refusal has to say."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    envelope = ('<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><receiveResponseXML>'
                "<response>{}</response></receiveResponseXML></soap:Body></soap:Envelope>")
    declared = {
        "laughs.xml": f'<!DOCTYPE QBXML [<!ENTITY l0 "lol">{laughs}]>' + answer("&l9;"),
        "quadratic.xml": f'<!DOCTYPE QBXML [<!ENTITY a "{"a" * 100_000}">]>' + answer("&a;" * 20_000),
        "file.xml": f'<!DOCTYPE QBXML [<!ENTITY f SYSTEM "file://{secret}">]>' + answer("&f;"),
        "passwords.xml": '<!DOCTYPE QBXML [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + answer("&f;"),
        "fetched.xml": f'<!DOCTYPE QBXML [<!ENTITY f SYSTEM "http://127.0.0.1:{port}/x">]>' + answer("&f;"),
        "parameter.xml": f'<!DOCTYPE QBXML [<!ENTITY % f SYSTEM "http://127.0.0.1:{port}/x"> %f;]>' + answer("x"),
        "external.xml": f'<!DOCTYPE QBXML SYSTEM "http://127.0.0.1:{port}/x.dtd">' + answer("x"),
        "harmless.xml": "<!DOCTYPE QBXML>" + answer("x"),
        "defaults.xml": '<!DOCTYPE QBXML [<!ATTLIST Name x CDATA "y">]>' + answer("x"),
    }
    tried = {name: ('<?xml version="1.0"?>' + text, "DOCTYPE") for name, text in declared.items()}
    tried["wide.xml"] = (('<?xml version="1.0" encoding="utf-16"?>' + declared["file.xml"]).encode("utf-16"),
                         "DOCTYPE|UTF-16")
    tried["big-endian.xml"] = (("\ufeff" + declared["file.xml"]).encode("utf-16-be"), "DOCTYPE|UTF-16")
    inner = declared["file.xml"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    tried["soap.xml"] = (envelope.format(inner), "DOCTYPE")
    tried["soap-cdata.xml"] = (envelope.format(f"<![CDATA[{declared['file.xml']}]]>"), "DOCTYPE")
    tried["entity.xml"] = (answer("&undeclared;"), ".")
    tried["deep.xml"] = (answer("<a>" * 100_000), "nested|deep")
    tried["long.xml"] = (answer("N" * (2 << 20)), "more text")
    attributes = " ".join(f'a{n}="{n}"' for n in range(200_000))
    tried["attributes.xml"] = (answer("x").replace("<Name>", f"<Name {attributes}>"), ".")
    tried["include.xml"] = (
        answer(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'), ".")
    tried["style.xml"] = (f'<?xml-stylesheet href="http://127.0.0.1:{port}/x.xsl"?>' + answer("x"), ".")
    return tried


def xml_is_refused(report):
    """What a document type would expand, fetch or show is refused before it is read."""
    secret_text = b"a secret of this machine"
    with tempfile.NamedTemporaryFile() as secret, socket.socket() as listener:
        secret.write(secret_text)
        secret.flush()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        with Root() as root:
            plain = measured(root, "once")[2]
        leaked, largest = [], 0
        for name, (content, wanted) in bombs(secret.name, listener.getsockname()[1]).items():
            with Root() as root:
                root.drop(content, f"quickbooks/{name}")
                ended, _, most = measured(root, "once")
                largest = max(largest, most)
                told = receipts(root)
                seen = words(told[name]) if name in told else f"no receipt, status {ended}"
                may_pass = wanted == "."
                is_refused = name in told and (told[name]["outcome"] == "rejected" or may_pass)
                report.check(f"{name} is refused in words", is_refused and (may_pass or re.search(wanted, seen)),
                             seen[:160] or told[name]["outcome"])
                originals = [root.path / "inbox" / path for path in root.files("inbox")]
                leaked += holds(root, secret_text, originals) + holds(root, b"root:x:0:", originals)
                if told:
                    check_logs(report, name, root)
        try:
            listener.accept()
            connected = True
        except BlockingIOError:
            connected = False
        report.check("nothing was fetched", not connected)
        report.check("no file of the machine was shown", not leaked, leaked)
        report.check("nothing was expanded", largest < plain + 64 * 1024,
                     f"{largest // 1024} MiB at most, and {plain // 1024} MiB with nothing to read")


# MARK: Kinds of things

def special_things(report):
    """Links, pipes, sockets and devices are told, never opened, and stay where they are."""
    secret = b"secret outside"
    export = vendors([666]).encode().replace(b"Vendor 666", secret)
    with Root() as root, tempfile.TemporaryDirectory(dir=root.path.parent) as outside:
        outside, inbox = Path(outside), root.path / "inbox/procore"
        (outside / "secret.json").write_bytes(export)
        (outside / "folder").mkdir()
        (outside / "folder" / "within.json").write_bytes(export)
        made = ["pipe.json", "socket.json", "hard.json", "link.json", "relative.json", "dangling.json", "loop.json",
                "linked-folder", "linked-folder.json"]
        os.mkfifo(inbox / "pipe.json")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(inbox / "socket.json"))
        os.link(outside / "secret.json", inbox / "hard.json")
        (inbox / "link.json").symlink_to(outside / "secret.json")
        (inbox / "relative.json").symlink_to(f"../../../{outside.name}/secret.json")
        (inbox / "dangling.json").symlink_to("/nowhere/at/all")
        (inbox / "loop.json").symlink_to("loop.json")
        (inbox / "linked-folder").symlink_to(outside / "folder")
        (inbox / "linked-folder.json").symlink_to(outside / "folder")
        try:
            os.mknod(inbox / "endless.json", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
            os.mknod(inbox / "block.json", 0o600 | stat.S_IFBLK, os.makedev(7, 0))
            made += ["endless.json", "block.json"]
        except OSError as error:
            report.skip("devices in the inbox", error)
        (inbox / "folder.json").mkdir()
        (inbox / "folder.json" / "inside.json").write_text(vendors([1]))
        ended, said, _ = measured(root, "once")
        daemon = root.start()
        root.drop(vendors([2]), "procore/other.json")
        root.wait(lambda: "other.json" in receipts(root))
        stopped = root.stop(daemon)
        listener.close()
        kept = [name for name in made if os.path.lexists(inbox / name)]
        report.check("what is no plain file of its own stays where it is", kept == made, f"{len(kept)} of {len(made)}")
        problems = [name for name in made if (root.path / f"inbox/rejected/procore/{name}.problem.txt").is_file()]
        report.check("each is told, with a problem file", problems == made, sorted(set(made) - set(problems)))
        report.check("once ends with 1, the daemon goes on", ended == 1 and stopped == 0, f"{said.strip()[:80]}")
        report.check("a folder is a folder, whatever its name",
                     set(receipts(root)) == {"inside.json", "other.json"}, sorted(receipts(root)))
        leaked = holds(root, secret, [inbox / "hard.json"])
        report.check("nothing outside is shown", not leaked, leaked)
        same = (outside / "secret.json").read_bytes() == export and (outside / "folder/within.json").exists()
        report.check("nothing outside is touched", same and (outside / "secret.json").stat().st_nlink == 2)
        check_logs(report, "things", root)


def swapped_folder(report):
    """A subfolder that becomes a link to elsewhere is not followed; an inbox that is one is."""
    secret = b"secret outside"
    with Root() as root, tempfile.TemporaryDirectory() as outside:
        outside, procore = Path(outside), root.path / "inbox/procore"
        sub = procore / "project-225906"
        sub.mkdir()
        root.run("once")
        (outside / "within.json").write_bytes(vendors([666]).encode().replace(b"Vendor 666", secret))
        daemon = root.start()
        root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
        sub.rename(procore / ".away")
        sub.symlink_to(outside)
        (outside / "later.json").write_bytes((outside / "within.json").read_bytes())
        root.drop(vendors([1]), "procore/one.json")
        # The second drop comes after the whole inbox was looked through because of the first folder's coming.
        (procore / "new-folder").mkdir()
        root.drop(vendors([2]), "procore/new-folder/two.json")
        root.wait(lambda: {"one.json", "two.json"} <= set(receipts(root)))
        report.check("a subfolder that became a link is not followed",
                     (outside / "within.json").exists() and (outside / "later.json").exists()
                     and not holds(root, secret), f"{sorted(receipts(root))}")
        # The folder that Plumbline itself made becomes a link.
        procore.rename(root.path / "inbox/.procore")
        procore.symlink_to(outside)
        root.drop(vendors([3]), "three.json")
        root.wait(lambda: '"trouble"' in root.text("logs/plumbline.jsonl") or "three.json" in receipts(root), 30)
        report.check("inbox/procore that became a link is not followed",
                     (outside / "within.json").exists() and (outside / "later.json").exists()
                     and not holds(root, secret), sorted(os.listdir(outside)))
        procore.unlink()
        (root.path / "inbox/.procore").rename(procore)
        sub.unlink()
        (procore / ".away").rename(sub)
        root.drop(vendors([4]), "procore/project-225906/four.json")
        goes_on = root.wait(lambda: {"three.json", "four.json"} <= set(receipts(root)), 90)
        report.check("put right, it goes on", goes_on and root.stop(daemon) == 0, sorted(receipts(root)))
    with Root() as root, tempfile.TemporaryDirectory() as share:
        (root.path / "inbox").rename(Path(share) / "inbox")
        (root.path / "inbox").symlink_to(Path(share) / "inbox")
        root.drop(vendors([1]), "procore/one.json")
        ended = root.run("once")
        report.check("an inbox that is a link to a share is used",
                     ended.returncode == 0 and "one.json" in receipts(root), ended.stdout.strip())


def swapped_own_folder(report):
    """A folder of Plumbline's own that became a link or a file: nothing goes outside, nothing is taken in a circle."""
    own = ["inbox/processed", "inbox/rejected", "inbox/.claimed", "outbox/quickbooks/.staging"]
    for folder in own:
        for kind in ["link", "file"]:
            with Root() as root, tempfile.TemporaryDirectory() as outside:
                root.run("once")
                place, aside = root.path / folder, root.path / ".aside"
                place.rename(aside)
                place.symlink_to(outside) if kind == "link" else place.write_text("")
                daemon = root.start()
                root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
                root.drop(vendors([1]), "procore/one.json")
                root.drop("[{", "procore/broken.json")

                def is_seen():
                    """Whether the files came to an end, or the log says why they cannot."""
                    return len(root.names("outbox/results")) > 1 or '"trouble"' in root.text("logs/plumbline.jsonl")

                seen = root.wait(is_seen, 15)
                root.drop(vendors([2]), "procore/two.json")
                root.wait(lambda: "two.json" in receipts(root) or '"trouble"' in root.text("logs/plumbline.jsonl"), 15)
                what = f"{folder} is a {kind}"
                wrote = [str(path) for path in Path(outside).rglob("*") if path.is_file()]
                report.check(f"{what}: nothing goes elsewhere, and something is told", seen and not wrote, wrote[:2])
                place.unlink()
                aside.rename(place)
                root.wait(lambda: len(receipts(root)) >= 3, 90)
                ended = root.stop(daemon)
                names = sorted(json.loads(root.text(f"outbox/results/{name}"))["file"]
                               for name in root.names("outbox/results"))
                report.check(f"{what}, then put right: each file is taken once",
                             ended == 0 and names == ["broken.json", "one.json", "two.json"],
                             f"{len(names)} receipts, ended with {ended}")


# MARK: Names

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
        told = [json.loads(root.text(f"outbox/results/{name}")) for name in root.names("outbox/results")
                if name.endswith(".json")]
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


# MARK: Races

FLIPPER = """\
import os, sys
kind, folder, outside, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
content = open(sys.argv[5]).read()
name, aside = os.path.join(folder, "flip.json"), os.path.join(folder, ".aside")
sub, away = os.path.join(folder, "sub"), os.path.join(folder, ".sub")
flips = 0
for n in range(count):
    if kind == "folder":
        if not os.path.islink(sub) and os.path.isdir(sub):
            with open(os.path.join(sub, "secret.json"), "w") as file:
                file.write(content.replace("NUMBER", str(n)))
            os.rename(sub, away)
        try:
            os.symlink(outside, sub)
            os.unlink(sub)
        except FileExistsError:
            pass
        if os.path.isdir(away):
            os.rename(away, sub)
        else:
            os.makedirs(sub, exist_ok=True)
    else:
        with open(aside, "w") as file:
            file.write(content.replace("NUMBER", str(n)))
        os.rename(aside, name)
        secret = os.path.join(outside, "secret.json")
        os.symlink(secret, aside) if kind == "symlink" else os.link(secret, aside)
        os.rename(aside, name)
        # A hard link renamed onto its like stays.
        if os.path.lexists(aside):
            os.unlink(aside)
    flips += 1
print(flips)
"""


def swap_race(report, size, kind):
    """A name that is a file at one moment and a link at the next never shows what is behind the link."""
    secret = b"secret behind the link"
    export = vendors([666]).replace("Vendor 666", secret.decode())
    with Root() as root, tempfile.TemporaryDirectory(dir=root.path.parent) as outside:
        outside, inbox = Path(outside), root.path / "inbox/procore"
        (outside / "secret.json").write_text(export)
        (outside / "content").write_text(vendors([1]).replace("Vendor 1", "Vendor NUMBER"))
        if kind == "folder":
            (inbox / "sub").mkdir()
        daemon = root.start()
        root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
        flipper = subprocess.Popen(
            [sys.executable, "-c", FLIPPER, kind, str(inbox), str(outside), str(size), str(outside / "content")],
            stdout=subprocess.PIPE, text=True)
        flips = int((flipper.communicate()[0] or "0").strip() or 0)
        root.wait(lambda: len(root.names("outbox/results")) > 0, 30)
        root.drop(vendors([7_777]), "procore/last.json")
        goes_on = root.wait(lambda: "last.json" in receipts(root))
        ended = root.stop(daemon)
        root.run("once")
        # A second name of the secret may be put aside; a copy may not be made.
        links = [path for path in root.path.rglob("*")
                 if kind == "hard link" and not path.is_symlink() and path.samefile(outside / "secret.json")]
        leaked = holds(root, secret, links)
        whole = (outside / "secret.json").exists() and (outside / "secret.json").read_text() == export
        taken = len(root.names("outbox/results"))
        what = f"a name that flips between file and {kind}"
        report.check(f"{what}: the secret never shows", not leaked, leaked[:5] or f"{flips} flips, {taken} files taken")
        report.check(f"{what}: what is outside stays as it was", whole)
        report.check(f"{what}: the race was run, and the daemon lives on",
                     flips == size and taken > 1 and goes_on and ended == 0, f"{taken} taken, ended with {ended}")


# MARK: Spreadsheets

FORMULAS = ["=1+1", "@SUM(A1)", "+1 Builders", "-Minus Co", "=HYPERLINK(\"x\",\"y\")", "=cmd|' /C calc'!A0"]


def spreadsheets(report):
    """Names that a spreadsheet would run go to QuickBooks as they are, and into no CSV."""
    with Root() as root:
        names = [{"id": 100 + n, "name": name, "is_active": True, "synced_to_erp": False}
                 for n, name in enumerate(FORMULAS)]
        root.drop(json.dumps(names), "procore/formulas.json")
        root.run("once")
        text = b"".join(root.documents().values()).decode()
        passed = [name for name in FORMULAS
                  if f"<Name>{name.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</Name>" in text
                  or f"<Name>{name.replace(chr(39), '&apos;').replace(chr(34), '&quot;')}</Name>" in text]
        report.check("they go to QuickBooks unaltered", passed == FORMULAS, sorted(set(FORMULAS) - set(passed)))
        root.run("pull", "vendors")
        asked = re.search(r'requestID="([^"]*VendorQuery)"', b"".join(root.documents().values()).decode())
        both = FORMULAS + [name + " Inc" for name in FORMULAS] + ["=2+2", "@evil"]
        returned = "".join(
            f"<VendorRet><ListID>8000{n:04}-1</ListID><TimeCreated>2026-01-02T03:04:05-07:00</TimeCreated>"
            f"<TimeModified>2026-01-02T03:04:05-07:00</TimeModified><EditSequence>1</EditSequence>"
            f"<Name>{name.replace('&', '&amp;')}</Name><IsActive>true</IsActive></VendorRet>"
            for n, name in enumerate(both[len(FORMULAS):]))
        root.drop('<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRs>'
                  f'<VendorQueryRs requestID="{asked.group(1) if asked else ""}" statusCode="0" statusSeverity="Info" '
                  f'statusMessage="Status OK">{returned}</VendorQueryRs></QBXMLMsgsRs></QBXML>',
                  "quickbooks/vendors.response.xml")
        root.run("once")
        done = subprocess.run(root.command("link", "--suggest"), stdout=subprocess.PIPE, text=True)
        rows = list(csv.reader(io.StringIO(done.stdout)))
        cells = [cell for row in rows for cell in row]
        running = [cell for cell in cells if cell[:1] in ["=", "@", "+", "-", "\t", "\r"]]
        marked = [cell for cell in cells if cell[:1] == "'" and cell[1:2] in ["=", "@", "+", "-"]]
        report.check("no cell of the suggestions would be run", not running and len(marked) > len(FORMULAS),
                     running[:3] or f"{len(rows) - 1} rows, {len(marked)} cells marked")


# MARK: Permissions

def permissions(report):
    """What only Plumbline reads is closed to others, whatever the umask."""
    for umask in [0o000, 0o022]:
        with Root() as root:
            root.drop(vendors([1]), "procore/one.json")
            process = subprocess.Popen(root.command("run"), umask=umask, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            root.wait(lambda: receipts(root) and (root.path / "plumbline.sqlite-wal").exists())
            wanted = {"plumbline.sqlite": 0o600, "plumbline.sqlite-wal": 0o600, "plumbline.sqlite-shm": 0o600,
                      "plumbline.sqlite.lock": 0o600, "inbox/.claimed": 0o700, "outbox/quickbooks/.staging": 0o700,
                      "outbox/procore/.staging": 0o700}
            seen = {name: stat.S_IMODE((root.path / name).stat().st_mode) if (root.path / name).exists() else None
                    for name in wanted}
            root.stop(process)
            wrong = {name: f"{mode:o}" if mode is not None else None
                     for name, mode in seen.items() if mode != wanted[name]}
            report.check(f"ledger, claims and staged documents are closed to others, umask {umask:o}", not wrong,
                         wrong or f"{len(wanted)} looked at")


def run(report, size):
    limits_hold(report)
    other_encodings(report)
    xml_is_refused(report)
    special_things(report)
    swapped_folder(report)
    swapped_own_folder(report)
    evil_names(report)
    for kind in ["symlink", "hard link", "folder"]:
        swap_race(report, size, kind)
    spreadsheets(report)
    permissions(report)
