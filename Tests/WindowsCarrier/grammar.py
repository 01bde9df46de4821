"""Reads the PowerShell files by tree-sitter's grammar, and looks for what Windows PowerShell 5.1 cannot read.

This is no PowerShell: it tells that the files are well formed, not that they do what they should.
"""

import re

from carrier import SOURCES, Missing

VERSIONS = {"tree-sitter": "0.25.2", "tree-sitter-powershell": "0.26.4"}
# What PowerShell 7 has and 5.1 has not, outside strings and comments, and what is not to be used at all.
NEWER = {
    r"\?\?": "??", r"\?\.": "?.", r"&&|\|\|": "&& or ||", r"\)\s\?\s": "the ternary operator",
    r"(?i)-Parallel\b": "-Parallel", r"(?i)\b(Invoke-Expression|iex)\b": "Invoke-Expression",
    r"(?i)-Encoding\s+utf8(NoBOM)?\b": "-Encoding utf8, which writes a byte-order mark in 5.1",
}


def parser():
    try:
        import tree_sitter
        import tree_sitter_powershell
    except ImportError:
        raise Missing("PyPI's " + " and ".join(f"{name} {version}" for name, version in VERSIONS.items())) from None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


def errors(node):
    """The nodes that the grammar could not read."""
    if node.is_missing or node.type == "ERROR":
        yield node
    elif node.has_error:
        for child in node.children:
            yield from errors(child)


def code(node, text):
    """The text with strings and comments blanked out."""
    bytes_ = bytearray(text)
    stack = [node]
    while stack:
        node = stack.pop()
        if node.type in ("comment", "string_literal"):
            bytes_[node.start_byte:node.end_byte] = b" " * (node.end_byte - node.start_byte)
        else:
            stack += node.children
    return bytes_.decode()


def problems(parser, name, text):
    found = []
    if not text.isascii():
        found.append(f"{name}: 5.1 reads files without a byte-order mark by the code page: ASCII only")
    tree = parser.parse(text)
    found += [f"{name}:{node.start_point[0] + 1}: not read: {node.text[:60]!r}" for node in errors(tree.root_node)]
    plain = code(tree.root_node, text)
    found += [f"{name}: {words}" for pattern, words in NEWER.items() if re.search(pattern, plain)]
    return found


def run():
    reader = parser()
    for bad in (b"if ($a { 1 }", b"$a = $b ?? 1", b"Invoke-Expression $a", b"$x = '\xc3\xa9'", b"function f { param($a }"):
        if not problems(reader, "bad", bad):
            print(f"the check does not notice {bad!r}")
            return 1
    files = sorted(path for path in SOURCES.iterdir() if path.suffix in (".ps1", ".psd1"))
    found = [problem for path in files for problem in problems(reader, path.name, path.read_bytes())]
    print("\n".join(found) or f"{len(files)} files are well formed")
    return 1 if found or len(files) < 3 else 0
