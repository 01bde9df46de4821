"""Hostile input: bombs, limits, names, links and races; nothing leaks, nothing breaks, each refusal is in words."""

from .limits import limits_hold, other_encodings
from .markup import xml_is_refused
from .names import evil_names
from .permissions import permissions
from .races import swap_race
from .spreadsheets import spreadsheets
from .things import special_things, swapped_folder, swapped_own_folder

SHORT = 2_000
FULL = 100_000


def run(report, size):
    limits_hold(report)
    other_encodings(report)
    xml_is_refused(report)
    special_things(report)
    swapped_folder(report)
    swapped_own_folder(report)
    evil_names(report)
    for kind in ["symlink", "hard link", "folder"]:
        swap_race(report, size, kind)
    spreadsheets(report)
    permissions(report)
