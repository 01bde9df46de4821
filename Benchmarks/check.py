"""Whether both sides wrote the same: the same number of documents' contents always, and their contents with --check."""

import orjson
from lxml import etree

from harness import files


def requests(folder, entity, tag):
    """Every element of a kind in the documents of a folder, as bytes without white space between elements."""
    parser = etree.XMLParser(remove_blank_text=True)
    found = []
    for path in files(folder, ".xml"):
        if f"-{entity}" in path.name:
            root = etree.fromstring(path.read_bytes(), parser)
            found += [etree.tostring(element, method="c14n") for element in root.iter(tag)]
    return found


def updates(folder):
    """Every update in the documents of a folder, with its fields in alphabetical order."""
    found = []
    for path in files(folder, ".json"):
        request = orjson.loads(path.read_bytes())["request"]
        head = [request["method"], request["path"], request["body"]["company_id"]]
        found += [orjson.dumps([*head, update], option=orjson.OPT_SORT_KEYS) for update in request["body"]["updates"]]
    return found


def same_requests(ours, peer, entity, tag, count, is_thorough):
    """Stops unless both wrote `count` requests; thoroughly, unless they say the same."""
    if not is_thorough:
        return _same_count(_texts(ours, entity, f"<{tag}>"), _texts(peer, entity, f"<{tag}>"), count)
    _same(requests(ours, entity, tag), requests(peer, entity, tag), count)


def same_updates(ours, peer, count, is_thorough):
    """Stops unless both wrote `count` updates; thoroughly, unless they say the same."""
    if not is_thorough:
        return _same_count(_texts(ours, "vendors", '"origin_id"'), _texts(peer, "vendors", '"origin_id"'), count)
    _same(updates(ours), updates(peer), count)


def _texts(folder, entity, text):
    ending = ".json" if entity == "vendors" and text.startswith('"') else ".xml"
    return sum(path.read_bytes().count(text.encode()) for path in files(folder, ending) if f"-{entity}" in path.name)


def _same_count(ours, peer, count):
    if not ours == peer == count:
        raise SystemExit(f"{count} records were dropped; ours wrote {ours}, and the peer {peer}.")


def _same(ours, peer, count):
    _same_count(len(ours), len(peer), count)
    differing = [pair for pair in zip(sorted(ours), sorted(peer)) if pair[0] != pair[1]]
    for first, second in differing[:3]:
        print(f"   ours {first.decode()}\n   peer {second.decode()}")
    if differing:
        raise SystemExit(f"{len(differing)} of {count} differ.")
    print(f"   checked: both wrote the same {count}", flush=True)
