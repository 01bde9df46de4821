"""Runs the carrier of carriers/windows: the files that PowerShell compiles there, compiled here by Debian's Mono, over a
QuickBooks that counts and over `plumbline sandbox`. Not run here: the PowerShell around them, which is only parsed
(grammar.py), and Intuit's request processor.

    python3 Tests/WindowsCarrier contract            what it does with each kind of document and failure
    python3 Tests/WindowsCarrier kills               killed before each of its steps, and started again
    python3 Tests/WindowsCarrier books PLUMBLINE     a company carried with a kill at every document: the books compared
    python3 Tests/WindowsCarrier grammar             the PowerShell files, by tree-sitter's grammar

Ends with 0, 1 with what differs, or 3 with what is missing here.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import books  # noqa: E402
import contract  # noqa: E402
import grammar  # noqa: E402
import kills  # noqa: E402
from carrier import Missing, Stand  # noqa: E402


def main(arguments):
    command = arguments[0] if arguments else ""
    if command == "grammar":
        return grammar.run()
    runs = {"contract": contract.run, "kills": kills.run, "books": books.run}
    if command not in runs or (command == "books") != (len(arguments) == 2):
        print(__doc__)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="plumbline-windows-"))
    try:
        found = runs[command](Stand(folder), *arguments[1:])
    finally:
        shutil.rmtree(folder)
    print("\n".join(found))
    return 1 if found else 0


try:
    sys.exit(main(sys.argv[1:]))
except Missing as missing:
    print(f"missing: {missing}")
    sys.exit(3)
