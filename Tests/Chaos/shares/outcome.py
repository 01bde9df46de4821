"""What came of what was dropped: which records in which documents, which receipts, what still stands."""

import os
import re


def added(documents):
    """The numbers of the vendors that these documents add, in order, each as often as it is added."""
    text = b"".join(documents)
    return sorted(int(number) for number in re.findall(rb"<VendorAdd><Name>Vendor (\d+)</Name>", text))


def receipts(root):
    """The receipts, by intake."""
    return {told["intake"]: told for told in root.receipts()}


def outcomes(root):
    """How many files came to which end."""
    counts = {}
    for told in receipts(root).values():
        counts[told["outcome"]] = counts.get(told["outcome"], 0) + 1
    return counts


def check_once(report, what, documents, numbers):
    """Every vendor is added, and by one document only."""
    got, wanted = added(documents), sorted(numbers)
    missing, doubled = set(wanted) - set(got), len(got) - len(set(got))
    report.check(
        what, got == wanted and wanted,
        f"{len(wanted)} records, {len(missing)} missing, {doubled} doubled, {len(set(got) - set(wanted))} unasked")


def dropped(root):
    """What still stands in the inbox to be taken."""
    return [os.path.join(folder, name)
            for part in ["procore", "quickbooks"] for folder, _, names in os.walk(root.path / "inbox" / part)
            for name in names if not name.startswith(".")]


def claimed(root):
    """What was taken and is not yet filed away."""
    return [name for _, _, names in os.walk(root.path / "inbox/.claimed") for name in names]
