"""Calls that are answered with questions, and called again with the answers."""

from typing import Any

from cases import MODERN, Case, scenario, texts
from clients import Modern, Reply

EVERYTHING = {"sampling": {}, "elicitation": {}, "roots": {"listChanged": True}}
PREFIX = "input-required-result-"
TOOL = "test_input_required_result_"


def accepted(**content: Any) -> dict[str, Any]:
    return {"action": "accept", "content": content}


def completed(text: str) -> dict[str, Any]:
    content = {"type": "text", "text": text}
    return {"role": "assistant", "content": content, "model": "none", "stopReason": "endTurn"}


ROOTS = {"roots": [{"uri": "file:///project", "name": "project"}]}


class Rounds:
    """One call, through all its rounds."""

    def __init__(self, case: Case, tool: str, client: Modern | None = None) -> None:
        self.case = case
        self.client = client or case.modern(EVERYTHING)
        self.method = "tools/call"
        self.params: dict[str, Any] = {"name": tool, "arguments": {}}
        self.state: Any = None

    def send(self, responses: Any = None, **more: Any) -> Reply:
        params = {**self.params, **more}
        if responses is not None:
            params["inputResponses"] = responses
        if self.state is not None and "requestState" not in params:
            params["requestState"] = self.state
        return self.client.request(self.method, params)

    def asks(self, responses: Any = None) -> dict[str, Any]:
        """A round that ends with questions; returns them."""
        result = self.send(responses).result
        self.case.same(result.get("resultType"), "input_required", "resultType")
        self.case.ok("content" not in result and "messages" not in result, "questions come without an answer")
        self.state = result.get("requestState")
        self.case.ok(isinstance(self.state, str) and self.state, "requestState must be a text", self.state)
        return result.get("inputRequests") or {}

    def ends(self, responses: Any) -> dict[str, Any]:
        """A round that ends the call; returns its result."""
        result = self.send(responses).result
        self.case.same(result.get("resultType"), "complete", "resultType")
        self.case.ok("inputRequests" not in result and "requestState" not in result, "an answer comes without questions")
        return result


def methods(asked: dict[str, Any]) -> dict[str, str]:
    return {key: item.get("method") for key, item in asked.items()}


@scenario(PREFIX + "basic-elicitation", MODERN)
def elicitation(case: Case) -> None:
    rounds = Rounds(case, TOOL + "elicitation")
    asked = rounds.asks()
    case.same(methods(asked), {"user_name": "elicitation/create"}, "the questions")
    form = asked["user_name"]["params"]
    case.same(form["message"], "What is your name?", "the message")
    case.same(form["requestedSchema"]["required"], ["name"], "the required property")
    case.same(texts(rounds.ends({"user_name": accepted(name="Alice")})), ["Hello, Alice!"], "the text")


@scenario(PREFIX + "basic-sampling", MODERN)
def sampling(case: Case) -> None:
    rounds = Rounds(case, TOOL + "sampling")
    asked = rounds.asks()
    case.same(methods(asked), {"capital_question": "sampling/createMessage"}, "the questions")
    case.same(asked["capital_question"]["params"]["maxTokens"], 100, "the limit")
    found = texts(rounds.ends({"capital_question": completed("Paris.")}))
    case.ok("Paris" in "".join(found), "the text must tell the answer", found)


@scenario(PREFIX + "basic-list-roots", MODERN)
def roots(case: Case) -> None:
    rounds = Rounds(case, TOOL + "list_roots")
    case.same(methods(rounds.asks()), {"client_roots": "roots/list"}, "the questions")
    found = texts(rounds.ends({"client_roots": ROOTS}))
    case.ok("file:///project" in "".join(found), "the text must tell the answer", found)


@scenario(PREFIX + "request-state", MODERN)
def request_state(case: Case) -> None:
    rounds = Rounds(case, TOOL + "request_state")
    case.same(methods(rounds.asks()), {"confirm": "elicitation/create"}, "the questions")
    answers = {"confirm": accepted(ok=True)}
    found = texts(rounds.ends(answers))
    case.ok("state-ok" in "".join(found), "the state must have come back", found)
    case.same(rounds.send(answers).code, -32602, "the code for a state that was used up")


@scenario(PREFIX + "multiple-input-requests", MODERN)
def multiple(case: Case) -> None:
    rounds = Rounds(case, TOOL + "multiple_inputs")
    wanted = {
        "user_name": "elicitation/create",
        "greeting": "sampling/createMessage",
        "client_roots": "roots/list",
    }
    case.same(methods(rounds.asks()), wanted, "the questions")
    # Half the answers: the rest is asked for again, and nothing twice.
    again = rounds.asks({"user_name": accepted(name="Alice"), "greeting": completed("Welcome")})
    case.same(methods(again), {"client_roots": "roots/list"}, "the questions that are left")
    found = "".join(texts(rounds.ends({"client_roots": ROOTS})))
    case.ok(all(part in found for part in ("Alice", "Welcome", "file:///project")), "the text must tell all", found)


