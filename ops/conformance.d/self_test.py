"""Shows that the checks can fail: every fault that the proxy makes has to be found."""

import copy
from dataclasses import dataclass
from typing import Any, Callable

from cases import LEGACY, MODERN, SCENARIOS
from clients import META
from judge import Judge
from proxy import Passage, Spoil, SpoilHead, SpoilingProxy, nothing, unchanged
from wire import Endpoint

Message = dict[str, Any]
# A fault makes things that have to come stay away, so waiting long is no use.
PATIENCE_SECONDS = 5.0
MRTR = "input-required-result-"


@dataclass
class Fault:
    """A way to spoil answers, and the scenario that has to notice."""

    name: str
    scenario: str
    revision: str
    spoil: Spoil = unchanged
    head: SpoilHead = nothing
    # What the finding has to mention.
    words: str = ""


def result(change: Callable[[Message], Any], asked: str = "") -> Spoil:
    """Changes results, of one method or of all."""

    def spoil(passage: Passage, message: Message) -> list[Any]:
        if "result" in message and passage.asked.startswith(asked):
            change(message["result"])
        return [message]

    return spoil


def leave_out(key: str, asked: str = "") -> Spoil:
    return result(lambda value: value.pop(key, None), asked)


def put(key: str, value: Any, asked: str = "") -> Spoil:
    return result(lambda found: found.__setitem__(key, value), asked)


def code(wrong: int, right: int) -> Spoil:
    """Answers with another code."""

    def spoil(_: Passage, message: Message) -> list[Any]:
        if (message.get("error") or {}).get("code") == right:
            message["error"]["code"] = wrong
        return [message]

    return spoil


def accept(*codes: int) -> Spoil:
    """Answers with a result where the server refused."""

    def spoil(_: Passage, message: Message) -> list[Any]:
        if (message.get("error") or {}).get("code") in codes:
            del message["error"]
            message["result"] = {"resultType": "complete", "content": [{"type": "text", "text": "done"}]}
        return [message]

    return spoil


def without(method: str) -> Spoil:
    """Loses the messages of a method."""
    return lambda _, message: [] if message.get("method") == method else [message]


def notification(method: str, change: Callable[[Message], Any]) -> Spoil:
    """Changes the parameters of notifications and requests."""

    def spoil(_: Passage, message: Message) -> list[Any]:
        if message.get("method") == method:
            change(message["params"])
        return [message]

    return spoil


def before_answer(method: str, params: Message, *, id: Any = None) -> Spoil:
    """Sends something more on every stream."""

    def spoil(passage: Passage, message: Message) -> list[Any]:
        extra = {"jsonrpc": "2.0", "method": method, "params": copy.deepcopy(params)}
        if id is not None:
            extra["id"] = id
        is_stream = passage.headers.get("content-type", "").startswith("text/event-stream")
        return [extra, message] if is_stream and "method" not in message else [message]

    return spoil


def status(wrong: int, right: int) -> SpoilHead:
    def head(passage: Passage) -> None:
        if passage.status == right:
            passage.status = wrong

    return head


def header(name: str, value: str | None) -> SpoilHead:
    def head(passage: Passage) -> None:
        passage.headers.pop(name, None)
        if value is not None:
            passage.headers[name] = value

    return head


def tool(name: str, change: Callable[[Message], Any]) -> Spoil:
    """Changes one tool of the list."""

    def apply(value: Message) -> None:
        for item in value.get("tools", []):
            if item["name"] == name:
                change(item)

    return result(apply, "tools/list")


def first_text(text: str) -> Callable[[Message], None]:
    def change(value: Message) -> None:
        for item in value.get("content", []):
            if item.get("type") == "text":
                item["text"] = text

    return change


def rename(value: Message, old: str, new: str) -> None:
    if old in value:
        value[new] = value.pop(old)


def twin(_: Passage, message: Message) -> list[Any]:
    """Says in the envelope both that it went well and that it did not."""
    if "result" in message:
        message["error"] = {"code": -32603, "message": "no"}
    return [message]


def other_id(_: Passage, message: Message) -> list[Any]:
    if "error" in message:
        message["id"] = 4242
    return [message]


def wrap_task(value: Message) -> None:
    if value.get("resultType") == "task":
        value["task"] = {"taskId": value.pop("taskId"), "status": value["status"]}


def ask_all(value: Message) -> None:
    if "inputRequests" in value:
        form = {"message": "x", "mode": "form", "requestedSchema": {"type": "object", "properties": {}}}
        value["inputRequests"]["user_name"] = {"method": "elicitation/create", "params": form}



def lose_default(params: Message) -> None:
    params["requestedSchema"]["properties"].get("age", {}).pop("default", None)


