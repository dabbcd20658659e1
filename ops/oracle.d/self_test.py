"""Shows that the check can fail: exchanges that must pass, and faults that must be found."""

import json
import re
import sys

from websocket import END_OF_HEAD, Listening
from wire import Exchange, Tally, Wire

UPDATE = {
    "_id": {"$oid": "66113df3abe32960b87018dd"},
    "operation": "Deploy",
    "start_ts": 1712540000000,
    "success": True,
    "operator": "66113df3abe32960b87018aa",
    "target": {"type": "Deployment", "id": "66113df3abe32960b87018bb"},
    "logs": [],
    "status": "InProgress",
}
LISTED = {
    "id": "66113df3abe32960b87018dd",
    "operation": "Deploy",
    "start_ts": 1712540000000,
    "success": True,
    "username": "operator",
    "operator": "66113df3abe32960b87018aa",
    "target": {"type": "Deployment", "id": "66113df3abe32960b87018bb"},
    "status": "Complete",
}
LOG = {
    "stage": "Deploy", "command": "docker run", "stdout": "", "stderr": "", "success": True,
    "start_ts": 1712540000000, "end_ts": 1712540000001,
}  # fmt: skip
PAGE = {"updates": [LISTED], "next_page": None}
DEPLOY = {"deployment": "web"}
DEPLOY_BODY = json.dumps({"type": "Deploy", "params": DEPLOY}).encode()
UPDATE_BODY = json.dumps(UPDATE).encode()
VERSION_BODY = b'{"type":"GetVersion","params":{}}'


def without(value: dict, key: str) -> dict:
    return {name: item for name, item in value.items() if name != key}


def post(path: str, kind: str, params: dict, answer, status: int = 200, **more) -> Exchange:
    body = {"type": kind, "params": params, **more}
    return Exchange("POST", path, json.dumps(body).encode(), status, json.dumps(answer).encode())


def listing(query: dict) -> Exchange:
    return post("/read", "ListUpdates", {"query": query}, PAGE)


def frame(text: str | bytes, masked: bool = False, kind: int = 1, last: bool = True) -> bytes:
    content = text.encode() if isinstance(text, str) else text
    size = len(content)
    long = size > 125
    head = bytes([kind | (0x80 if last else 0), (0x80 if masked else 0) | (126 if long else size)])
    head += size.to_bytes(2, "big") if long else b""
    key = b"\x01\x02\x03\x04" if masked else b""
    body = bytes(byte ^ key[i % 4] for i, byte in enumerate(content)) if masked else content
    return head + key + body


LOGIN = {"type": "ApiKeys", "params": {"key": "K", "secret": "S"}}
OPENED = b"HTTP/1.1 101 Switching Protocols" + END_OF_HEAD


def heard(*frames: bytes, login=LOGIN, opened: bytes = OPENED, path: str = "/ws/update") -> Listening:
    sent = bytearray(frame(json.dumps(login), masked=True) + frame(b"", masked=True, kind=10))
    return Listening(path, sent, bytearray(opened + b"".join(frames)))


GREETING = frame("LOGGED_IN")
TOLD = frame(json.dumps(LISTED))
HALVES = frame(json.dumps(LISTED)[:20], last=False) + frame(json.dumps(LISTED)[20:], kind=0)

# With the number of updates that were told.
HEARD_WELL = [
    (0, heard(GREETING)),
    (1, heard(GREETING, frame(b"", kind=9), TOLD)),
    (2, heard(GREETING, HALVES, TOLD, TOLD[:-3])),
]
HEARD_BADLY = [
    ("another websocket", "no such path", heard(GREETING, path="/ws/terminal")),
    ("a refused upgrade", "not opened, 401", heard(opened=b"HTTP/1.1 401 Unauthorized" + END_OF_HEAD)),
    ("a login with an invented field", "params.ApiKeys", heard(GREETING, login={**LOGIN, "params": {"ApiKeys": 1}})),
    ("a login that is refused", "answer to the login", heard(frame("[401 Unauthorized]: no"))),
    ("a message without a login", "0 messages", Listening("/ws/update", bytearray(), bytearray(OPENED + GREETING))),
    ("a frame that is not masked", "masked", Listening("/ws/update", bytearray(frame(json.dumps(LOGIN))), bytearray(OPENED))),
    ("a message with an invented field", "end_ts", heard(GREETING, frame(json.dumps({**LISTED, "end_ts": 5})))),
    ("a whole update as a message", "message of", heard(GREETING, frame(UPDATE_BODY))),
]  # fmt: skip

GOOD = [
    post("/execute", "Deploy", DEPLOY, UPDATE),
    post("/execute", "Deploy", {**DEPLOY, "stop_time": 5, "stop_signal": "SIGTERM"}, UPDATE),
    post("/execute", "Deploy", DEPLOY, {**UPDATE, "logs": [LOG], "end_ts": None}),
    post("/execute", "Deploy", DEPLOY, {"error": "no", "trace": []}, 500),
    post("/execute", "RunAction", {"action": "a", "args": {"x": None}}, UPDATE),
    listing({"_id": {"$in": [{"$oid": "66113df3abe32960b87018dd"}]}, "other": None}),
    Exchange("GET", "/version", b"", 200, b"2.3.2"),
    Exchange("POST", "/read", VERSION_BODY, 401, b'{"error":"no","trace":[]}', frozenset()),
]

