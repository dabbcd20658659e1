"""A websocket between two others: passed on byte by byte, kept, and read afterwards (RFC 6455)."""

import socket
import threading
from dataclasses import dataclass, field

READ_BYTES = 65536
END_OF_HEAD = b"\r\n\r\n"

CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


@dataclass
class Listening:
    """One connection: what each side sent, the answer to the upgrade first."""

    path: str
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)

    @property
    def status(self) -> int:
        """Of the answer to the upgrade; 0 when none came."""
        words = bytes(self.received).split(b" ", 2)
        return int(words[1]) if len(words) > 2 else 0

    def messages(self) -> tuple[list[bytes], list[bytes]]:
        """The texts of the client and of the server."""
        frames = bytes(self.received).partition(END_OF_HEAD)[2]
        return texts(bytes(self.sent), masked=True), texts(frames, masked=False)


def texts(stream: bytes, masked: bool) -> list[bytes]:
    """The whole text messages of one side; a frame that is cut off at the end is left out.

    Raises ValueError for what is no frame of that side.
    """
    found: list[bytes] = []
    parts = b""
    at = 0
    while at + 2 <= len(stream):
        first, second = stream[at], stream[at + 1]
        kind, size = first & 0x0F, second & 0x7F
        if bool(second & 0x80) != masked:
            raise ValueError("a frame of a client is masked, and one of a server is not")
        if kind not in (CONTINUATION, TEXT, CLOSE, PING, PONG):
            raise ValueError(f"a frame of kind {kind}")
        at += 2
        if extra := {126: 2, 127: 8}.get(size, 0):
            size = int.from_bytes(stream[at : at + extra], "big")
            at += extra
        key = stream[at : at + 4] if masked else bytes(4)
        at += 4 if masked else 0
        if at + size > len(stream):
            break
        content = bytes(byte ^ key[i % 4] for i, byte in enumerate(stream[at : at + size]))
        at += size
        if kind in (TEXT, CONTINUATION):
            parts += content
            if first & 0x80:
                found.append(parts)
                parts = b""
    return found


def pass_on(listening: Listening, head: bytes, caller, host: str, port: int) -> None:
    """Connects the handler `caller` to the server until one side ends."""
    with socket.create_connection((host, port)) as server:
        server.sendall(head)
        # A listener may be silent for as long as it likes.
        caller.connection.settimeout(None)

        def to_server() -> None:
            copy(caller.rfile.read1, server.sendall, listening.sent)
            shut(server)

        outward = threading.Thread(target=to_server, daemon=True)
        outward.start()
        copy(server.recv, caller.connection.sendall, listening.received)
        shut(caller.connection)
        outward.join()


def copy(read, write, kept: bytearray) -> None:
    try:
        while data := read(READ_BYTES):
            kept += data
            write(data)
    except OSError:
        # Either side left, as a worker that is stopped does.
        return


def shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
