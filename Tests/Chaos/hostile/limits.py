"""Every limit of the readers, just before and just past it, and encodings that are not UTF-8."""

import json
import re

from root import Root

from .outcome import MOST_KILOBYTES, check_logs, measured, receipts, words


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
