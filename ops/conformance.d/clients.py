"""Clients of both eras, as plain as the specification lets them be."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Callable

from wire import Answer, Endpoint, Event, Message, Transcript

MODERN = "2026-07-28"
META = "io.modelcontextprotocol/"
TASKS = META + "tasks"
BOTH_TYPES = "application/json, text/event-stream"
NAMED_BY = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}
CLIENT_INFO = {"name": "conformance", "version": "1"}
ids = itertools.count(1)


class Refused(Exception):
    """An error in place of a result."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")
        self.data = error.get("data")


@dataclass
class Reply:
    """All that came in answer to one request."""

    status: int
    headers: dict[str, str]
    message: Message | None = None
    notifications: list[Message] = field(default_factory=list)
    requests: list[Message] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def result(self) -> dict[str, Any]:
        """The result; raises `Refused` for an error."""
        if self.message is None:
            raise AssertionError(f"HTTP {self.status} without a message")
        if "error" in self.message:
            raise Refused(self.message["error"])
        return self.message["result"]

    @property
    def code(self) -> int | None:
        """The code of an error; None for a result."""
        return ((self.message or {}).get("error") or {}).get("code")

    def named(self, method: str) -> list[Message]:
        return [item for item in self.notifications if item["method"] == method]


def encode(message: Any) -> bytes:
    return json.dumps(message).encode()


def changed(headers: dict[str, str], changes: dict[str, str | None] | None) -> dict[str, str]:
    """The headers with others in place of those of the same name; None removes one."""
    for name, value in (changes or {}).items():
        headers = {key: item for key, item in headers.items() if key.lower() != name.lower()}
        if value is not None:
            headers[name] = value
    return headers


class Client:
    """What both eras have in common: one request, and everything that answers it."""

    def __init__(self, endpoint: Endpoint, revision: str, transcript: Transcript) -> None:
        self.endpoint, self.revision, self.transcript = endpoint, revision, transcript

    def exchange(self, message: Any, headers: dict[str, str], asked: str | None = None) -> Reply:
        answer = self.endpoint.send("POST", headers, encode(message))
        reply = Reply(answer.status, answer.headers)
        wanted = message.get("id") if isinstance(message, dict) else None
        try:
            if answer.is_stream:
                for event in answer.events():
                    reply.events.append(event)
                    if event.message is not None and self._take(event.message, reply, wanted, asked):
                        break
            elif body := answer.body():
                if answer.content_type == "application/json":
                    self._take(json.loads(body), reply, wanted, asked)
        finally:
            answer.close()
        return reply

    def _take(self, message: Any, reply: Reply, wanted: Any, asked: str | None) -> bool:
        """Enters a message; whether it is the answer."""
        if isinstance(message, dict) and "method" in message:
            self.transcript.note(self.revision, message, None)
            if "id" in message:
                reply.requests.append(message)
                self.answer(message)
            else:
                reply.notifications.append(message)
            return False
        self.transcript.note(self.revision, message, asked)
        reply.message = message
        return True

    def answer(self, request: Message) -> None:
        """Answers a request of the server, where the era knows such requests."""


