"""player.py KIND URL FOLDER CALL MOMENT VICTIMS [ROOT]: one update of a Web Connector, which kills processes at a moment
of its call of that number; 0: none. Its input is what QuickBooks says of its company.

VICTIMS are process ids with commas between, `self` among them for the connector's own. With ROOT it updates again, whenever
the daemon there has done its work, until nothing waits or it has killed. It prints how many calls it made.

Ends with 3 where an update broke off, as it does when the server is gone.
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
from webconnector.house import is_idle, wait, waiting  # noqa: E402


class Killer:
    """Counts calls, and kills at one of them."""

    def __init__(self, call, moment, victims):
        self.call, self.moment, self.victims = int(call), moment, victims.split(",")
        self.calls, self.is_done = 0, False

    def at(self, now, _):
        self.calls += now == "before"
        if self.calls != self.call or now != self.moment:
            return
        self.is_done = True
        for victim in sorted(self.victims, key="self".__eq__):
            os.kill(os.getpid() if victim == "self" else int(victim), signal.SIGKILL)


def main(kind, url, folder, call, moment, victims, root=None):
    killer = Killer(call, moment, victims)
    with Kind(kind).opened(Path(folder), CONFIGURATION) as quickbooks:
        connector = Connector(url, USER, PASSWORD, quickbooks, hcp=sys.stdin.read(), at=killer.at)
        try:
            connector.update()
            while root and not killer.is_done and wait(lambda: is_idle(root)) and waiting(root):
                connector.update()
        except (OSError, http.client.HTTPException, WrongAnswer) as error:
            print(error, file=sys.stderr)
            return 3
        finally:
            print(killer.calls)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
