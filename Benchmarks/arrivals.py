"""Waits until a name appears in a folder, by inotify: the same way for all that are measured."""

import ctypes
import os
import select
import struct

IN_MOVED_TO = 0x80
HEADER = struct.Struct("iIII")


class Arrivals:
    """The names that are renamed into a folder."""

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self.handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.handle < 0 or libc.inotify_add_watch(self.handle, os.fsencode(folder), IN_MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def next(self, seconds=30):
        """The visible names that arrived since, waiting for the first of them."""
        found = []
        while not found:
            if not select.select([self.handle], [], [], seconds)[0]:
                raise SystemExit("No document appeared; see the logs of the program.")
            events = os.read(self.handle, 1 << 16)
            while events:
                *_, length = HEADER.unpack_from(events)
                name = events[HEADER.size:HEADER.size + length].rstrip(b"\0").decode()
                if not name.startswith("."):
                    found.append(name)
                events = events[HEADER.size + length:]
        return found

    def close(self):
        os.close(self.handle)
