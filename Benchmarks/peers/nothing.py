"""nothing.py PORT COUNT REQUEST: answers each call at once with what was made beforehand: the client's own floor.

REQUEST is a file with the document that every `sendRequestXML` gets; the COUNTth answer is followed by 100.
"""

import socket
import sys
from html import escape
from pathlib import Path


def answer(operation, inner):
    body = (f"<Envelope><Body><{operation}Response><{operation}Result>{inner}</{operation}Result>"
            f"</{operation}Response></Body></Envelope>").encode()
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def main(port, count, request):
    document = answer("sendRequestXML", escape(Path(request).read_text(), quote=False))
    more, done = answer("receiveResponseXML", "50"), answer("receiveResponseXML", "100")
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = 0
        while data := connection.recv(262_144):
            end = data.index(b"\r\n\r\n") + 4
            head = data[:end]
            length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n", 1)[0])
            missing = length - (len(data) - end)
            while missing > 0:
                missing -= len(connection.recv(262_144))
            if b"/sendRequestXML" in head:
                connection.sendall(document)
            elif b"/receiveResponseXML" in head:
                received += 1
                connection.sendall(done if received == count else more)
            elif b"/authenticate" in head:
                connection.sendall(answer("authenticate", "<string>ticket</string><string></string>"))
            else:
                connection.sendall(answer("other", "OK"))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
