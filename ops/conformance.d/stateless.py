"""What only requests that stand alone have: the envelope, discovery, subscriptions, caching."""

from typing import Any

from cases import MODERN, Case, scenario, texts
from clients import META, Modern

SILENCE_SECONDS = 1.5
REMOVED = ("initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe")


@scenario("server-stateless", MODERN)
def stateless(case: Case) -> None:
    client = case.modern()
    envelope(case, client)
    discovery(case, client)
    versions(case, client)
    capability(case, client)
    for method in (*REMOVED, "no/such/method"):
        reply = client.request(method, id=f"id of {method}")
        case.same((reply.status, reply.code), (404, -32601), f"the refusal of {method}")
        case.same(reply.message["id"], f"id of {method}", "the id of the refusal")
    for method in ("GET", "DELETE"):
        headers = {"MCP-Protocol-Version": MODERN, "Accept": "text/event-stream"}
        answer = case.endpoint.send(method, headers)
        case.same(answer.status, 405, f"the status of {method}")
        answer.body()
    minted = client.request("server/discover", headers={"Mcp-Session-Id": "anything"})
    case.same((minted.status, minted.headers.get("mcp-session-id")), (200, None), "what a session's id does")
    no_requests_on_streams(case)
    logging(case, client)
    subscriptions(case)


def envelope(case: Case, client: Modern) -> None:
    """Requests that lack a required key are malformed; who the client is need not be said."""
    for left_out in (None, "protocolVersion", "clientCapabilities"):
        params = {} if left_out is None else {"_meta": client.meta(**{left_out: None})}
        reply = client.request("server/discover", params, bare=True, id=101)
        what = f"the refusal without {left_out or '_meta'}"
        case.same((reply.status, reply.code), (400, -32602), what)
        case.same(reply.message["id"], 101, "the id of the refusal")
    reply = client.request("server/discover", {"_meta": client.meta(clientInfo=None)}, bare=True)
    case.same((reply.status, reply.code), (200, None), "the answer without clientInfo")


def discovery(case: Case, client: Modern) -> None:
    result = client.request("server/discover").result
    case.same(result["supportedVersions"], [MODERN], "the versions")
    who = (result.get("_meta") or {}).get(META + "serverInfo") or {}
    case.ok(who.get("name") and who.get("version"), "the server must name itself", result.get("_meta"))
    for capability, method in (("tools", "tools/list"), ("prompts", "prompts/list"), ("resources", "resources/list")):
        listed = client.request(method)
        case.same(capability in result["capabilities"], listed.code is None, f"whether {capability} is declared")
        who = (listed.result.get("_meta") or {}).get(META + "serverInfo")
        case.ok(who, f"{method} must name the server")
    case.ok("tasks" not in result["capabilities"], "tasks must be declared as an extension only")


def versions(case: Case, client: Modern) -> None:
    odd = "2099-12-31"
    asked = {"_meta": client.meta(protocolVersion=odd)}
    reply = client.request("server/discover", asked, headers={"MCP-Protocol-Version": odd}, id=301)
    case.same((reply.status, reply.code), (400, -32022), "the refusal of an unknown version")
    data = reply.message["error"].get("data") or {}
    case.same((data.get("supported"), data.get("requested")), ([MODERN], odd), "its data")
    case.same(reply.message["id"], 301, "the id of the refusal")
    reply = client.request("server/discover", asked)
    case.same((reply.status, reply.code), (400, -32020), "the refusal of a header unlike the envelope")
    reply = client.request("server/discover", headers={"MCP-Protocol-Version": None})
    case.same((reply.status, reply.code), (400, -32020), "the refusal without the header")


def capability(case: Case, client: Modern) -> None:
    reply = client.request("tools/call", {"name": "test_missing_capability", "arguments": {}}, id=401)
    case.same((reply.status, reply.code), (400, -32021), "the refusal of a client without sampling")
    data = reply.message["error"].get("data") or {}
    case.same(data.get("requiredCapabilities"), {"sampling": {}}, "what is required")
    case.same(reply.message["id"], 401, "the id of the refusal")


def no_requests_on_streams(case: Case) -> None:
    client = case.modern({"elicitation": {}})
    params = {"name": "test_streaming_elicitation", "arguments": {}, "_meta": {"progressToken": 1}}
    reply = client.request("tools/call", params)
    case.same(reply.requests, [], "the requests of the server")
    case.same(reply.result["resultType"], "input_required", "the kind of result")


def logging(case: Case, client: Modern) -> None:
    silent = client.call("test_logging_tool")
    case.ok(texts(silent.result), "there must be a result")
    case.same(silent.named("notifications/message"), [], "what is logged unasked")
    params = {"name": "test_logging_tool", "arguments": {}, "_meta": {META + "logLevel": "error"}}
    found = client.request("tools/call", params).named("notifications/message")
    levels = [item["params"]["level"] for item in found]
    case.same(levels, ["error", "critical", "alert", "emergency"], "what is logged from errors on")


def subscriptions(case: Case) -> None:
    for trigger, key, method, other in (
        ("test_trigger_tool_change", "toolsListChanged", "notifications/tools/list_changed", "test_trigger_prompt_change"),
        ("test_trigger_prompt_change", "promptsListChanged", "notifications/prompts/list_changed", "test_trigger_tool_change"),
    ):
        listening = case.modern().listen(**{key: True})
        first = listening.next(case.patience) or {}
        case.same(first.get("method"), "notifications/subscriptions/acknowledged", "the first message")
        case.same((first.get("params") or {}).get("notifications"), {key: True}, "what is honoured")
        # The other list changes first: were that told, it would come before.
        case.modern().call(other)
        case.modern().call(trigger)
        second = listening.next(case.patience) or {}
        case.same(second.get("method"), method, "the second message")
        for message in (first, second):
            tag = ((message.get("params") or {}).get("_meta") or {}).get(META + "subscriptionId")
            case.same(tag, listening.id, "the subscription's id")
        case.modern().call(other)
        case.same(listening.next(SILENCE_SECONDS), None, "what is told of the other list")
        listening.close()


@scenario("sep-2164-resource-not-found", MODERN)
def not_found(case: Case) -> None:
    uri = "test://no-such-resource"
    reply = case.modern().request("resources/read", {"uri": uri})
    case.ok("result" not in reply.message, "there must be no result", reply.message)
    case.same(reply.code, -32602, "the code")
    case.same((reply.message["error"].get("data") or {}).get("uri"), uri, "the address in the error")


@scenario("caching", MODERN)
def caching(case: Case) -> None:
    client = case.modern()
    asked: list[tuple[str, dict[str, Any]]] = [
        (method, {})
        for method in ("server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list")
    ]
    for resource in client.request("resources/list").result["resources"]:
        asked.append(("resources/read", {"uri": resource["uri"]}))
    for method, params in asked:
        result = client.request(method, params).result
        time = result.get("ttlMs")
        is_time = isinstance(time, int) and not isinstance(time, bool) and time >= 0
        case.ok(is_time, f"ttlMs of {method} must be a count of milliseconds", repr(time))
        case.ok(result.get("cacheScope") in ("public", "private"), f"cacheScope of {method}", result.get("cacheScope"))
    plain = client.call("test_simple_text").result
    case.ok("ttlMs" not in plain and "cacheScope" not in plain, "the result of a call must not be kept")
