"""A name that is a file at one moment and a link at the next."""

import subprocess
import sys
import tempfile
from pathlib import Path

from root import Root, vendors

from .outcome import holds, receipts

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
        root.wait(lambda: len(root.receipt_names()) > 0, 30)
        root.drop(vendors([7_777]), "procore/last.json")
        goes_on = root.wait(lambda: "last.json" in receipts(root))
        ended = root.stop(daemon)
        root.run("once")
        # A second name of the secret may be put aside; a copy may not be made.
        links = [path for path in root.path.rglob("*")
                 if kind == "hard link" and not path.is_symlink() and path.samefile(outside / "secret.json")]
        leaked = holds(root, secret, links)
        whole = (outside / "secret.json").exists() and (outside / "secret.json").read_text() == export
        taken = len(root.receipt_names())
        what = f"a name that flips between file and {kind}"
        report.check(f"{what}: the secret never shows", not leaked, leaked[:5] or f"{flips} flips, {taken} files taken")
        report.check(f"{what}: what is outside stays as it was", whole)
        report.check(f"{what}: the race was run, and the daemon lives on",
                     flips == size and taken > 1 and goes_on and ended == 0, f"{taken} taken, ended with {ended}")
