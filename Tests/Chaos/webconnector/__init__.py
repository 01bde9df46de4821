"""The Web Connector's server: bad input, crowds, and kill -9 of server and connector at every call and every step."""

import sys

from root import CHECKOUT

# What plays office, connector and QuickBooks.
sys.path.insert(0, str(CHECKOUT / "Tests/WebConnector"))

from .answers import bad_answers  # noqa: E402
from .crowds import crowds  # noqa: E402
from .envelopes import no_calls  # noqa: E402
from .matrix import kill_matrix  # noqa: E402
from .slow import Slow, endless  # noqa: E402
from .tickets import guesses  # noqa: E402

# How many calls for each victim are tried, spread over all; the whole tries each, and each call of the kernel.
SHORT = 4
FULL = 100_000


def run(report, size):
    with Slow() as slow:
        no_calls(report)
        bad_answers(report)
        guesses(report)
        endless(report, size)
        crowds(report, size, tls=False)
        crowds(report, size, tls=True)
        kill_matrix(report, size)
        slow.check(report)
