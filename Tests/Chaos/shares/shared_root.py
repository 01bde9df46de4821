"""A root of which a folder may be a share; its ledger stays on the local disk."""

import os
import shutil
import tempfile
from pathlib import Path

from root import Root

CONFIGURATION = """\
company_id: 8089
quickbooks:
  income_account: Construction Income
  expense_account: Job Expenses
"""


class SharedRoot(Root):
    """A root whose ledger is elsewhere, on the local disk, as it must be where the root is on a share."""

    def __init__(self, settle="200ms"):
        self.elsewhere = Path(tempfile.mkdtemp(prefix="plumbline-chaos-"))
        self.ledger_path = self.elsewhere / "plumbline.sqlite"
        super().__init__(f"{CONFIGURATION}settle: {settle}\nledger: {self.ledger_path}\n")

    def __exit__(self, *exception):
        super().__exit__(*exception)
        shutil.rmtree(self.elsewhere, ignore_errors=True)

    def __enter__(self):
        super().__enter__()
        (self.path / "outbox/results").mkdir()
        return self

    def drop(self, content, name):
        """Drops a file by a rename within its folder, since that may be a mount of its own."""
        path = self.path / "inbox" / name
        write_renamed(path.parent, path.name, content)

    def move(self, folder):
        """Copies a folder of the root to where the share has it, and leaves it empty."""
        behind = self.elsewhere / "share"
        shutil.copytree(self.path / folder, behind)
        for entry in os.scandir(self.path / folder):
            shutil.rmtree(entry.path) if entry.is_dir() else os.unlink(entry.path)
        return behind


def write_renamed(folder, name, content):
    """Writes a file as a well-behaved program does."""
    folder.mkdir(parents=True, exist_ok=True)
    hidden = folder / f".{name}.writing"
    hidden.write_bytes(content if isinstance(content, bytes) else content.encode())
    hidden.rename(folder / name)
