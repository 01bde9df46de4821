"""player.py KIND URL FOLDER CALL MOMENT WHOM SERVER: one update of a Web Connector, which kills itself, the
server's process, or both, at a moment of its call of that number; 0: nobody. Its input is what QuickBooks says of its
company.

Ends with 3 where the update broke off, as it does when the server is gone.
"""

import http.client
import os
import signal
import sys
from pathlib import Path

CHAOS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHAOS), str(CHAOS.parent / "WebConnector")]

from connector import Connector, WrongAnswer  # noqa: E402
from office import CONFIGURATION, PASSWORD, USER  # noqa: E402
from webconnector.books import Kind  # noqa: E402


def main(kind, url, folder, call, moment, whom, server):
    calls = 0

    def at(now, _):
        nonlocal calls
        calls += now == "before"
        if calls != int(call) or now != moment:
            return
        if whom in ("server", "both"):
            os.kill(int(server), signal.SIGKILL)
        if whom in ("connector", "both"):
            os.kill(os.getpid(), signal.SIGKILL)

    with Kind(kind).opened(Path(folder), CONFIGURATION) as quickbooks:
        try:
            Connector(url, USER, PASSWORD, quickbooks, hcp=sys.stdin.read(), at=at).update()
        except (OSError, http.client.HTTPException, WrongAnswer) as error:
            print(error, file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
