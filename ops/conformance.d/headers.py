"""HTTP headers that repeat the body."""

import base64

from cases import MODERN, Case, scenario
from clients import Modern, Reply


def refused(case: Case, reply: Reply, what: str) -> None:
    case.same((reply.status, reply.code), (400, -32020), f"the refusal of {what}")
    case.ok(reply.message and reply.message.get("id") is not None, f"the refusal of {what} must have the id")


def taken(case: Case, reply: Reply, what: str) -> None:
    case.same((reply.status, reply.code), (200, None), f"the answer to {what}")


@scenario("http-header-validation", MODERN)
def standard(case: Case) -> None:
    client = case.modern()
    listing = lambda **headers: client.request("tools/list", headers=headers)  # noqa: E731
    refused(case, client.request("tools/list", headers={"Mcp-Method": "prompts/list"}), "another method")
    refused(case, client.request("tools/list", headers={"Mcp-Method": None}), "no method")
    refused(case, client.request("tools/list", headers={"Mcp-Method": "TOOLS/LIST"}), "a method in capitals")
    for name in ("mcp-method", "MCP-METHOD", "mCp-MeThOd"):
        taken(case, listing(**{name: "tools/list"}), name)
    for value in ("  tools/list", "tools/list  ", "\ttools/list\t"):
        taken(case, client.request("tools/list", headers={"Mcp-Method": value}), f"{value!r}")
    named = (
        ("tools/call", {"name": "test_simple_text", "arguments": {}}, "test_simple_text"),
        ("prompts/get", {"name": "test_simple_prompt"}, "test_simple_prompt"),
        ("resources/read", {"uri": "test://static-text"}, "test://static-text"),
    )
    for method, params, name in named:
        refused(case, client.request(method, params, headers={"Mcp-Name": "wrong"}), f"another name for {method}")
        refused(case, client.request(method, params, headers={"Mcp-Name": None}), f"no name for {method}")
        refused(case, client.request(method, params, headers={"Mcp-Name": name.upper()}), f"{name} in capitals")
        taken(case, client.request(method, params, headers={"Mcp-Name": f"  {name}  "}), f"blanks around {name}")
    encoded = base64.b64encode(b"test_simple_text").decode()
    reply = client.request(*named[0][:2], headers={"Mcp-Name": f"=?base64?{encoded}?="})
    taken(case, reply, "an encoded name")


@scenario("http-custom-header-server-validation", MODERN)
def custom(case: Case) -> None:
    client = case.modern()
    tools = client.request("tools/list").result["tools"]
    found = [
        (tool["name"], property, schema["x-mcp-header"])
        for tool in tools
        for property, schema in (tool["inputSchema"].get("properties") or {}).items()
        if "x-mcp-header" in schema and schema.get("type") == "string"
    ]
    if not case.ok(found, "a tool must repeat a text in a header"):
        return
    tool, argument, suffix = found[0]

    def call(value: object, header: str | None) -> Reply:
        headers = {} if header is None else {f"Mcp-Param-{suffix}": header}
        params = {"name": tool, "arguments": {} if value is None else {argument: value}}
        return client.request("tools/call", params, headers=headers)

    def encoded(text: str) -> str:
        return f"=?base64?{base64.b64encode(text.encode()).decode()}?="

    taken(case, call("Hello", "Hello"), "a plain value")
    taken(case, call("Hello", "  Hello "), "blanks around a value")
    taken(case, call("Hello", encoded("Hello")), "an encoded value")
    taken(case, call("Grüße 世界", encoded("Grüße 世界")), "an encoded value beyond ASCII")
    taken(case, call(" edge ", encoded(" edge ")), "an encoded value with blanks at its edges")
    for literal in ("SGVsbG8=", "=?base64?SGVsbG8=", "SGVsbG8=?="):
        taken(case, call(literal, literal), f"{literal} as it is")
        refused(case, call("Hello", literal), f"{literal} for Hello")
    refused(case, call("Hello", "=?base64?SGVsbG8?="), "an encoded value without padding")
    refused(case, call("Hello", "=?base64?SGVs!!!bG8=?="), "an encoded value with odd characters")
    refused(case, call("Hello", "hello"), "a value in other letters")
    refused(case, call("Hello", None), "a value without its header")
    taken(case, call(None, None), "neither value nor header")
    refused(case, typed(client, tool, 5, "6"), "another number")
    taken(case, typed(client, tool, 5, "5"), "the same number")


def typed(client: Modern, tool: str, value: int, header: str) -> Reply:
    params = {"name": tool, "arguments": {"priority": value}}
    return client.request("tools/call", params, headers={"Mcp-Param-Priority": header})
