"""Judges HTTP exchanges with Komodo by the models of the PyPI package `komodo-api`.

The package is generated from Komodo's own types, by other people. Here its models are used
strictly: no invented field, no conversion of types, no Python names in place of wire names, no
null where Komodo wants the field left out.
"""

import ast
import inspect
import json
import re
from dataclasses import dataclass, field

import komodo_api.responses
import komodo_api.types
from pydantic import BaseModel, TypeAdapter, ValidationError
from websocket import Listening

STRICT = {"strict": True, "extra": "forbid", "by_alias": True, "by_name": False}

# Fields that hold the caller's own JSON, where null may mean something.
FREE_FIELDS = {"query", "args"}

# Which API class of the package speaks to which path.
PATHS = {
    "AuthApi": "/auth",
    "ExecuteApi": "/execute",
    "ReadApi": "/read",
    "UserApi": "/user",
    "WriteApi": "/write",
}

# The path of the websocket; what counts as seen is a message that was told on it.
WEBSOCKET = "/ws/update"
LOGGED_IN = b"LOGGED_IN"

ERRORS_SHOWN_MAX = 5


class ErrorBody(BaseModel):
    """What Komodo says with every status but 200."""

    error: str
    trace: list[str]


@dataclass(frozen=True)
class Exchange:
    """One request with its answer, as seen on the wire."""

    method: str
    path: str
    request: bytes
    status: int
    answer: bytes
    # Names in lower case; values are left out, for there are secrets among them.
    headers: frozenset[str] = frozenset({"x-api-key", "x-api-secret"})
    content_type: str = "application/json"


@dataclass
class Tally:
    """What was checked, and what was wrong."""

    requests: int = 0
    answers: int = 0
    types: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def verdict(self, wanted: set[str]) -> list[str]:
        """The failures, including that of having looked at nothing or at too little."""
        found = list(self.failures)
        if self.requests == 0:
            found.append("no request was checked")
        if self.answers == 0:
            found.append("no answer was checked")
        missing = sorted(wanted - self.types)
        if missing:
            found.append("never seen: " + ", ".join(missing))
        return found


