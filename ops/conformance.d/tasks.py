"""Tasks: the extension of 2026-07-28, and the core feature of 2025-11-25."""

import time
from typing import Any

from cases import LEGACY, MODERN, Case, scenario, texts
from clients import META, TASKS, Modern, Reply
from rounds import Rounds, accepted

ABLE = {"elicitation": {}, "sampling": {}, "extensions": {TASKS: {}}}
ENDED = ("completed", "failed", "cancelled")
NEEDED = {"extensions": {TASKS: {}}}


def able(case: Case) -> Modern:
    return case.modern(ABLE)


def created(case: Case, client: Modern, tool: str, **arguments: Any) -> str:
    """Calls a tool that answers with a task; returns its id."""
    result = client.call(tool, **arguments).result
    case.same(result.get("resultType"), "task", f"resultType of {tool}")
    return result["taskId"]


def get(client: Any, id: str) -> dict[str, Any]:
    return client.request("tasks/get", {"taskId": id}).result


def ended(case: Case, client: Any, id: str) -> dict[str, Any]:
    def probe() -> dict[str, Any] | None:
        task = get(client, id)
        return task if task["status"] in ENDED else None

    return case.until(f"the end of {id}", probe)


def asking(case: Case, client: Any, id: str) -> dict[str, Any]:
    """Waits until a task asks; returns the requests."""

    def probe() -> dict[str, Any] | None:
        task = get(client, id)
        assert task["status"] not in ENDED, f"{id} ended as {task['status']}"
        return task.get("inputRequests")

    return case.until(f"questions of {id}", probe)


def acknowledged(case: Case, client: Modern, method: str, id: str, **more: Any) -> None:
    result = client.request(method, {"taskId": id, **more}).result
    case.same(result.get("resultType"), "complete", f"resultType of {method}")
    case.ok("taskId" not in result and "status" not in result, f"{method} must not show the task", result)


@scenario("tasks-lifecycle", MODERN)
def lifecycle(case: Case) -> None:
    client = able(case)
    plain = client.call("greet", name="World").result
    case.same((plain.get("resultType"), plain.get("taskId")), ("complete", None), "the answer of a quick tool")
    case.same(texts(plain), ["Hello, World!"], "its text")
    id = created(case, client, "slow_compute", seconds=1.5, label="one")
    task = get(client, id)
    case.same((task["taskId"], task["status"]), (id, "working"), "the task at first")
    case.ok("result" not in task and "error" not in task, "a working task has no end")
    task = ended(case, client, id)
    case.same(task["status"], "completed", "the status at last")
    case.ok(any("one" in text for text in texts(task["result"])), "the task must have the result", task)
    case.ok(task["lastUpdatedAt"] >= task["createdAt"], "the times must be in order")
    task = ended(case, client, created(case, client, "failing_job"))
    case.same((task["status"], task["result"].get("isError")), ("completed", True), "a tool's own failure")
    task = ended(case, client, created(case, client, "protocol_error_job"))
    case.same(task["status"], "failed", "an error of the protocol")
    case.ok(isinstance(task["error"]["code"], int) and task["error"]["message"], "the error must be there", task)
    long = created(case, client, "slow_compute", seconds=60, label="long")
    acknowledged(case, client, "tasks/cancel", long)
    case.same(ended(case, client, long)["status"], "cancelled", "the status after a cancellation")
    acknowledged(case, client, "tasks/cancel", long)
    acknowledged(case, client, "tasks/cancel", id)
    case.same(get(client, id)["status"], "completed", "the status of an ended task after a cancellation")