def lose_names(params: Message) -> None:
    params["requestedSchema"]["properties"].get("legacyEnum", {}).pop("enumNames", None)


def untag(params: Message) -> None:
    params.get("_meta", {}).pop(META + "subscriptionId", None)


def stands_still(params: Message) -> None:
    params["progress"] = 50


def leak(value: Message) -> None:
    for item in value.get("tools", []):
        item["title"] = "A title"


FAULTS = [
    # What every result and error has.
    Fault("a result without resultType", "tools-list", MODERN, leave_out("resultType"), words="resultType"),
    Fault("an error's id is another", "server-stateless", MODERN, other_id, words="id"),
    Fault("a result that is also an error", "ping", LEGACY, twin, words="result and error"),
    Fault("a result of the wrong type", "prompts-list", MODERN, put("prompts", {}, "prompts/list")),
    Fault("a version of JSON-RPC", "ping", LEGACY, lambda _, m: [{**m, "jsonrpc": "1.0"}], words="JSON-RPC"),
    Fault("an old code", "sep-2164-resource-not-found", MODERN, code(-32002, -32602), words="-32002"),
    # Tools, resources, prompts.
    Fault("a tool without a schema", "tools-list", LEGACY, tool("greet", lambda item: item.pop("inputSchema"))),
    Fault("a schema without $defs", "json-schema-2020-12", MODERN, tool("json_schema_2020_12_tool", lambda item: item["inputSchema"].pop("$defs"))),
    Fault("a text that differs", "tools-call-simple-text", LEGACY, result(first_text("Other"), "tools/call"), words="content"),
    Fault("a picture that is none", "tools-call-image", MODERN, result(lambda value: value["content"][0].update(data="????"), "tools/call"), words="base64"),
    Fault("a failure that is hidden", "tools-call-error", LEGACY, leave_out("isError"), words="isError"),
    Fault("no progress", "tools-call-with-progress", MODERN, without("notifications/progress"), words="progress"),
    Fault("progress that stands still", "tools-call-with-progress", LEGACY, notification("notifications/progress", stands_still), words="progress"),
    Fault("contents of another address", "resources-read-text", MODERN, result(lambda value: value["contents"][0].update(uri="test://x"), "resources/read"), words="address"),
    Fault("nothing in place of an error", "sep-2164-resource-not-found", MODERN, lambda _, m: [{"jsonrpc": "2.0", "id": m["id"], "result": {"resultType": "complete", "contents": [], "ttlMs": 0, "cacheScope": "private"}}], words="no result"),
    Fault("a prompt without its arguments", "prompts-get-with-args", LEGACY, result(lambda value: value["messages"][0]["content"].update(text="Prompt"), "prompts/get"), words="text"),
    Fault("too many proposals", "completion-complete", LEGACY, result(lambda value: value["completion"].update(values=["x"] * 101), "completion/complete")),
    Fault("strangers are let in", "dns-rebinding-protection", LEGACY, head=status(200, 403), words="refused"),
    # Sessions.
    Fault("no session", "server-session-lifecycle", LEGACY, head=header("mcp-session-id", None)),
    Fault("a session that does not end", "server-session-lifecycle", LEGACY, head=status(200, 404), words="after the end"),
    Fault("another revision", "server-initialize", LEGACY, put("protocolVersion", "2025-06-18", "initialize"), words="revision"),
    Fault("a ping with a pong", "ping", LEGACY, put("pong", True, "ping"), words="result"),
    Fault("no log", "tools-call-with-logging", LEGACY, without("notifications/message"), words="levels"),
    Fault("a form without a default", "elicitation-sep1034-defaults", LEGACY, notification("elicitation/create", lose_default), words="default"),
    Fault("a choice without names", "elicitation-sep1330-enums", LEGACY, notification("elicitation/create", lose_names), words="names"),
    Fault("a title for old clients", "older-revisions", "2025-03-26", result(leak, "tools/list"), words="newer revisions"),
    Fault("a structure that is no object", "tools-call-simple-text", LEGACY, put("structuredContent", [1], "tools/call"), words="structuredContent"),
    # Requests that stand alone.
    Fault("200 for an unknown method", "server-stateless", MODERN, head=status(200, 404), words="refusal"),
    Fault("200 for a malformed envelope", "server-stateless", MODERN, head=status(200, 400), words="_meta"),
    Fault("old versions on offer", "server-stateless", MODERN, put("supportedVersions", [MODERN, LEGACY], "server/discover"), words="versions"),
    Fault("a server without a name", "server-stateless", MODERN, leave_out("_meta", "server/discover"), words="name itself"),
    Fault("no acknowledgement", "server-stateless", MODERN, without("notifications/subscriptions/acknowledged"), words="first message"),
    Fault("a message without its subscription", "server-stateless", MODERN, notification("notifications/tools/list_changed", untag), words="subscription"),
    Fault("a log that nobody wanted", "server-stateless", MODERN, before_answer("notifications/message", {"level": "info", "data": "x"}), words="logged"),
    Fault("a request on a stream", "server-stateless", MODERN, before_answer("ping", {}, id="s1"), words="requests"),
    Fault("no time for caches", "caching", MODERN, leave_out("ttlMs"), words="ttlMs"),
    Fault("an odd scope for caches", "caching", MODERN, put("cacheScope", "shared"), words="cacheScope"),
    Fault("headers that do not matter", "http-header-validation", MODERN, accept(-32020), status(200, 400), "refusal"),
    Fault("another code for headers", "http-header-validation", MODERN, code(-32602, -32020), words="-32602"),
    Fault("parameters that do not matter", "http-custom-header-server-validation", MODERN, accept(-32020), status(200, 400), "refusal"),
    # Rounds.
    Fault("no state", MRTR + "request-state", MODERN, leave_out("requestState"), words="requestState"),
    Fault("a forged state is taken", MRTR + "tampered-state", MODERN, accept(-32602), words="state"),
    Fault("a question too many", MRTR + "capability-check", MODERN, result(ask_all), words="questions"),
    Fault("questions that count as an end", MRTR + "basic-elicitation", MODERN, put("resultType", "complete"), words="resultType"),
    Fault("malformed answers are taken", MRTR + "validate-input", MODERN, accept(-32602), words="answers"),
    Fault("an answer is not heard", MRTR + "multi-round", MODERN, result(first_text("Nobody"), "tools/call"), words="both answers"),
    # Tasks.
    Fault("a nested task", "tasks-lifecycle", MODERN, result(wrap_task)),
    Fault("the old name of the time", "tasks-wire-fields", MODERN, result(lambda value: rename(value, "ttlMs", "ttl")), words="ttl"),
    Fault("a task with requestState", "tasks-request-state-removal", MODERN, put("requestState", "x", "tasks/get"), words="requestState"),
    Fault("a task without resultType", "tasks-dispatch-and-envelope", MODERN, leave_out("resultType", "tasks/get"), words="resultType"),
    Fault("a cancellation that shows the task", "tasks-request-headers", MODERN, put("status", "cancelled", "tasks/cancel"), words="tasks/cancel"),
    Fault("questions that are not shown", "tasks-mrtr-input", MODERN, leave_out("inputRequests", "tasks/get"), words="inputRequests"),
    Fault("an extension that is not declared", "tasks-capability-negotiation", MODERN, result(lambda value: value["capabilities"].pop("extensions"), "server/discover"), words="extension"),
    Fault("another code for clients without it", "tasks-required-task-error", MODERN, code(-32602, -32021), words="-32602"),
    Fault("nothing is told of a task", "tasks-status-notifications", MODERN, without("notifications/tasks"), words="told"),
    Fault("an answer that gets lost on the way", "tasks-mrtr-composition", MODERN, result(lambda value: first_text("Hello, stranger!")(value.get("result", {})), "tasks/get"), words="answer"),
    Fault("a core task with new names", "tasks-core", LEGACY, result(lambda value: rename(value.get("task", {}), "ttl", "ttlMs"))),
    Fault("a core result without its task", "tasks-core", LEGACY, leave_out("_meta", "tasks/result")),
]  # fmt: skip


