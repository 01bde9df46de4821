"""Mounts of this process, by FUSE or of the local disk, and how they go away."""

import os
import shutil
import subprocess
import tempfile
import time


class Mounts:
    """Mounts of this process; what is left of them goes at the end of the `with`."""

    def __enter__(self):
        self.made = []
        self.servers = {}
        return self

    def __exit__(self, *_):
        while self.made:
            self.away(self.made[-1])
        for server in self.servers.values():
            server.kill()
            server.wait()

    def fuse(self, behind, place):
        """Mounts a folder by FUSE, as mounted shares are: what changes behind it is told by nobody."""
        server = subprocess.Popen(
            ["bindfs", "-f", "-o", "nonempty", str(behind), str(place)], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 10
        while not os.path.ismount(place):
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                raise OSError((server.stderr.read() or "bindfs did not mount").strip())
            time.sleep(0.01)
        self.made.append(str(place))
        self.servers[str(place)] = server

    def bind(self, behind, place):
        """Mounts a folder of the local disk: inotify sees it."""
        self.mount("--bind", str(behind), str(place))

    def empty(self, place):
        """Mounts something else, which is empty."""
        self.mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place))

    def mount(self, *arguments):
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
        if done.returncode:
            raise OSError(done.stderr.strip())
        self.made.append(arguments[-1])

    def away(self, place):
        """Takes a mount away although somebody uses it."""
        self.made.remove(str(place))
        subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)

    def kill(self, place):
        """Ends the server behind a FUSE mount: what is asked of the mount fails from now on."""
        server = self.servers.pop(str(place))
        server.kill()
        server.wait()


def why_no_mounts():
    """Why nothing can be mounted here by FUSE; None: it can."""
    if not shutil.which("bindfs"):
        return "bindfs is not installed"
    with tempfile.TemporaryDirectory() as behind, tempfile.TemporaryDirectory() as place:
        try:
            with Mounts() as mounts:
                mounts.fuse(behind, place)
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
    return None
