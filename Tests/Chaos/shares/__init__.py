"""Network shares for real: this machine as server and as client, shares that come and go, writers slow and dead."""

from .between_calls import away_between_calls
from .coming_and_going import coming_and_going
from .mounted import mounted
from .mounts import why_no_mounts
from .served import serving
from .vanishing import vanishing
from .writers import writing

SHORT = 12
FULL = 100


def run(report, size):
    no_mounts = why_no_mounts()
    serving(report, size)
    if no_mounts:
        report.skip("this machine as client of shares", no_mounts)
        report.skip("shares that go and come back", no_mounts)
    else:
        mounted(report, size)
        vanishing(report, size >= FULL)
        coming_and_going(report, size)
        away_between_calls(report, size)
    writing(report, size, no_mounts)