def run(endpoint: Endpoint, judge: Judge) -> int:
    """Runs every fault; the exit status."""
    known = {item.name: item for item in SCENARIOS}
    wrong = [f"no fault for {name}" for name in sorted(unproven(known))]
    for name, revision in sorted({(fault.scenario, fault.revision) for fault in FAULTS}):
        with SpoilingProxy(endpoint) as proxy:
            case = known[name].run(proxy.endpoint, revision, judge, PATIENCE_SECONDS)
        if case.faults:
            wrong.append(f"{name} ({revision}) fails although nothing is spoilt: {case.faults[0]}")
    for fault in FAULTS:
        with SpoilingProxy(endpoint, fault.spoil, fault.head) as proxy:
            case = known[fault.scenario].run(proxy.endpoint, fault.revision, judge, PATIENCE_SECONDS)
        found = [text for text in case.faults if fault.words in text]
        if not found:
            wrong.append(f"{fault.name} is not found by {fault.scenario}: {case.faults}")
    for text in wrong:
        print(f"FAILED {text}")
    if not wrong:
        print(f"{len(FAULTS)} faults are found, and none without one")
    return 1 if wrong else 0


def unproven(known: dict[str, Any]) -> set[str]:
    """Families of scenarios of which none has been seen to fail."""
    proven = {known[fault.scenario].body.__module__ for fault in FAULTS}
    return {item.body.__module__ for item in known.values()} - proven