@scenario("tasks-capability-negotiation", MODERN)
def negotiation(case: Case) -> None:
    client = case.modern()
    declared = client.request("server/discover").result["capabilities"]
    case.same((declared.get("extensions") or {}).get(TASKS), {}, "the extension")
    case.ok("tasks" not in declared, "the old capability must not be there")
    for method, more in (("tasks/get", {}), ("tasks/update", {"inputResponses": {}}), ("tasks/cancel", {})):
        needs(case, client.request(method, {"taskId": "any", **more}), method)
    result = client.call("slow_compute", seconds=0, label="plain").result
    case.same((result["resultType"], result.get("taskId")), ("complete", None), "the answer without the extension")
    case.ok(texts(result), "it must have the content")
    meta = {META + "clientCapabilities": NEEDED}
    params = {"name": "slow_compute", "arguments": {"seconds": 0.1}, "_meta": meta}
    once = client.request("tools/call", params).result
    case.same(once["resultType"], "task", "the answer to a request that declares the extension")
    case.same(ended(case, able(case), once["taskId"])["status"], "completed", "the status")


def needs(case: Case, reply: Reply, what: str) -> None:
    case.same((reply.status, reply.code), (400, -32021), f"the refusal of {what}")
    data = reply.message["error"].get("data") or {}
    case.same(data.get("requiredCapabilities"), NEEDED, "what is required")


@scenario("tasks-wire-fields", MODERN)
def fields(case: Case) -> None:
    client = able(case)
    result = client.call("slow_compute", seconds=0.5, label="fields").result
    for holder, what in ((result, "a new task"), (get(client, result["taskId"]), "a task")):
        case.ok(isinstance(holder.get("ttlMs"), int) and holder["ttlMs"] > 0, f"ttlMs of {what}", holder.get("ttlMs"))
        case.ok(isinstance(holder.get("pollIntervalMs"), int), f"pollIntervalMs of {what}")
        old = {"ttl", "pollInterval", "task"} & set(holder)
        case.same(old, set(), f"the old names of {what}")
    task = ended(case, client, result["taskId"])
    related = META + "related-task"
    case.ok(related not in (task["result"].get("_meta") or {}), "the result must not name its task")
    case.ok(get(client, result["taskId"])["taskId"], "the task must be kept for its time")


@scenario("tasks-request-state-removal", MODERN)
def no_state(case: Case) -> None:
    client = able(case)
    result = client.call("slow_compute", seconds=0.2, label="state").result
    case.ok("requestState" not in result, "a new task must not have requestState")
    case.ok("requestState" not in get(client, result["taskId"]), "a working task must not have requestState")
    case.ok("requestState" not in ended(case, client, result["taskId"]), "an ended task must not have requestState")
    id = created(case, client, "confirm_delete", filename="a.txt")
    asking(case, client, id)
    case.ok("requestState" not in get(client, id), "an asking task must not have requestState")
    acknowledged(case, client, "tasks/cancel", id)


@scenario("tasks-mrtr-input", MODERN)
def task_input(case: Case) -> None:
    client = able(case)
    for confirm, wanted in ((True, "Deleted"), (False, "Kept")):
        id = created(case, client, "confirm_delete", filename="a.txt")
        asked = asking(case, client, id)
        case.same([item["method"] for item in asked.values()], ["elicitation/create"], "the questions")
        case.same(get(client, id)["status"], "input_required", "the status")
        acknowledged(case, client, "tasks/update", id, inputResponses={"unknown": accepted(x=1)})
        case.same(get(client, id)["status"], "input_required", "the status after an answer to another question")
        answers = {key: accepted(confirm=confirm) for key in asked}
        acknowledged(case, client, "tasks/update", id, inputResponses=answers)
        task = ended(case, client, id)
        case.same(task["status"], "completed", "the status at last")
        case.ok(wanted in "".join(texts(task["result"])), f"the file must be {wanted}", task)
        acknowledged(case, client, "tasks/update", id, inputResponses=answers)
    id = created(case, client, "multi_input")
    first, second = asking(case, client, id)
    acknowledged(case, client, "tasks/update", id, inputResponses={first: accepted(name="Ada")})
    task = get(client, id)
    case.same((task["status"], list(task["inputRequests"])), ("input_required", [second]), "what is left")
    acknowledged(case, client, "tasks/update", id, inputResponses={second: accepted(name="Bob")})
    found = "".join(texts(ended(case, client, id)["result"]))
    case.ok("Ada" in found and "Bob" in found, "the text must tell both answers", found)


