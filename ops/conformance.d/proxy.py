"""An HTTP proxy in front of the server that spoils what it passes on, in one named way."""

import http.client
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

from wire import Endpoint

# Named by RFC 9110 §7.6.1, or set anew by this proxy.
NOT_PASSED_ON = {"connection", "content-length", "keep-alive", "transfer-encoding", "host", "origin"}
ANSWER_SECONDS_MAX = 60
STOP_SECONDS_MAX = 0.02


@dataclass
class Passage:
    """One answer on its way, with the request that it answers."""

    method: str
    request: dict[str, Any]
    status: int
    headers: dict[str, str]

    @property
    def asked(self) -> str:
        return str(self.request.get("method", ""))


# Changes the messages of an answer: what is returned is passed on in place of one; may also change
# the status and the headers, before anything was passed on.
Spoil = Callable[[Passage, dict[str, Any]], list[Any]]
SpoilHead = Callable[[Passage], None]


def nothing(_: Passage) -> None:
    """Leaves the head as it is."""


def unchanged(_: Passage, message: dict[str, Any]) -> list[Any]:
    return [message]


class SpoilingProxy:
    """Serves on a free port of the loopback address while the `with` block runs."""

    def __init__(self, target: Endpoint, spoil: Spoil = unchanged, head: SpoilHead = nothing) -> None:
        self.spoil, self.head = spoil, head
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = ANSWER_SECONDS_MAX

            def do_GET(self) -> None:
                proxy._pass_on(self, target)

            do_POST = do_PUT = do_DELETE = do_GET

            def log_message(self, *_: Any) -> None:
                """Nothing is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = Endpoint(f"http://127.0.0.1:{self._server.server_address[1]}{target.path}")

    def __enter__(self) -> "SpoilingProxy":
        arguments = (STOP_SECONDS_MAX,)
        threading.Thread(target=self._server.serve_forever, args=arguments, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, caller: BaseHTTPRequestHandler, target: Endpoint) -> None:
        caller.close_connection = True
        body = caller.rfile.read(int(caller.headers.get("content-length", 0)))
        server = http.client.HTTPConnection(target.host, target.port, timeout=ANSWER_SECONDS_MAX)
        try:
            server.request(caller.command, caller.path, body or None, self._request_headers(caller, target))
            answer = server.getresponse()
            passage = Passage(
                caller.command, parsed(body), answer.status,
                {name.lower(): value for name, value in answer.getheaders()})  # fmt: skip
            self.head(passage)
            if passage.headers.get("content-type", "").startswith("text/event-stream"):
                self._pass_stream(caller, passage, answer)
            else:
                self._pass_body(caller, passage, answer.read())
        except OSError:
            """One side is gone; the other notices."""
        finally:
            server.close()

    @staticmethod
    def _request_headers(caller: BaseHTTPRequestHandler, target: Endpoint) -> dict[str, str]:
        headers = {k: v for k, v in caller.headers.items() if k.lower() not in NOT_PASSED_ON}
        # Where the caller names this proxy, the server is to see its own name.
        here, there = f":{caller.server.server_address[1]}", f":{target.port}"
        for name in ("Host", "Origin"):
            if value := caller.headers.get(name):
                headers[name] = value.replace(here, there)
        return headers

    def _pass_body(self, caller: BaseHTTPRequestHandler, passage: Passage, body: bytes) -> None:
        message = parsed(body)
        if message:
            [message] = self.spoil(passage, message)
            body = json.dumps(message).encode()
        self._begin(caller, passage)
        caller.send_header("Content-Length", str(len(body)))
        caller.end_headers()
        caller.wfile.write(body)

    def _pass_stream(
        self, caller: BaseHTTPRequestHandler, passage: Passage, answer: http.client.HTTPResponse
    ) -> None:
        self._begin(caller, passage)
        caller.send_header("Connection", "close")
        caller.end_headers()
        kept: list[str] = []
        while line := answer.readline().decode():
            if line.strip():
                kept.append(line.rstrip("\r\n"))
                continue
            for event in self._spoiled(passage, kept):
                caller.wfile.write(("\n".join(event) + "\n\n").encode())
            caller.wfile.flush()
            kept = []

    def _spoiled(self, passage: Passage, lines: list[str]) -> list[list[str]]:
        """The events in place of one."""
        message = parsed("".join(line[5:] for line in lines if line.startswith("data:")).encode())
        if not message:
            return [lines] if lines else []
        others = [line for line in lines if not line.startswith("data:")]
        return [[*others, f"data: {json.dumps(item)}"] for item in self.spoil(passage, message)]

    @staticmethod
    def _begin(caller: BaseHTTPRequestHandler, passage: Passage) -> None:
        caller.send_response(passage.status)
        for name, value in passage.headers.items():
            if name not in NOT_PASSED_ON and name not in ("date", "server"):
                caller.send_header(name, value)


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object; empty for anything else."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
