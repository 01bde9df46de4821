"""What came of it: what a process took, what its receipts say, whether anything leaked."""

import json
import os
import re
import stat
import subprocess
import tempfile
import threading
from pathlib import Path

# What the process may take at most, whatever the input. Source: the contract's fine print.
MOST_KILOBYTES = 256 * 1024
SAFE_NAME = re.compile(r"[A-Za-z0-9._-]+")


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
    return {told["file"]: told for told in root.receipts()}


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
    names = [name for box in ["quickbooks", "procore"] for name in root.names(f"outbox/{box}")]
    names += [path.name for path in (root.path / "outbox/results").rglob("*") if not path.name.startswith(".")]
    return [name for name in names if not SAFE_NAME.fullmatch(name)]


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
