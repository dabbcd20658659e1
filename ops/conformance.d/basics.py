"""What both eras offer: tools, resources, prompts, completion, and who may call."""

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor

from cases import LEGACY, MODERN, Case, scenario, texts
from clients import CLIENT_INFO, Refused, changed, encode

TOOL_NAME = re.compile(r"[A-Za-z0-9_./-]{1,64}")
BOTH = (LEGACY, MODERN)
TEXT = "This is a simple text response for testing."


def decoded(case: Case, data: object, magic: bytes, what: str) -> None:
    """Checks that base64 data is strict and begins as its kind does."""
    try:
        content = base64.b64decode(str(data), validate=True)
    except ValueError:
        content = b""
    case.ok(content.startswith(magic), f"{what} must be real data in base64", data)


def content(case: Case, tool: str) -> list[dict]:
    """What a tool without arguments answers; every such answer is no error."""
    result = case.connect().call(tool).result
    case.ok(result.get("isError") in (None, False), f"{tool} must not fail")
    if case.is_modern:
        case.same(result.get("resultType"), "complete", "resultType")
    return result["content"]


@scenario("tools-list", *BOTH)
def tools_list(case: Case) -> None:
    tools = case.connect().request("tools/list").result["tools"]
    case.ok(tools, "there must be tools")
    for tool in tools:
        case.ok(TOOL_NAME.fullmatch(tool["name"]), "a tool's name must be 1 to 64 plain characters", tool["name"])
        case.ok(tool.get("description"), f"{tool['name']} must have a description")
        case.same(tool["inputSchema"].get("type"), "object", f"the input type of {tool['name']}")
    names = [tool["name"] for tool in tools]
    case.same(len(set(names)), len(names), "the count of different names")
    again = [tool["name"] for tool in case.connect().request("tools/list").result["tools"]]
    case.same(again, names, "the order in a second list")


@scenario("tools-call-simple-text", *BOTH)
def simple_text(case: Case) -> None:
    case.same(content(case, "test_simple_text"), [{"type": "text", "text": TEXT}], "the content")


@scenario("tools-call-image", *BOTH)
def image(case: Case) -> None:
    [item] = content(case, "test_image_content")
    case.same((item["type"], item["mimeType"]), ("image", "image/png"), "the kind")
    decoded(case, item["data"], b"\x89PNG\r\n\x1a\n", "the picture")


@scenario("tools-call-audio", *BOTH)
def audio(case: Case) -> None:
    [item] = content(case, "test_audio_content")
    case.same((item["type"], item["mimeType"]), ("audio", "audio/wav"), "the kind")
    decoded(case, item["data"], b"RIFF", "the sound")


@scenario("tools-call-embedded-resource", *BOTH)
def embedded(case: Case) -> None:
    [item] = content(case, "test_embedded_resource")
    case.same(item["type"], "resource", "the kind")
    case.same(item["resource"]["uri"], "test://embedded-resource", "the address")
    case.same(item["resource"]["mimeType"], "text/plain", "the type")
    case.ok(item["resource"].get("text"), "there must be a text")


@scenario("tools-call-mixed-content", *BOTH)
def mixed(case: Case) -> None:
    items = content(case, "test_multiple_content_types")
    case.same([item["type"] for item in items], ["text", "image", "resource"], "the kinds")
    case.same(items[2]["resource"]["uri"], "test://mixed-content-resource", "the address")
    case.ok(json.loads(items[2]["resource"]["text"]), "the resource must be JSON")


@scenario("tools-call-error", *BOTH)
def failing(case: Case) -> None:
    client = case.connect()
    result = client.call("test_error_handling").result
    case.same(result.get("isError"), True, "isError")
    case.same(texts(result), ["This tool intentionally returns an error for testing"], "the text")
    case.same(client.call("no_such_tool").code, -32602, "the code for an unknown tool")
    wrong = client.call("greet", name=5).result
    case.same(wrong.get("isError"), True, "isError for arguments that do not fit")
    case.ok(texts(wrong), "arguments that do not fit must be explained")


@scenario("tools-call-with-progress", *BOTH)
def progress(case: Case) -> None:
    client = case.connect()
    for token in ("a token", 17):
        params = {"name": "test_tool_with_progress", "arguments": {}, "_meta": {"progressToken": token}}
        reply = client.request("tools/call", params)
        case.ok(texts(reply.result), "there must be a result")
        found = [item["params"] for item in reply.named("notifications/progress")]
        case.same([item.get("progress") for item in found], [0, 50, 100], "the progress")
        case.same({item.get("total") for item in found}, {100}, "the total")
        case.ok(
            all(item["progressToken"] == token and isinstance(item["progressToken"], type(token)) for item in found),
            "the token must be the request's", found)  # fmt: skip
    silent = client.call("test_tool_with_progress")
    case.same(silent.notifications, [], "the notifications without a token")