@scenario("tasks-request-headers", MODERN)
def request_headers(case: Case) -> None:
    client = able(case)
    id = created(case, client, "slow_compute", seconds=60, label="headers")
    case.same(get(client, id)["taskId"], id, "the task with the right name")
    for method, more in (("tasks/get", {}), ("tasks/update", {"inputResponses": {}}), ("tasks/cancel", {})):
        for headers in ({"Mcp-Name": "wrong"}, {"Mcp-Method": "tools/call"}):
            reply = client.request(method, {"taskId": id, **more}, headers=headers)
            case.same((reply.status, reply.code), (400, -32020), f"the refusal of {method} with {headers}")
    case.same(get(client, id)["status"], "working", "the status after refusals")
    mixed = client.request("tools/call", {"name": "greet", "arguments": {"name": "x"}}, headers={"Mcp-Method": "tasks/get"})
    case.same((mixed.status, mixed.code), (400, -32020), "the refusal of another method")
    acknowledged(case, client, "tasks/cancel", id)


@scenario("tasks-dispatch-and-envelope", MODERN)
def dispatch(case: Case) -> None:
    client = able(case)
    for method in ("tasks/result", "tasks/list"):
        reply = client.request(method, {"taskId": "any"} if method == "tasks/result" else {})
        case.same((reply.status, reply.code), (404, -32601), f"the refusal of {method}")
    params = {"name": "greet", "arguments": {"name": "old"}, "task": {"ttl": 60_000, "pollInterval": 100}}
    result = client.request("tools/call", params).result
    case.same((result["resultType"], result.get("taskId")), ("complete", None), "the answer to an old wish for a task")
    id = created(case, client, "failing_job")
    case.same(get(client, id)["taskId"], id, "a task that is asked for at once")
    for _ in range(20):
        quick = created(case, client, "slow_compute", seconds=0, label="quick")
        case.same(get(client, quick).get("resultType"), "complete", "resultType of tasks/get")
    for method, more in (("tasks/get", {}), ("tasks/update", {"inputResponses": {}}), ("tasks/cancel", {})):
        reply = client.request(method, {"taskId": "no-such-task", **more})
        case.same(reply.code, -32602, f"the code of {method} for an unknown task")
    case.same(client.request("tasks/get", {}).code, -32602, "the code of tasks/get without an id")


@scenario("tasks-status-notifications", MODERN)
def notifications(case: Case) -> None:
    client = able(case)
    id = created(case, client, "confirm_delete", filename="b.txt")
    asked = asking(case, client, id)
    listening = client.listen(taskIds=[id, "no-such-task"])
    first = listening.next(case.patience) or {}
    case.same(first.get("method"), "notifications/subscriptions/acknowledged", "the first message")
    honoured = (first.get("params") or {}).get("notifications") or {}
    case.ok(id in (honoured.get("taskIds") or []), "the task must be acknowledged", honoured)
    answers = {key: accepted(confirm=True) for key in asked}
    acknowledged(case, client, "tasks/update", id, inputResponses=answers)
    deadline, task = time.monotonic() + case.patience, {}
    while task.get("status") != "completed" and time.monotonic() < deadline:
        message = listening.next(case.patience)
        if message is None:
            break
        case.same(message.get("method"), "notifications/tasks", "the method")
        task = message["params"]
        case.same(task.get("taskId"), id, "the task's id")
        case.same((task.get("_meta") or {}).get(META + "subscriptionId"), listening.id, "the subscription's id")
    case.same(task.get("status"), "completed", "the last status that was told")
    case.ok(texts(task.get("result") or {}), "the result must be told too", task)
    listening.close()
    refusal = case.modern().request("subscriptions/listen", {"notifications": {"taskIds": [id]}})
    case.same(refusal.code, -32021, "the code for a client without the extension")


@scenario("tasks-required-task-error", MODERN)
def required(case: Case) -> None:
    for tool in ("failing_job", "test_tool_with_task"):
        needs(case, case.modern().call(tool), tool)


