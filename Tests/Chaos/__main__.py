"""scripts/chaos PART [SIZE]: runs one part, or with `short` the short form of each, and prints what was tried."""

import importlib
import os
import pathlib
import re
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed

from report import Report

# Each module has run(report, size), its SHORT size, and its FULL size. The short forms begin in this order, those that take
# longest first.
PARTS = ["fuzz", "webconnector", "crash", "shares", "faults", "hostile", "procore", "poison", "owner", "undo", "kills",
         "determinism", "backups", "review", "prune", "order"]


def run(part, size):
    """One part, in this process."""
    module = importlib.import_module(part)
    size = module.SHORT if size == "short" else int(size) if size else module.FULL
    report = Report()
    began = time.monotonic()
    report.begin(part, module.__doc__, size)
    try:
        module.run(report, size)
    except Exception as error:  # A harness that breaks has shown nothing.
        report.check("ran to its end", False, repr(error))
        traceback.print_exc()
    report.end(time.monotonic() - began)
    return report.finish()


def run_short():
    """The short form of each part, in a process of its own, one more at once than there are processors: most of a part's time
    is waiting for the disk and for programs to start."""
    def start(part):
        command = [sys.executable, str(pathlib.Path(__file__).parent), part, "short"]
        return part, subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    checks, failed, skipped = 0, [], []
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as lanes:
        for done in as_completed([lanes.submit(start, part) for part in PARTS]):
            part, ended = done.result()
            lines = ended.stdout.splitlines()
            print("\n".join(line for line in lines if not re.match(r"(skipped|FAILED): |\d+ checks, ", line)), flush=True)
            skipped += [line for line in lines if line.startswith("skipped: ")]
            failed += [line for line in lines if line.startswith("FAILED: ")]
            checks += sum(int(line.split()[0]) for line in lines if re.match(r"\d+ checks, ", line))
            if ended.returncode and not any(line.startswith(f"FAILED: {part}") for line in lines):
                failed.append(f"FAILED: {part}: ended with {ended.returncode}")
    print("\n".join(skipped + failed + [f"{checks} checks, {len(failed)} failed, {len(skipped)} skipped"]))
    return 1 if failed or not checks else 0


def main(arguments):
    if arguments == ["short"]:
        return run_short()
    if not arguments or arguments[0] not in PARTS or len(arguments) > 2:
        print(f"usage: scripts/chaos {'|'.join(PARTS)} [SIZE]\n       scripts/chaos short", file=sys.stderr)
        return 2
    return run(arguments[0], arguments[1] if len(arguments) == 2 else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