# Each with the words that the finding must contain.
BAD = [
    ("an invented field", "params.force", post("/execute", "Deploy", {**DEPLOY, "force": True}, UPDATE)),
    ("an invented field outside params", "async", post("/execute", "Deploy", DEPLOY, UPDATE, **{"async": True})),
    ("a wrong type", "params.deployment", post("/execute", "Deploy", {"deployment": 5}, UPDATE)),
    ("a number in quotes", "params.stop_time", post("/execute", "Deploy", {**DEPLOY, "stop_time": "5"}, UPDATE)),
    ("an invented word", "params.stop_signal", post("/execute", "Deploy", {**DEPLOY, "stop_signal": "SIGKILL"}, UPDATE)),
    ("a missing field", "params.deployment", post("/execute", "Deploy", {}, UPDATE)),
    ("a null", "null in params.stop_time", post("/execute", "Deploy", {**DEPLOY, "stop_time": None}, UPDATE)),
    ("an unknown request", "no such request", post("/execute", "StartServer", {"server": "a"}, UPDATE)),
    ("a request on the wrong path", "no such request", post("/read", "Deploy", DEPLOY, UPDATE)),
    ("a request in the path", "not {type, params}", Exchange("POST", "/execute/Deploy", b'{"deployment":"web"}', 200, b"{}")),
    ("an unknown path", "no such path", Exchange("GET", "/read/servers", b"", 200, b"[]")),
    ("an answer with a field left out", "operation", post("/execute", "Deploy", DEPLOY, without(UPDATE, "operation"))),
    ("an answer with an invented field", "progress", post("/execute", "Deploy", DEPLOY, {**UPDATE, "progress": 5})),
    ("an answer with an unknown word", "operation", post("/execute", "Deploy", DEPLOY, {**UPDATE, "operation": "Dploy"})),
    ("an answer with a Python name", "id", post("/execute", "Deploy", DEPLOY, {**without(UPDATE, "_id"), "id": UPDATE["_id"]})),
    ("an answer with a wrong type", "start_ts", post("/execute", "Deploy", DEPLOY, {**UPDATE, "start_ts": "now"})),
    ("a wrong type deep in an answer", "logs.0.success", post("/execute", "Deploy", DEPLOY, {**UPDATE, "logs": [{**LOG, "success": 1}]})),
    ("an invented field deep in an answer", "updates.0.end_ts", post("/read", "ListUpdates", {}, {**PAGE, "updates": [{**LISTED, "end_ts": 5}]})),
    ("an error without a trace", "trace", post("/execute", "Deploy", DEPLOY, {"error": "no"}, 500)),
    ("a page instead of an error", "500 to", Exchange("POST", "/read", b'{"type":"GetVersion","params":{}}', 500, b"<html>")),
    ("a version that is none", "/version", Exchange("GET", "/version", b"", 200, b"<html>")),
    ("a body that is not called JSON", "content-type", Exchange("POST", "/execute", DEPLOY_BODY, 200, UPDATE_BODY, content_type="text/plain")),
    ("a key without its secret", "credential", Exchange("POST", "/execute", DEPLOY_BODY, 200, UPDATE_BODY, frozenset({"x-api-key"}))),
    ("a key that is left out", "credential", Exchange("POST", "/read", VERSION_BODY, 200, b'{"version":"2.3.2"}', frozenset())),
    ("a token beside the key", "authorization", Exchange("POST", "/execute", DEPLOY_BODY, 200, UPDATE_BODY, frozenset({"x-api-key", "x-api-secret", "authorization"}))),
]  # fmt: skip


def run(wire: Wire) -> list[str]:
    """Returns what the check got wrong; empty when it can be trusted."""
    wrong = []
    for number, exchange in enumerate(GOOD):
        tally = Tally()
        wire.judge(exchange, tally)
        if tally.failures or tally.requests != 1 or tally.answers != 1:
            wrong.append(f"good exchange {number} is refused: {tally.failures}")
    for name, words, exchange in BAD:
        tally = Tally()
        wire.judge(exchange, tally)
        if not any(re.search(re.escape(words), failure) for failure in tally.failures):
            wrong.append(f"{name} is not found: {tally.failures}")
    for number, (told, listening) in enumerate(HEARD_WELL):
        tally = Tally()
        wire.judge_listening(listening, tally)
        if tally.failures or tally.requests != 1 or tally.answers != told:
            wrong.append(f"good listening {number} is refused: {tally}")
    for name, words, listening in HEARD_BADLY:
        tally = Tally()
        wire.judge_listening(listening, tally)
        if not any(words in failure for failure in tally.failures):
            wrong.append(f"{name} is not found: {tally.failures}")
    if not Tally().verdict(set()):
        wrong.append("checking nothing counts as success")
    if not any("Deploy" in text for text in Tally(1, 1, {"GetUser"}).verdict({"Deploy"})):
        wrong.append("a request that never came is not missed")
    return wrong


if __name__ == "__main__":
    found = run(Wire())
    for text in found:
        print(f"FAILED {text}")
    passed, refused = len(GOOD) + len(HEARD_WELL), len(BAD) + len(HEARD_BADLY)
    print("" if found else f"{passed} good exchanges pass, {refused} faults are found")
    sys.exit(1 if found else 0)
