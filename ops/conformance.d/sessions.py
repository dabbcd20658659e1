"""What only the revisions with sessions have."""

import json
from typing import Any

from cases import LEGACY, OLDER, Case, scenario, texts
from clients import BOTH_TYPES, Legacy, changed, encode

FORMS = {"elicitation": {}}
SAMPLING = {"sampling": {}}


@scenario("server-initialize", LEGACY, *OLDER)
def initialize(case: Case) -> None:
    client = case.legacy()
    result = client.opening.result
    case.same(result["protocolVersion"], case.revision, "the revision")
    case.ok(result["serverInfo"]["name"] and result["serverInfo"]["version"], "the server must name itself")
    wanted = {"tools", "resources", "prompts", "logging"}
    case.ok(wanted <= set(result["capabilities"]), "the capabilities", result["capabilities"])
    case.same("tasks" in result["capabilities"], case.revision == LEGACY, "whether tasks are declared")
    case.same(client.initialized.status, 202, "the status for the notification")
    session = client.session or ""
    case.ok(len(session) >= 16 and all("!" <= c <= "~" for c in session), "the session's id must be visible ASCII", session)
    future = Legacy(case.endpoint, LEGACY, case.transcript, offered="2099-01-01")
    case.same(future.opening.result["protocolVersion"], LEGACY, "the revision offered to a newer client")
    future.end()


@scenario("server-session-lifecycle", LEGACY, *OLDER[1:])
def session_lifecycle(case: Case) -> None:
    client = case.legacy()
    case.same(client.request("tools/list").status, 200, "the status within the session")
    other = case.legacy()
    case.ok(other.session != client.session, "two sessions must have two ids")
    ending = client.end()
    case.ok(200 <= ending < 300, "the session must end", ending)
    case.same(client.request("tools/list").status, 404, "the status after the end")
    case.same(client.end(), 404, "the status of a second end")
    case.same(other.request("tools/list").status, 200, "the status of another session")
    missing = client.request("tools/list", headers={"Mcp-Session-Id": None})
    case.same(missing.status, 400, "the status without a session")
    unknown = client.request("tools/list", headers={"Mcp-Session-Id": "0" * 32})
    case.same(unknown.status, 404, "the status in a foreign session")
    client.session = None


@scenario("ping", LEGACY)
def ping(case: Case) -> None:
    client = case.legacy()
    case.same(client.request("ping").result, {}, "the result")
    case.same(client.request("ping", {}).result, {}, "the result with parameters")


@scenario("logging-set-level", LEGACY)
def logging_level(case: Case) -> None:
    client = case.legacy()
    for level in ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"):
        case.same(client.request("logging/setLevel", {"level": level}).result, {}, f"the result for {level}")
    found = client.call("test_logging_tool").named("notifications/message")
    case.same([item["params"]["level"] for item in found], ["emergency"], "what is logged at the strictest level")
    case.same(client.request("logging/setLevel", {"level": "loud"}).code, -32602, "the code for no level")


@scenario("tools-call-with-logging", LEGACY)
def logging(case: Case) -> None:
    client = case.legacy()
    client.request("logging/setLevel", {"level": "debug"})
    reply = client.call("test_tool_with_logging")
    case.ok(texts(reply.result), "there must be a result")
    found = [item["params"] for item in reply.named("notifications/message")]
    case.same([item["level"] for item in found], ["info"] * 3, "the levels")
    wanted = ["Tool execution started", "Tool processing data", "Tool execution completed"]
    case.same([item["data"] for item in found], wanted, "the messages")


@scenario("tools-call-sampling", LEGACY)
def sampling(case: Case) -> None:
    asked: list[dict[str, Any]] = []

    def complete(params: dict[str, Any]) -> dict[str, Any]:
        asked.append(params)
        content = {"type": "text", "text": "An answer"}
        return {"role": "assistant", "content": content, "model": "none", "stopReason": "endTurn"}

    client = case.legacy(SAMPLING, {"sampling/createMessage": complete})
    result = client.call("test_sampling", prompt="A question").result
    case.same(texts(result), ["LLM response: An answer"], "the text")
    wanted = [{"role": "user", "content": {"type": "text", "text": "A question"}}]
    case.same([item["messages"] for item in asked], [wanted], "what was asked")
    case.same([item["maxTokens"] for item in asked], [100], "the limit")
    unable = case.legacy().call("test_sampling", prompt="A question")
    case.ok(unable.code or unable.result.get("isError"), "a client without sampling must be told")


