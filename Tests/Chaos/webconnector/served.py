"""A root served to the Web Connector by the real program, and what is sent to it byte by byte."""

import hashlib
import os
import re
import resource
import socket
import sqlite3
import ssl
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from connector import ENVELOPE, NAMESPACE
from office import PASSWORD, USER, Office

# What the server may take at most, whatever comes. Source: the "Bad input".
MOST_KILOBYTES = 128 * 1024


def more_descriptors():
    """Raises the limit of open files as far as this machine lets us, for us and for what we start; the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def hash_quickly(office):
    """Keeps the user's password with so little scrypt that a debug build can look at it hundreds of times."""
    salt = b"a salt of length"
    hashed = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=16, r=8, p=1, dklen=32)
    ledger = sqlite3.connect(office.ledger_file)
    with ledger:
        ledger.execute(
            "UPDATE connector_user SET salt = ?, hash = ?, rounds = 16, lanes = 1 WHERE name = ?", (salt, hashed, USER))
    ledger.close()


class Served(Office):
    """An office whose program is called byte by byte, over plain HTTP unless `tls` is named."""

    def __init__(self, tls=False):
        super().__init__(tls=tls)
        # The most memory that any of its servers had, in KiB.
        self.most_memory = 0

    def __enter__(self):
        super().__enter__()
        self.run("once")
        hash_quickly(self)
        self.serve()
        return self

    def memory(self):
        """The most memory that the servers had so far, in KiB (VmHWM)."""
        with open(f"/proc/{self.server.pid}/status") as status_file:
            now = int(re.search(r"VmHWM:\s+(\d+)", status_file.read())[1])
        self.most_memory = max(self.most_memory, now)
        return self.most_memory

    def stop(self):
        self.memory()
        return super().stop()

    def open_files(self):
        return len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def says(self, words, after=0, seconds=10):
        """Whether the log has a sentence, from a place in it on; it may come a moment after the answer."""
        return self.wait(lambda: re.search(words, self.told()[after:]), seconds)

    # MARK: - What is sent

    def connect(self, timeout=120):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout)
        if not self.tls:
            return connection
        return ssl.create_default_context(cafile=self.authority).wrap_socket(connection, server_hostname="localhost")

    def exchange(self, *pieces, ends=False, timeout=120):
        """Sends pieces of bytes as they are, and gives what comes back until an answer is whole or the connection ends."""
        got = b""
        with self.connect(timeout) as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
                if ends:
                    connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # It said why before it had read everything.
            try:
                while not is_whole(got) and (piece := connection.recv(65_536)):
                    got += piece
            except ConnectionResetError:
                pass
        return got

    def post(self, body, *headers, length=None, **how):
        """Posts a body and gives the answer, head and all."""
        return self.exchange(head(len(body) if length is None else length, *headers) + body, **how)

    # MARK: - Calls

    def call(self, operation, *parameters, **how):
        """One call, with parameters as (name, text); the texts of its result, or none where it has no result."""
        got = self.post(soap(operation, *parameters), **how)
        return result(operation, got)

    def login(self):
        ticket, file = self.call("authenticate", ("strUserName", USER), ("strPassword", PASSWORD))
        if file in ("none", "nvu", "busy"):
            raise RuntimeError(f"No session begins: {file}. {self.told()[-2_000:]}")
        return ticket

    def ask(self, ticket, hcp=""):
        """The document that goes out; empty where none does."""
        return self.call(
            "sendRequestXML", ("ticket", ticket), ("strHCPResponse", hcp), ("strCompanyFileName", "C:\\a.qbw"),
            ("qbXMLCountry", "US"), ("qbXMLMajorVers", "16"), ("qbXMLMinorVers", "0"))[0]

    def give(self, ticket, response, hresult="", message=""):
        """What `receiveResponseXML` returns."""
        return int(self.call(
            "receiveResponseXML", ("ticket", ticket), ("response", response), ("hresult", hresult),
            ("message", message))[0])

    def error(self, ticket):
        return self.call("getLastError", ("ticket", ticket))[0]

    # MARK: - What it left

    def waiting(self):
        return [name for name in self.names("outbox/quickbooks") if name.endswith(".xml")]

    def answers(self, hidden=False):
        """What stands in the inbox for QuickBooks' answers, half ones too."""
        names = os.listdir(self.path / "inbox/quickbooks")
        return sorted(name for name in names if name != ".plumbline" and (hidden or not name.startswith(".")))

    def lease(self):
        """The document that is outstanding, and how often its answers could not be taken."""
        return self.ledger("SELECT document, refusals FROM lease WHERE closed IS NULL")


def head(length, *headers, path="/webconnector", method="POST", closes=True):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if not any(header.lower().startswith("content-type") for header in headers):
        lines.append("Content-Type: text/xml; charset=utf-8")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += headers
    if closes:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def soap(operation, *parameters, envelope=ENVELOPE, namespace=NAMESPACE, prefix="soap"):
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parameters)
    return (f'<?xml version="1.0" encoding="utf-8"?><{prefix}:Envelope xmlns:{prefix}="{envelope}"><{prefix}:Body>'
            f'<{operation} xmlns="{namespace}">{body}</{operation}></{prefix}:Body></{prefix}:Envelope>').encode()


def result(operation, got):
    """The texts of a call's result in what came back; none where there is no such result."""
    head_, _, body = got.rpartition(b"\r\n\r\n")
    if b" 200 " not in head_.split(b"\r\n\r\n")[-1].split(b"\r\n")[0]:
        return []
    found = ElementTree.fromstring(body).find(f".//{{{NAMESPACE}}}{operation}Result")
    if found is None:
        return []
    return [item.text or "" for item in found] if len(found) else [found.text or ""]


def is_whole(got):
    """Whether an answer is there as long as it says that it is."""
    for part in re.finditer(rb"HTTP/1\.1 (\d+) .*?\r\n\r\n", got, re.DOTALL):
        length = re.search(rb"(?i)content-length: *(\d+)", part[0])
        if part[1] != b"100" and length:
            return len(got) - part.end() >= int(length[1])
    return False


def status(got):
    """The status of an answer that is not `100 Continue`; 0 where there was none."""
    codes = [int(code) for code in re.findall(rb"HTTP/1\.1 (\d+) ", got) if code != b"100"]
    return codes[0] if codes else 0
