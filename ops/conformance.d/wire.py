"""HTTP as it is sent: every header and every byte of a request is the caller's choice."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any, Iterator
from urllib.parse import urlsplit

ANSWER_SECONDS_MAX = 30
EVENTS_MAX = 1_000

Message = dict[str, Any]


@dataclass
class Event:
    """One event of a stream, with what it said about coming back."""

    data: str = ""
    id: str | None = None
    retry: int | None = None

    @property
    def message(self) -> Any:
        return json.loads(self.data) if self.data.strip() else None


@dataclass
class Sent:
    """A message of the server, with what it is to be judged by."""

    revision: str
    message: Any
    asked: str | None


@dataclass
class Transcript:
    """Everything the server said during one scenario."""

    sent: list[Sent] = field(default_factory=list)

    def note(self, revision: str, message: Any, asked: str | None) -> None:
        self.sent.append(Sent(revision, message, asked))


class Answer:
    """The answer to one HTTP request; its body is read when asked for."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection
        # A connection that ends with its response lets go of the socket.
        self._socket = connection.sock
        self._response = connection.getresponse()
        self.status = self._response.status
        self.headers = {name.lower(): value for name, value in self._response.getheaders()}
        self.content_type = self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def is_stream(self) -> bool:
        return self.content_type == "text/event-stream"

    def body(self) -> bytes:
        try:
            return self._response.read()
        finally:
            self.close()

    def events(self) -> Iterator[Event]:
        """The events of a stream, until it ends or nothing comes in time."""
        event, seen = Event(), 0
        while line := self._response.readline():
            name, _, value = line.decode().rstrip("\r\n").partition(":")
            value = value.removeprefix(" ")
            if not name and not value:
                if event != Event():
                    seen += 1
                    assert seen <= EVENTS_MAX, "the stream does not end"
                    yield event
                event = Event()
            elif name == "data":
                event.data += ("\n" if event.data else "") + value
            elif name == "id":
                event.id = value
            elif name == "retry":
                event.retry = int(value)

    def wait_at_most(self, seconds: float) -> None:
        """How long the next piece of the body is awaited; then `TimeoutError`."""
        self._socket.settimeout(seconds)

    def close(self) -> None:
        self._response.close()
        self._connection.close()


class Endpoint:
    """The server's one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        address = urlsplit(url)
        self.host, self.port, self.path = address.hostname, address.port, address.path
        self.authority = address.netloc

    def send(self, method: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS_MAX)
        named = {name.lower() for name in headers}
        connection.putrequest(method, self.path, skip_host="host" in named, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return Answer(connection)