def filled(case: Case, tool: str, answer: dict[str, Any], **arguments: str) -> tuple[dict, str]:
    """Calls a tool and fills in the form that it puts; the form, and the text of the result."""
    asked: list[dict[str, Any]] = []

    def fill(params: dict[str, Any]) -> dict[str, Any]:
        asked.append(params)
        return answer

    client = case.legacy(FORMS, {"elicitation/create": fill})
    result = client.call(tool, **arguments).result
    case.same(len(asked), 1, "the count of forms")
    case.ok(asked[0].get("message"), "the form must have a message")
    case.same(asked[0]["requestedSchema"]["type"], "object", "the form's type")
    return asked[0], texts(result)[0]


@scenario("tools-call-elicitation", LEGACY)
def elicitation(case: Case) -> None:
    content = {"username": "ada", "email": "ada@example.com"}
    accepted = {"action": "accept", "content": content}
    form, text = filled(case, "test_elicitation", accepted, message="Who are you?")
    case.same(form["message"], "Who are you?", "the message")
    case.same(sorted(form["requestedSchema"]["properties"]), ["email", "username"], "the properties")
    case.same(sorted(form["requestedSchema"]["required"]), ["email", "username"], "the required ones")
    case.ok("accept" in text and "ada@example.com" in text, "the text must tell the answer", text)
    for action in ("decline", "cancel"):
        _, text = filled(case, "test_elicitation", {"action": action}, message="Who are you?")
        case.ok(action in text, f"the text must tell {action}", text)
    unable = case.legacy().call("test_elicitation", message="Who are you?")
    case.ok(unable.code or unable.result.get("isError"), "a client without elicitation must be told")


@scenario("elicitation-sep1034-defaults", LEGACY)
def defaults(case: Case) -> None:
    answer = {"action": "accept", "content": {"name": "Jane", "age": 25, "score": 88, "status": "inactive", "verified": False}}
    form, text = filled(case, "test_elicitation_sep1034_defaults", answer)
    properties = form["requestedSchema"]["properties"]
    wanted = {
        "name": ("string", "John Doe"), "age": ("integer", 30), "score": ("number", 95.5),
        "status": ("string", "active"), "verified": ("boolean", True),
    }  # fmt: skip
    found = {name: (item.get("type"), item.get("default")) for name, item in properties.items()}
    case.same(found, wanted, "the types and defaults")
    case.same(properties["status"].get("enum"), ["active", "inactive", "pending"], "the choices")
    case.ok("Jane" in text and "accept" in text, "the text must tell the answer", text)


@scenario("elicitation-sep1330-enums", LEGACY)
def choices(case: Case) -> None:
    content = {"untitledSingle": "option1", "titledMulti": ["value1", "value2"]}
    form, text = filled(case, "test_elicitation_sep1330_enums", {"action": "accept", "content": content})
    of = form["requestedSchema"]["properties"]
    plain = ["option1", "option2", "option3"]
    titled = ["value1", "value2", "value3"]
    case.same(of["untitledSingle"], {"type": "string", "enum": plain}, "the plain choice")
    single = of["titledSingle"]
    case.same([item["const"] for item in single.get("oneOf") or []], titled, "the titled choice")
    case.ok(all(item.get("title") for item in single["oneOf"]), "its entries must have titles")
    case.ok("enum" not in single, "it must have no enum")
    old = of["legacyEnum"]
    case.same(len(old["enum"]), len(old.get("enumNames") or []), "the count of the old form's names")
    many = of["untitledMulti"]
    case.same((many["type"], many["items"]), ("array", {"type": "string", "enum": plain}), "the plain choices")
    entries = of["titledMulti"]["items"].get("anyOf") or []
    case.same([item["const"] for item in entries], titled, "the titled choices")
    case.ok(all(item.get("title") for item in entries), "their entries must have titles")
    case.ok("value2" in text, "the text must tell the answer", text)


@scenario("resources-subscribe", LEGACY)
def subscribe(case: Case) -> None:
    client = case.legacy()
    case.same(client.opening.result["capabilities"]["resources"].get("subscribe"), True, "the capability")
    params = {"uri": "test://watched-resource"}
    case.same(client.request("resources/subscribe", params).result, {}, "the result")
    case.same(client.request("resources/subscribe", params).result, {}, "the result of a second time")
    unknown = client.request("resources/subscribe", {"uri": "test://no-such-thing"})
    case.ok(unknown.code in (-32002, -32602), "an unknown address must be refused", unknown.message)


@scenario("resources-unsubscribe", LEGACY)
def unsubscribe(case: Case) -> None:
    client = case.legacy()
    params = {"uri": "test://watched-resource"}
    client.request("resources/subscribe", params)
    case.same(client.request("resources/unsubscribe", params).result, {}, "the result")


