"""The lines that a run prints, and the table at its end."""

import os
import platform
import sqlite3
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

from lxml import etree

COLUMNS = ["What", "Ours", "Beside it", "Ratio (min..max)", "Peak memory, ours / beside", "Target", "Met"]

LIBRARIES = ("orjson", "lxml", "watchdog", "spyne", "waitress", "qbwc-kit", "fastapi", "uvicorn")


class Report:
    def __init__(self):
        self.lines = []
        self.missed = []

    def line(self, what, ours, beside="", ratio="", memory="", target="", is_met=None):
        """One line of the table; `is_met` is None where there is no target."""
        met = "" if is_met is None else "yes" if is_met else "no"
        if is_met is False:
            self.missed.append(what)
        self.lines.append([what, ours, beside, ratio, memory, target, met])
        words = [f"ours {ours}"]
        words += [beside] if beside else []
        words += [f"ratio {ratio}"] if ratio else []
        words += [f"memory {memory}"] if memory else []
        words += [f"target {target}: {'met' if is_met else 'MISSED'}"] if is_met is not None else []
        print(f"   {what}: " + "; ".join(words), flush=True)

    def pairs(self, what, beside, pairs, least, most_memory):
        """The line of two programs that ran in turn: `[(Run, Run)]`."""
        ours, peer = [first for first, _ in pairs], [second for _, second in pairs]
        ratios = [second.seconds / first.seconds for first, second in pairs]
        peak = max(run.rss for run in ours)
        target = f"{least}x" + (f", {most_memory} MiB" if most_memory else "")
        self.line(
            what, seconds(run.seconds for run in ours), f"{beside} {seconds(run.seconds for run in peer)}",
            spread(ratios), f"{peak:.0f} / {max(run.rss for run in peer):.0f} MiB", target,
            median(ratios) >= least and (not most_memory or peak <= most_memory))

    def table(self, work, is_small):
        """The lines as Markdown, with the machine that they were measured on."""
        rows = [COLUMNS, ["---"] * len(COLUMNS), *self.lines]
        text = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        note = "\n\nThese are the figures of a run with `--small`, which says nothing about size." if is_small else ""
        return f"{text}\n\nMeasured on {date.today()}: {machine(work)}{note}"


def seconds(times):
    value = median(times)
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


def spread(ratios):
    """The median of some ratios, with the least and the greatest."""
    return f"{median(ratios):.2f}x ({min(ratios):.2f}..{max(ratios):.2f})"


def machine(work):
    """What was measured on, in one sentence."""
    processor = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    libxml2 = ".".join(map(str, etree.LIBXML_VERSION))
    return (
        f"{processor}, {os.cpu_count()} cores, {memory()} GiB of memory, Linux {platform.release()}, "
        f"file system {file_system(work)}; Python {sys.version.split()[0]} with SQLite {sqlite3.sqlite_version}, "
        f"{libraries} (libxml2 {libxml2}).")


def memory():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def file_system(path):
    """The type of the file system that a path is on, as it is mounted."""
    path = Path(path).resolve()
    found = ""
    longest = -1
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if (path == Path(place) or Path(place) in path.parents) and len(place) >= longest:
            found, longest = kind, len(place)
    return found
