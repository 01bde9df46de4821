"""Files that only Plumbline reads are closed to others."""

import stat
import subprocess

from root import Root, vendors

from .outcome import receipts


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