@scenario("server-sse-polling", LEGACY)
def polling(case: Case) -> None:
    client = case.legacy()
    params = {"name": "test_reconnection", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = client.endpoint.send("POST", client.headers(), encode(message))
    case.same((answer.status, answer.content_type), (200, "text/event-stream"), "the kind of answer")
    events = list(answer.events())
    answer.close()
    case.ok(events and events[0].id and not events[0].data.strip(), "the first event must have an id and no data", events[:1])
    case.ok(any(event.retry is not None for event in events), "the stream must say when to come back")
    answered = [event for event in events if event.message is not None and "result" in event.message]
    case.same(answered, [], "what is answered before the client comes back")
    identifiers = [event.id for event in events if event.id]
    case.same(len(set(identifiers)), len(identifiers), "the count of different event ids")
    case.same(final(case, client, events[0].id), 1, "the id of the answer when the stream is resumed")
    case.same(final(case, client, events[0].id), 1, "the id of the answer when it is resumed again")
    foreign = case.legacy().stream(events[0].id)
    case.ok(foreign.status >= 400 or not messages(foreign, 1), "another session must not see it")
    foreign.close()


def final(case: Case, client: Legacy, last: str | None) -> Any:
    """The id of the answer that a resumed stream brings."""
    answer = client.stream(last)
    try:
        for event in answer.events():
            if event.message is not None and "result" in event.message:
                case.transcript.note(case.revision, event.message, "tools/call")
                return event.message["id"]
    finally:
        answer.close()
    return None


def messages(answer: Any, seconds: float) -> list[Any]:
    answer.wait_at_most(seconds)
    found = []
    try:
        for event in answer.events():
            if event.message is not None:
                found.append(event.message)
    except TimeoutError:
        pass
    return found


@scenario("session-stream", LEGACY)
def session_stream(case: Case) -> None:
    client = case.legacy()
    answer = client.stream()
    case.same((answer.status, answer.content_type), (200, "text/event-stream"), "the kind of answer")
    case.legacy().call("test_trigger_tool_change")
    answer.wait_at_most(case.patience)
    for event in answer.events():
        if event.message is not None:
            case.transcript.note(case.revision, event.message, None)
            case.same(event.message.get("method"), "notifications/tools/list_changed", "the method")
            break
    else:
        case.ok(False, "a change of the tools must be told")
    answer.close()


@scenario("transport-refusals", LEGACY)
def refusals(case: Case) -> None:
    client = case.legacy()
    case.same(client.request("ping", headers={"MCP-Protocol-Version": "1999-01-01"}).status, 400, "the status for a wrong revision")
    case.same(client.request("ping", headers={"Accept": "text/html"}).status, 406, "the status for a wrong Accept")
    case.same(client.request("ping", headers={"Content-Type": "text/plain"}).status, 415, "the status for a wrong Content-Type")
    case.same(client.request("no/such").code, -32601, "the code for an unknown method")
    broken = client.endpoint.send("POST", client.headers(), b'{"jsonrpc":')
    case.same(broken.status, 400, "the status for half a message")
    case.same(json.loads(broken.body())["error"]["code"], -32700, "the code for half a message")
    raw = client.endpoint.send("PUT", changed(client.headers(), {"Accept": BOTH_TYPES}), b"{}")
    case.same(raw.status, 405, "the status of PUT")
    raw.body()
    batch = client.exchange([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], client.headers())
    case.ok(batch.code == -32600, "a batch must be refused", batch.message)


@scenario("older-revisions", *OLDER)
def older(case: Case) -> None:
    """Fields are not sent to clients that are too old for them."""
    client = case.legacy(FORMS)
    found: set[str] = set()

    def names(value: Any) -> None:
        if isinstance(value, dict):
            found.update(key for key in value if not isinstance(value.get("type"), dict))
            for item in value.values():
                names(item)
        elif isinstance(value, list):
            for item in value:
                names(item)

    for method, key in (("tools/list", "tools"), ("resources/list", "resources"), ("prompts/list", "prompts")):
        result = client.request(method).result
        case.ok(result[key], f"{method} must answer")
        for entry in result[key]:
            names({name: None for name in entry})
        names({name: None for name in result})
    names({name: None for name in client.opening.result["serverInfo"]})
    newer = {"execution", "icons", "resultType", "ttlMs", "cacheScope", "websiteUrl"}
    if case.revision < "2025-06-18":
        newer |= {"title", "outputSchema", "_meta", "structuredContent"}
    if case.revision < "2025-03-26":
        newer |= {"annotations"}
    case.same(sorted(found & newer), [], "the fields of newer revisions")
    kinds = {item["type"] for item in client.call("test_audio_content").result["content"]}
    case.same(kinds, {"text"} if case.revision < "2025-03-26" else {"audio"}, "the content for a sound")
    ping = {"jsonrpc": "2.0", "method": "ping"}
    batch = client.exchange([{**ping, "id": 1}, {**ping, "id": 2}], client.headers()).message
    if case.revision == "2025-03-26":
        case.same(sorted(item["id"] for item in batch), [1, 2], "the answers to a batch")
    else:
        case.same(batch.get("error", {}).get("code"), -32600, "the code for a batch")