class Wire:
    """The models of the installed version, by path and type of request."""

    def __init__(self) -> None:
        self.models: dict[tuple[str, str], tuple[TypeAdapter, TypeAdapter]] = {}
        names = vars(komodo_api.types)
        tree = ast.parse(inspect.getsource(komodo_api.responses))
        for api in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            path = PATHS.get(api.name)
            if path:
                for request, answer in self._calls(api, names):
                    kind = request.model_fields["type"].default.value
                    self.models[path, kind] = (TypeAdapter(request), TypeAdapter(answer))
        self.user = TypeAdapter(names["User"])
        self.error = TypeAdapter(ErrorBody)
        self.login = TypeAdapter(names["WsLoginMessage"])
        self.listed = TypeAdapter(names["UpdateListItem"])

    @staticmethod
    def _calls(api: ast.ClassDef, names: dict):
        """Finds `return self._read(ReadRequestX(params=params), XResponse)` in every method."""
        for method in (node for node in api.body if isinstance(node, ast.FunctionDef)):
            statement = method.body[-1]
            if not isinstance(statement, ast.Return) or not isinstance(statement.value, ast.Call):
                continue
            request, answer = statement.value.args
            yield names[request.func.id], eval(ast.unparse(answer), dict(names))

    def judge(self, exchange: Exchange, tally: Tally) -> None:
        """Checks one exchange and enters it in the tally."""
        path = exchange.path.split("?")[0]
        if exchange.method == "GET":
            self._judge_get(path, exchange, tally)
            return
        label = f"{exchange.method} {path}"
        try:
            body = json.loads(exchange.request)
            kind = body["type"]
        except (ValueError, TypeError, KeyError):
            tally.failures.append(f"{label}: the body is not {{type, params}}")
            return
        label = f"{label} {kind}"
        tally.types.add(kind)
        adapters = self.models.get((path, kind))
        if exchange.method != "POST" or adapters is None:
            tally.failures.append(f"{label}: Komodo has no such request")
            return
        tally.requests += 1
        self._judge_headers(exchange, label, tally)
        nulls = null_fields(body)
        if nulls:
            tally.failures.append(f"{label}: null in {', '.join(nulls)}; leave it out instead")
        self._validate(adapters[0], exchange.request, f"request {label}", tally)
        self._judge_answer(adapters[1], exchange, label, tally)

    @staticmethod
    def _judge_headers(exchange: Exchange, label: str, tally: Tally) -> None:
        if exchange.content_type.split(";")[0] != "application/json":
            tally.failures.append(f"request {label}: content-type {exchange.content_type!r}")
        # Without a key the version is asked for only to see by the refusal what answers.
        is_probe = label.endswith(" GetVersion") and exchange.status == 401
        if not is_probe and not {"x-api-key", "x-api-secret"} <= exchange.headers:
            tally.failures.append(f"request {label}: a credential header is missing")
        # Either of these would be looked at instead of the key.
        wrong = exchange.headers & {"authorization", "x-api-signature"}
        if wrong:
            tally.failures.append(f"request {label}: header {', '.join(wrong)} beside a key")

    def _judge_answer(self, model: TypeAdapter, exchange: Exchange, label: str, tally: Tally):
        tally.answers += 1
        if exchange.status == 200:
            self._validate(model, exchange.answer, f"answer to {label}", tally)
        else:
            self._validate(self.error, exchange.answer, f"{exchange.status} to {label}", tally)

    def _judge_get(self, path: str, exchange: Exchange, tally: Tally) -> None:
        tally.requests += 1
        tally.answers += 1
        if exchange.request:
            tally.failures.append(f"GET {path}: a body was sent")
        if path == "/version":
            text = exchange.answer.decode(errors="replace")
            # Before 2.0 the path falls through to the files of the user interface.
            if exchange.status == 200 and not re.fullmatch(r"\d+\.\d+\.\d+\S*", text):
                tally.failures.append(f"answer to GET /version: {text[:80]!r}")
        elif path == "/user":
            if exchange.status == 200:
                self._validate(self.user, exchange.answer, "answer to GET /user", tally)
        else:
            tally.failures.append(f"GET {path}: Komodo has no such path")

    def judge_listening(self, listening: Listening, tally: Tally) -> None:
        """Checks a connection to the websocket: one login, its answer, then updates."""
        label = f"websocket {listening.path}"
        tally.requests += 1
        if listening.path != WEBSOCKET:
            tally.failures.append(f"{label}: Komodo has no such path")
            return
        if listening.status != 101:
            tally.failures.append(f"{label}: not opened, {listening.status}")
            return
        try:
            said, told = listening.messages()
        except ValueError as error:
            tally.failures.append(f"{label}: {error}")
            return
        if len(said) != 1:
            tally.failures.append(f"{label}: {len(said)} messages were sent instead of a login")
        for message in said[:1]:
            self._validate(self.login, message, f"login to {label}", tally)
        if told[:1] != [LOGGED_IN]:
            tally.failures.append(f"{label}: the answer to the login is {told[:1]}")
        for message in told[1:]:
            tally.answers += 1
            tally.types.add(WEBSOCKET)
            self._validate(self.listed, message, f"message of {label}", tally)

    @staticmethod
    def _validate(model: TypeAdapter, body: bytes, label: str, tally: Tally) -> None:
        try:
            model.validate_json(body, **STRICT)
        except ValidationError as error:
            for item in error.errors(include_url=False)[:ERRORS_SHOWN_MAX]:
                where = ".".join(str(part) for part in item["loc"]) or "body"
                given = repr(item["input"])[:80]
                tally.failures.append(f"{label}: {where}: {item['msg']} (given {given})")


def null_fields(value, where: str = "") -> list[str]:
    """The places in a request that hold null, outside the caller's own JSON."""
    if value is None:
        return [where]
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in FREE_FIELDS:
                found += null_fields(item, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for item in value:
            found += null_fields(item, f"{where}[]")
    return found