@scenario(PREFIX + "multi-round", MODERN)
def multi_round(case: Case) -> None:
    rounds = Rounds(case, TOOL + "multi_round")
    case.same(list(rounds.asks()), ["step1"], "the first questions")
    first = rounds.state
    case.same(list(rounds.asks({"step1": accepted(name="Alice")})), ["step2"], "the second questions")
    case.ok(rounds.state != first, "the state must be another")
    found = "".join(texts(rounds.ends({"step2": accepted(color="blue")})))
    case.ok("Alice" in found and "blue" in found, "the text must tell both answers", found)


@scenario(PREFIX + "missing-input-response", MODERN)
def missing(case: Case) -> None:
    rounds = Rounds(case, TOOL + "elicitation")
    wrong = {"wrong_key": accepted(data="wrong")}
    case.same(list(rounds.asks(wrong)), ["user_name"], "the questions after an answer to another")
    case.same(list(rounds.asks({})), ["user_name"], "the questions after no answer")
    case.same(list(rounds.asks({"user_name": accepted(name=5)})), ["user_name"], "the questions after a wrong answer")
    case.same(texts(rounds.ends({"user_name": accepted(name="Bob")})), ["Hello, Bob!"], "the text")


@scenario(PREFIX + "non-tool-request", MODERN)
def non_tool(case: Case) -> None:
    rounds = Rounds(case, "")
    rounds.method, rounds.params = "prompts/get", {"name": "test_input_required_result_prompt"}
    case.same(methods(rounds.asks()), {"user_context": "elicitation/create"}, "the questions")
    result = rounds.ends({"user_context": accepted(context="a garden")})
    case.ok("a garden" in str(result["messages"]), "the prompt must have the context", result["messages"])


@scenario(PREFIX + "result-type", MODERN)
def result_type(case: Case) -> None:
    client = case.modern(EVERYTHING)
    case.same(Rounds(case, TOOL + "elicitation", client).send().result["resultType"], "input_required", "questions")
    asked = {
        "server/discover": {}, "tools/list": {}, "prompts/list": {}, "resources/list": {},
        "resources/templates/list": {}, "resources/read": {"uri": "test://static-text"},
        "prompts/get": {"name": "test_simple_prompt"},
        "tools/call": {"name": "test_simple_text", "arguments": {}},
    }  # fmt: skip
    for method, params in asked.items():
        case.same(client.request(method, params).result.get("resultType"), "complete", f"resultType of {method}")


@scenario(PREFIX + "unsupported-methods", MODERN)
def unsupported(case: Case) -> None:
    client = case.modern(EVERYTHING)
    for method in ("tools/list", "prompts/list", "resources/list", "resources/templates/list", "server/discover"):
        result = client.request(method).result
        case.ok("inputRequests" not in result and result["resultType"] != "input_required", f"{method} must not ask")


@scenario(PREFIX + "tampered-state", MODERN)
def tampered(case: Case) -> None:
    rounds = Rounds(case, TOOL + "tampered_state")
    rounds.asks()
    answers, state = {"confirm": accepted(ok=True)}, str(rounds.state)
    middle = len(state) // 2
    flipped = state[:middle] + ("A" if state[middle] != "A" else "B") + state[middle + 1 :]
    for forged in (state + "-TAMPERED", flipped, state[:-4], "", 17):
        reply = rounds.send(answers, requestState=forged)
        case.same(reply.code, -32602, f"the code for the state {str(forged)[-12:]!r}")
    foreign = Rounds(case, TOOL + "request_state", rounds.client).send(answers, requestState=state)
    case.same(foreign.code, -32602, "the code for the state of another tool")
    case.ok(texts(rounds.ends(answers)), "the true state must still hold")


@scenario(PREFIX + "capability-check", MODERN)
def capability_check(case: Case) -> None:
    for capabilities, wanted in (
        ({"sampling": {}}, {"greeting"}),
        ({"elicitation": {}}, {"user_name"}),
        ({"roots": {}}, {"client_roots"}),
        (EVERYTHING, {"greeting", "user_name", "client_roots"}),
    ):
        asked = Rounds(case, TOOL + "capabilities", case.modern(capabilities)).asks()
        case.same(set(asked), wanted, f"the questions to a client with {', '.join(capabilities)}")
    refusal = Rounds(case, TOOL + "elicitation", case.modern()).send()
    case.same((refusal.status, refusal.code), (400, -32021), "the refusal of a client with nothing")


@scenario(PREFIX + "ignore-extra-params", MODERN)
def extra(case: Case) -> None:
    rounds = Rounds(case, TOOL + "elicitation")
    rounds.asks()
    answers = {"user_name": accepted(name="Alice"), "unknown": accepted(foo="bar"), "other": accepted(baz=1)}
    case.same(texts(rounds.ends(answers)), ["Hello, Alice!"], "the text")


@scenario(PREFIX + "validate-input", MODERN)
def validate(case: Case) -> None:
    rounds = Rounds(case, TOOL + "elicitation")
    rounds.asks()
    for malformed in ({"user_name": 12345}, {"user_name": {"action": "perhaps"}}, [], "text", 5):
        case.same(rounds.send(malformed).code, -32602, f"the code for the answers {malformed}")
    case.same(rounds.client.request(
        "tools/call", {**rounds.params, "inputResponses": None}).code, -32602, "the code for no object")  # fmt: skip
