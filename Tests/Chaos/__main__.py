"""scripts/chaos PART [SIZE]: runs one part, or with `short` the short form of each, and prints what was tried."""

import importlib
import sys
import time

from report import Report

# Each module has run(report, size), its SHORT size, and its FULL size.
PARTS = ["order", "crash", "kills", "faults", "shares", "hostile", "poison", "owner", "fuzz", "determinism", "backups",
         "webconnector", "procore", "review"]


def main(arguments):
    if not arguments or arguments[0] not in PARTS + ["short"] or len(arguments) > 2:
        print(f"usage: scripts/chaos {'|'.join(PARTS)} [SIZE]\n       scripts/chaos short", file=sys.stderr)
        return 2
    chosen = PARTS if arguments[0] == "short" else arguments[:1]
    report = Report()
    for part in chosen:
        module = importlib.import_module(part)
        size = int(arguments[1]) if len(arguments) == 2 else module.SHORT if arguments[0] == "short" else module.FULL
        began = time.monotonic()
        report.begin(part, module.__doc__, size)
        try:
            module.run(report, size)
        except Exception as error:  # A harness that breaks has shown nothing.
            report.check("ran to its end", False, repr(error))
            import traceback

            traceback.print_exc()
        report.end(time.monotonic() - began)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
