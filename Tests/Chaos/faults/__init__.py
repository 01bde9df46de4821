"""Each system call fails, once or from then on, as on a full, broken or vanished disk; then all is well again."""

from scenario import Points, Scenario, can_strace

from .calls import storm
from .endurance import endurance
from .full_disks import full_disks
from .syncs import distrust, regrets

# How many places are tried for each system call with each error, each once and lasting.
SHORT = 1
FULL = 100_000


def run(report, size):
    if can_strace():
        with Scenario() as scenario:
            with scenario.root() as root:
                points = Points(root)
            storm(report, scenario, points, size)
            endurance(report, scenario, points, min(size, 6))
            distrust(report, scenario, points, size)
            regrets(report, scenario, points, min(size, 20))
    else:
        report.skip("failing system calls", "strace is not there, or may not trace")
    full_disks(report)