@scenario("server-sse-multiple-streams", *BOTH)
def several_at_once(case: Case) -> None:
    client = case.connect()
    tools = ["test_tool_with_progress", "test_simple_text", "test_image_content", "test_audio_content"]
    with ThreadPoolExecutor(len(tools) * 2) as pool:
        replies = list(pool.map(lambda name: (name, client.call(name)), tools * 2))
    case.same([reply.status for _, reply in replies], [200] * len(replies), "the statuses")
    for name, reply in replies:
        case.ok(reply.result["content"], f"{name} must answer")
    ids = [reply.message["id"] for _, reply in replies]
    case.same(len(set(ids)), len(ids), "the count of different ids")


@scenario("resources-list", *BOTH)
def resources_list(case: Case) -> None:
    client = case.connect()
    resources = client.request("resources/list").result["resources"]
    for resource in resources:
        case.ok(all(resource.get(key) for key in ("uri", "name", "description")), "a resource must be described", resource)
    addresses = {resource["uri"] for resource in resources}
    wanted = {"test://static-text", "test://static-binary", "test://watched-resource"}
    case.ok(wanted <= addresses, "the resources must be listed", addresses)
    templates = client.request("resources/templates/list").result["resourceTemplates"]
    case.same([item["uriTemplate"] for item in templates], ["test://template/{id}/data"], "the templates")
    case.same(client.request("resources/list", {"cursor": "no such"}).code, -32602, "the code for a bad cursor")


def read(case: Case, uri: str) -> dict:
    contents = case.connect().request("resources/read", {"uri": uri}).result["contents"]
    case.same([item["uri"] for item in contents], [uri], "the addresses")
    return contents[0]


@scenario("resources-read-text", *BOTH)
def read_text(case: Case) -> None:
    item = read(case, "test://static-text")
    case.same(item["mimeType"], "text/plain", "the type")
    case.same(item["text"], "This is the content of the static text resource.", "the text")


@scenario("resources-read-binary", *BOTH)
def read_binary(case: Case) -> None:
    item = read(case, "test://static-binary")
    case.same(item["mimeType"], "image/png", "the type")
    decoded(case, item["blob"], b"\x89PNG\r\n\x1a\n", "the picture")


@scenario("resources-templates-read", *BOTH)
def read_template(case: Case) -> None:
    for id in ("123", "a-b.c"):
        item = read(case, f"test://template/{id}/data")
        case.same(item["mimeType"], "application/json", "the type")
        case.same(json.loads(item["text"])["id"], id, "the identifier in the text")


@scenario("prompts-list", *BOTH)
def prompts_list(case: Case) -> None:
    prompts = case.connect().request("prompts/list").result["prompts"]
    for prompt in prompts:
        case.ok(prompt.get("name") and prompt.get("description"), "a prompt must be described", prompt)
    named = {prompt["name"]: prompt for prompt in prompts}
    found = [(item["name"], item["required"]) for item in named["test_prompt_with_arguments"]["arguments"]]
    case.same(found, [("arg1", True), ("arg2", True)], "the arguments")


def prompt(case: Case, name: str, **arguments: str) -> list[dict]:
    params = {"name": name, "arguments": arguments} if arguments else {"name": name}
    messages = case.connect().request("prompts/get", params).result["messages"]
    case.ok(all(item["role"] == "user" for item in messages), "the role must be the user's")
    return [item["content"] for item in messages]


@scenario("prompts-get-simple", *BOTH)
def prompt_simple(case: Case) -> None:
    wanted = [{"type": "text", "text": "This is a simple prompt for testing."}]
    case.same(prompt(case, "test_simple_prompt"), wanted, "the messages")


@scenario("prompts-get-with-args", *BOTH)
def prompt_with_arguments(case: Case) -> None:
    [item] = prompt(case, "test_prompt_with_arguments", arg1="hello", arg2="wörld")
    case.same(item["text"], "Prompt with arguments: arg1='hello', arg2='wörld'", "the text")
    client = case.connect()
    half = {"name": "test_prompt_with_arguments", "arguments": {"arg1": "hello"}}
    case.same(client.request("prompts/get", half).code, -32602, "the code for a missing argument")
    case.same(client.request("prompts/get", {"name": "no_such"}).code, -32602, "the code for an unknown prompt")


