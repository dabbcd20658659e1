"""An HTTP proxy in front of one server that keeps every exchange and message it passes on."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import websocket
from wire import Exchange

# Named by RFC 9110 §7.6.1, or set anew by this proxy.
NOT_PASSED_ON = {"connection", "content-length", "keep-alive", "transfer-encoding", "host"}
ANSWER_SECONDS_MAX = 60


class RecordingProxy:
    """Serves on a free port of the loopback address while the `with` block runs."""

    def __init__(self, target: str) -> None:
        self.exchanges: list[Exchange] = []
        self.listenings: list[websocket.Listening] = []
        self.broken: list[str] = []
        address = urlsplit(target)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = ANSWER_SECONDS_MAX

            def do_GET(self) -> None:
                is_upgrade = self.headers.get("upgrade", "").lower() == "websocket"
                pass_on = proxy._connect if is_upgrade else proxy._pass_on
                pass_on(self, address.hostname, address.port)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, *_) -> None:
                """Exchanges are kept instead."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RecordingProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, caller: BaseHTTPRequestHandler, host: str, port: int) -> None:
        label = f"{caller.command} {caller.path}"
        if "transfer-encoding" in caller.headers:
            # Komodo would take it; this proxy does not, and says so instead of losing a body.
            self.broken.append(f"{label}: a request without content-length")
            caller.close_connection = True
            return
        body = caller.rfile.read(int(caller.headers.get("content-length", 0)))
        server = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS_MAX)
        try:
            headers = {k: v for k, v in caller.headers.items() if k.lower() not in NOT_PASSED_ON}
            server.request(caller.command, caller.path, body or None, headers)
            answer = server.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.broken.append(f"{label}: no answer: {error!r}")
            caller.close_connection = True
            return
        finally:
            server.close()
        names = frozenset(name.lower() for name in caller.headers)
        kind = caller.headers.get("content-type", "")
        self.exchanges.append(
            Exchange(caller.command, caller.path, body, answer.status, content, names, kind)
        )
        self._reply(caller, answer, content)

    def _connect(self, caller: BaseHTTPRequestHandler, host: str, port: int) -> None:
        listening = websocket.Listening(caller.path)
        self.listenings.append(listening)
        caller.close_connection = True
        lines = [f"{caller.command} {caller.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in caller.headers.items()]
        head = "\r\n".join(lines).encode() + websocket.END_OF_HEAD
        try:
            websocket.pass_on(listening, head, caller, host, port)
        except OSError as error:
            self.broken.append(f"websocket {caller.path}: {error!r}")

    @staticmethod
    def _reply(caller, answer: http.client.HTTPResponse, content: bytes) -> None:
        caller.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in NOT_PASSED_ON:
                caller.send_header(name, value)
        caller.send_header("Content-Length", str(len(content)))
        try:
            caller.end_headers()
            caller.wfile.write(content)
        except OSError:
            # The caller left, as a worker that is stopped does.
            caller.close_connection = True
