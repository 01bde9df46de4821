"""launch.py LOG COMMAND...: runs a command and prints, as JSON, what it took.

A process of its own, because the peak memory of a child begins at that of the process that started it, and this one is
small. What the command prints goes to LOG.
"""

import json
import os
import sys
import time


def main(log, command):
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    began = time.perf_counter()
    process = os.posix_spawnp(
        command[0], command, os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, handle, 1), (os.POSIX_SPAWN_DUP2, handle, 2)])
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - began
    print(json.dumps({
        "seconds": seconds, "status": os.waitstatus_to_exitcode(status), "rss": usage.ru_maxrss / 1024,
        "cpu": usage.ru_utime + usage.ru_stime, "user": usage.ru_utime}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