class Legacy(Client):
    """One session of the revisions that begin with `initialize`."""

    Handler = Callable[[dict[str, Any]], dict[str, Any]]

    def __init__(
        self, endpoint: Endpoint, revision: str, transcript: Transcript,
        capabilities: dict[str, Any] | None = None, handlers: dict[str, Handler] | None = None,
        offered: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(endpoint, revision, transcript)
        self.offered = offered or revision
        self.capabilities, self.handlers = capabilities or {}, handlers or {}
        self.session: str | None = None
        self.opening = self.open()

    def open(self) -> Reply:
        params = {
            "protocolVersion": self.offered,
            "capabilities": self.capabilities,
            "clientInfo": CLIENT_INFO,
        }
        message = {"jsonrpc": "2.0", "id": next(ids), "method": "initialize", "params": params}
        headers = {"Content-Type": "application/json", "Accept": BOTH_TYPES}
        reply = self.exchange(message, headers, "initialize")
        self.session = reply.headers.get("mcp-session-id")
        self.initialized = self.notify("notifications/initialized")
        return reply

    def headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": BOTH_TYPES}
        if self.session:
            headers["Mcp-Session-Id"] = self.session
        if self.revision >= "2025-06-18":
            headers["MCP-Protocol-Version"] = self.revision
        return headers

    def request(self, method: str, params: dict[str, Any] | None = None, **changes: Any) -> Reply:
        message: Message = {"jsonrpc": "2.0", "id": next(ids), "method": method}
        if params is not None:
            message["params"] = params
        return self.exchange(message, changed(self.headers(), changes.get("headers")), method)

    def call(self, tool: str, **arguments: Any) -> Reply:
        return self.request("tools/call", {"name": tool, "arguments": arguments})

    def notify(self, method: str, params: dict[str, Any] | None = None) -> Reply:
        message: Message = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = params
        return self.exchange(message, self.headers())

    def answer(self, request: Message) -> None:
        handler = self.handlers.get(request["method"])
        response: Message = {"jsonrpc": "2.0", "id": request["id"]}
        if handler is None:
            response["error"] = {"code": -32601, "message": "not expected"}
        else:
            response["result"] = handler(request.get("params") or {})
        status = self.exchange(response, self.headers()).status
        assert status == 202, f"an answer to the server got HTTP {status}"

    def stream(self, last_event: str | None = None) -> Answer:
        """Opens the session's own stream, or resumes another."""
        headers = changed(self.headers(), {"Content-Type": None, "Accept": "text/event-stream"})
        if last_event is not None:
            headers["Last-Event-ID"] = last_event
        return self.endpoint.send("GET", headers)

    def end(self) -> int:
        answer = self.endpoint.send("DELETE", changed(self.headers(), {"Content-Type": None}))
        answer.body()
        return answer.status


class Modern(Client):
    """Requests that stand alone."""

    def __init__(
        self, endpoint: Endpoint, transcript: Transcript,
        capabilities: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(endpoint, MODERN, transcript)
        self.capabilities = capabilities or {}

    def meta(self, **changes: Any) -> dict[str, Any]:
        """The envelope; a change to None leaves a key out."""
        keys = {
            "protocolVersion": self.revision,
            "clientInfo": CLIENT_INFO,
            "clientCapabilities": self.capabilities,
            **changes,
        }
        return {META + key: value for key, value in keys.items() if value is not None}

    def request(
        self, method: str, params: dict[str, Any] | None = None, *, bare: bool = False,
        headers: dict[str, str | None] | None = None, id: Any = None,
    ) -> Reply:  # fmt: skip
        """Sends a request; `bare` leaves the parameters as they are, without an envelope."""
        message, own = self.prepared(method, params, bare, id)
        return self.exchange(message, changed(own, headers), method)

    def prepared(
        self, method: str, params: dict[str, Any] | None, bare: bool = False, id: Any = None
    ) -> tuple[Message, dict[str, str]]:
        params = dict(params or {})
        if not bare:
            params["_meta"] = {**self.meta(), **params.get("_meta", {})}
        headers = {
            "Content-Type": "application/json",
            "Accept": BOTH_TYPES,
            "MCP-Protocol-Version": self.revision,
            "Mcp-Method": method,
        }
        if method in NAMED_BY and NAMED_BY[method] in params:
            headers["Mcp-Name"] = params[NAMED_BY[method]]
        id = next(ids) if id is None else id
        return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}, headers

    def call(self, tool: str, **arguments: Any) -> Reply:
        return self.request("tools/call", {"name": tool, "arguments": arguments})

    def listen(self, **notifications: Any) -> "Listening":
        message, headers = self.prepared(
            "subscriptions/listen", {"notifications": notifications})  # fmt: skip
        return Listening(self, message["id"], self.endpoint.send("POST", headers, encode(message)))


class Listening:
    """An open subscription stream."""

    def __init__(self, client: Modern, id: Any, answer: Answer) -> None:
        self.client, self.id, self.answer = client, id, answer
        self._events = answer.events()

    def next(self, seconds: float) -> Message | None:
        """The next message; None when none comes in time. The stream is of no use after that."""
        self.answer.wait_at_most(seconds)
        try:
            for event in self._events:
                if event.message is not None:
                    self.client.transcript.note(
                        MODERN, event.message, "subscriptions/listen")  # fmt: skip
                    return event.message
        except TimeoutError:
            pass
        return None

    def close(self) -> None:
        self.answer.close()
