"""One owner for a root, on this machine and on a share, and no ledger on a network file system."""

import os
import shutil
import socket
import subprocess
import time

from root import CONFIGURATION, Root, vendors

SHORT = 1
FULL = 10


def run(report, size):
    for _ in range(size):
        with Root() as root:
            on_this_machine(report, root)
        with Root() as root:
            on_another_machine(report, root)
    with Root() as root:
        ledger_on_a_share(report, root)


def serve(root):
    """Starts the daemon, and waits until it has said that it owns the root."""
    process = root.start()
    if not root.wait(lambda: f"pid={process.pid}\n" in root.text(".plumbline-owner")):
        raise RuntimeError("the daemon did not take the root")
    return process


def on_this_machine(report, root):
    owner = serve(root)
    for command in ["once", "run"]:
        second = root.run(command, timeout=30)
        told = str(owner.pid) in second.stdout and socket.gethostname() in second.stdout
        report.check(f"a second {command} ends with 2 and says who owns the root", second.returncode == 2 and told,
                     second.stdout.strip()[:120])
    root.drop(vendors([1]), "procore/a.json")
    report.check("the owner goes on", root.wait(lambda: root.names("outbox/results")))
    owner.kill()
    owner.wait()
    began = time.monotonic()
    report.check("a killed owner's root is taken over at once", root.run("once").returncode == 0,
                 f"{time.monotonic() - began:.1f} s")


def other_machine(root, age):
    """What another machine writes that serves the same share."""
    beat = int(time.time()) - age
    text = f"host=another-machine\nboot=00000000-0000-0000-0000-000000000000\npid=4711\nbeat={beat}\n"
    (root.path / ".plumbline-owner").write_text(text)


def on_another_machine(report, root):
    other_machine(root, 5)
    for command in ["once", "run"]:
        refused = root.run(command, timeout=30)
        report.check(f"{command} beside another machine ends with 2 and names it",
                     refused.returncode == 2 and "4711" in refused.stdout and "another-machine" in refused.stdout,
                     refused.stdout.strip()[:120])
    other_machine(root, 61)
    report.check("a dead machine's root is taken over", root.run("once").returncode == 0)
    owner = serve(root)
    other_machine(root, 0)
    root.wait(lambda: owner.poll() is not None, seconds=60)
    report.check("an owner that finds another machine's beat gives up", owner.poll() == 2, owner.poll())
    root.drop(vendors([2]), "procore/b.json")
    report.check("and leaves the other's owner file", "another-machine" in root.text(".plumbline-owner"))
    if owner.poll() is None:
        owner.kill()


def ledger_on_a_share(report, root):
    if not shutil.which("bindfs") or not os.path.exists("/dev/fuse"):
        return report.skip("a ledger on a share", "bindfs or FUSE is not here")
    behind, share = root.path / "behind", root.path / "share"
    behind.mkdir()
    share.mkdir()
    if subprocess.run(["bindfs", str(behind), str(share)], stderr=subprocess.DEVNULL).returncode != 0:
        return report.skip("a ledger on a share", "FUSE may not be mounted here")
    try:
        (root.path / "plumbline.yaml").write_text(f"{CONFIGURATION}ledger: {share}/ledger.sqlite\n")
        refused = root.run("once")
        report.check("a ledger on a network file system is refused with the reason",
                     refused.returncode == 2 and "FUSE" in refused.stdout and "local disk" in refused.stdout,
                     refused.stdout.strip()[:160])
        report.check("and none is made there", not any(behind.iterdir()))
    finally:
        subprocess.run(["umount", "-l", str(share)], check=False)