@scenario("prompts-get-embedded-resource", *BOTH)
def prompt_with_resource(case: Case) -> None:
    resource, text = prompt(case, "test_prompt_with_embedded_resource", resourceUri="test://some")
    case.same((resource["type"], resource["resource"]["uri"]), ("resource", "test://some"), "the resource")
    case.ok(resource["resource"].get("text") and text.get("text"), "both messages must have a text")


@scenario("prompts-get-with-image", *BOTH)
def prompt_with_image(case: Case) -> None:
    picture, text = prompt(case, "test_prompt_with_image")
    case.same((picture["type"], picture["mimeType"], text["type"]), ("image", "image/png", "text"), "the kinds")
    decoded(case, picture["data"], b"\x89PNG\r\n\x1a\n", "the picture")


@scenario("completion-complete", *BOTH)
def completion(case: Case) -> None:
    client = case.connect()

    def complete(ref: dict, argument: str, value: str) -> dict:
        params = {"ref": ref, "argument": {"name": argument, "value": value}}
        return client.request("completion/complete", params).result["completion"]

    of_prompt = {"type": "ref/prompt", "name": "test_prompt_with_arguments"}
    found = complete(of_prompt, "arg1", "par")["values"]
    case.ok(found and all(value.startswith("par") for value in found), "proposals must begin as typed", found)
    case.same(complete(of_prompt, "arg1", "nothing like it")["values"], [], "proposals for an odd beginning")
    of_template = {"type": "ref/resource", "uri": "test://template/{id}/data"}
    many = complete(of_template, "id", "")
    case.same(len(many["values"]), 100, "the count of many proposals")
    case.same(many.get("hasMore"), True, "hasMore")
    try:
        complete({"type": "ref/prompt", "name": "no_such"}, "arg1", "")
        case.ok(False, "an unknown prompt must be refused")
    except Refused as error:
        case.same(error.code, -32602, "the code for an unknown prompt")


@scenario("json-schema-2020-12", *BOTH)
def json_schema(case: Case) -> None:
    client = case.connect()
    tools = {tool["name"]: tool for tool in client.request("tools/list").result["tools"]}
    schema = tools["json_schema_2020_12_tool"]["inputSchema"]
    case.same(schema.get("$schema"), "https://json-schema.org/draft/2020-12/schema", "$schema")
    case.same(schema.get("additionalProperties"), False, "additionalProperties")
    address = (schema.get("$defs") or {}).get("address") or {}
    case.same(address.get("$anchor"), "addressDef", "$anchor")
    case.same(sorted(address.get("properties") or {}), ["city", "street"], "the definition's properties")
    case.ok(any("anyOf" in part for part in schema.get("allOf") or []), "allOf with anyOf must be kept")
    case.ok({"if", "then", "else"} <= set(schema), "if, then and else must be kept", list(schema))
    case.same(schema["properties"].get("address"), {"$ref": "#/$defs/address"}, "$ref")
    for arguments, fits in (
        ({"contactMethod": "phone", "phone": "1"}, True),
        ({"contactMethod": "phone", "email": "a@b"}, False),
        ({"email": "a@b", "address": {"street": 5}}, False),
        ({"email": "a@b", "other": 1}, False),
    ):
        result = client.call("json_schema_2020_12_tool", **arguments).result
        case.same(not result.get("isError"), fits, f"whether {arguments} is taken")


@scenario("dns-rebinding-protection", *BOTH)
def rebinding(case: Case) -> None:
    if case.is_modern:
        message, headers = case.modern().prepared("server/discover", None)
    else:
        opening = {"protocolVersion": case.revision, "capabilities": {}, "clientInfo": CLIENT_INFO}
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening}
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

    def status(changes: dict[str, str | None]) -> int:
        answer = case.endpoint.send("POST", changed(headers, changes), encode(message))
        answer.body()
        if session := answer.headers.get("mcp-session-id"):
            case.endpoint.send("DELETE", {"Mcp-Session-Id": session}).body()
        return answer.status

    evil, port = "evil.example.com", case.endpoint.port
    for changes in (
        {"Host": evil, "Origin": f"http://{evil}"},
        {"Host": evil},
        {"Origin": f"http://{evil}"},
        {"Origin": f"http://localhost.{evil}"},
    ):
        case.ok(400 <= status(changes) < 500, f"{changes} must be refused")
    for host in (case.endpoint.authority, f"localhost:{port}", f"[::1]:{port}"):
        changes = {"Host": host, "Origin": f"http://{host}"}
        case.ok(200 <= status(changes) < 300, f"{changes} must be taken")