@scenario("tasks-mrtr-composition", MODERN)
def composition(case: Case) -> None:
    rounds = Rounds(case, "test_tool_with_task", able(case))
    case.same(list(rounds.asks()), ["user_name"], "the questions")
    result = rounds.send({"user_name": accepted(name="Alice")}).result
    case.same(result.get("resultType"), "task", "resultType of the last round")
    case.ok("requestState" not in result and "inputRequests" not in result, "a task comes without questions")
    task = ended(case, rounds.client, result["taskId"])
    case.same(task["status"], "completed", "the status")
    case.ok("Alice" in "".join(texts(task["result"])), "the result must have the answer", task)


@scenario("tasks-core", LEGACY)
def core(case: Case) -> None:
    """Tasks as 2025-11-25 has them."""
    client = case.legacy({"elicitation": {}}, {"elicitation/create": lambda _: accepted(confirm=True)})
    declared = client.opening.result["capabilities"]["tasks"]
    case.ok("cancel" in declared and "list" in declared, "cancelling and listing must be declared", declared)
    case.same(declared["requests"], {"tools": {"call": {}}}, "what may be a task")
    tools = {tool["name"]: tool for tool in client.request("tools/list").result["tools"]}
    rules = {name: (tools[name].get("execution") or {}).get("taskSupport", "forbidden") for name in tools}
    case.same(
        [rules[name] for name in ("greet", "slow_compute", "failing_job")],
        ["forbidden", "optional", "required"], "the rules")  # fmt: skip

    def start(tool: str, **arguments: Any) -> Reply:
        params = {"name": tool, "arguments": arguments, "task": {"ttl": 60_000}}
        return client.request("tools/call", params)

    case.same(start("greet", name="x").code, -32601, "the code for a task that is forbidden")
    case.same(client.call("failing_job").code, -32601, "the code for a call without its task")
    task = start("slow_compute", seconds=0.5, label="core").result["task"]
    case.same(task["ttl"], 60_000, "how long it is kept")
    id = task["taskId"]
    result = client.request("tasks/result", {"taskId": id}).result
    case.ok("core" in "".join(texts(result)), "the result must be the call's", result)
    case.same((result["_meta"][META + "related-task"]), {"taskId": id}, "the task that the result names")
    case.same(get(client, id)["status"], "completed", "the status")
    listed = [item["taskId"] for item in client.request("tasks/list").result["tasks"]]
    case.ok(id in listed, "the task must be listed")
    case.same(client.request("tasks/cancel", {"taskId": id}).code, -32602, "the code for cancelling an ended task")
    failing = start("failing_job").result["task"]["taskId"]
    case.same(client.request("tasks/result", {"taskId": failing}).result.get("isError"), True, "a tool's own failure")
    case.same(get(client, failing)["status"], "failed", "its status")
    broken = start("protocol_error_job").result["task"]["taskId"]
    case.ok(client.request("tasks/result", {"taskId": broken}).code, "an error must come back as one")
    asked = start("confirm_delete", filename="c.txt").result["task"]["taskId"]
    reply = client.request("tasks/result", {"taskId": asked})
    case.ok("Deleted" in "".join(texts(reply.result)), "the file must be deleted", reply.message)
    named = [item["params"]["_meta"][META + "related-task"] for item in reply.requests]
    case.same(named, [{"taskId": asked}], "the tasks that the questions name")
    long = start("slow_compute", seconds=60, label="long").result["task"]["taskId"]
    cancelled = client.request("tasks/cancel", {"taskId": long}).result
    case.same(cancelled["status"], "cancelled", "the status in the answer to a cancellation")
    case.same(get(client, long)["status"], "cancelled", "the status after it")
    for method in ("tasks/get", "tasks/result", "tasks/cancel"):
        case.same(client.request(method, {"taskId": "no-such-task"}).code, -32602, f"the code of {method} for an unknown task")
    case.same(client.request("tasks/list", {"cursor": "odd"}).code, -32602, "the code for a bad cursor")
