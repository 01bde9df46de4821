"""What is no ordinary file: links, devices, pipes, and folders that are swapped for links."""

import json
import os
import socket
import stat
import tempfile
from pathlib import Path

from root import Root, vendors

from .outcome import check_logs, holds, measured, receipts


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
                    return len(root.receipt_names()) > 1 or '"trouble"' in root.text("logs/plumbline.jsonl")

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
                               for name in root.receipt_names())
                report.check(f"{what}, then put right: each file is taken once",
                             ended == 0 and names == ["broken.json", "one.json", "two.json"],
                             f"{len(names)} receipts, ended with {ended}")
