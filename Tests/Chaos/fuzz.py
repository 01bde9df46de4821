"""Bytes that nobody would write: each reader keeps its promises for whatever libFuzzer makes up."""

import re
import shutil
import subprocess

from root import CHECKOUT

# Seconds for each reader.
SHORT = 10
FULL = 600

READERS = ["json", "csv", "qbxml", "recogniser"]


def run(report, size):
    if not shutil.which("swift"):
        return report.skip("fuzzing", "there is no Swift toolchain to build it with")
    ended = subprocess.run(
        [CHECKOUT / "Fuzz" / "run", str(size)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if "no libFuzzer" in ended.stdout:
        report.skip("made-up bytes", "the toolchain has no libFuzzer; the kept files were tried once")
    for reader in READERS:
        tried = re.search(rf"^{reader}: (\d+) runs.*", ended.stdout, re.MULTILINE)
        seen = tried.group(0).split(": ", 1)[1] if tried else ended.stdout.strip()
        report.check(f"the {reader} reader keeps its promises", tried and int(tried.group(1)) > 0, seen)
    report.check("nothing was found", ended.returncode == 0, f"exit {ended.returncode}")
