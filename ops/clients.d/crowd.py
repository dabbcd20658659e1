"""Many calls at once, over one connection and from many clients, driven without any library."""

import http.client
import json
import threading
import time
import urllib.parse
from typing import Any

from raw import Client
from report import Report
from world import HTTP_SECONDS_MAX, World

CALLS = 1_000
HTTP_CLIENTS = 200
CALLS_PER_CLIENT = 5
# The most memory that a server may have come to, built with or without optimization.
MEGABYTES_MAX = 512
REVISION = "2026-07-28"
META = "io.modelcontextprotocol/"


def listing(number: int) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0", "id": number, "method": "tools/call",
        "params": {
            "name": "komodo_jobs_List", "arguments": {},
            "_meta": {META + "protocolVersion": REVISION, META + "clientCapabilities": {}},
        },
    }  # fmt: skip


def check(answer: dict[str, Any], total: int) -> None:
    data = answer["result"]["structuredContent"]["data"]
    assert data["total"] == total and len(data["items"]) == total, data


def one_connection(world: World) -> str:
    """Everything is asked before anything is read; the figures."""
    client = Client(world)
    try:
        job = client.call("komodo_execute_Deploy", id="web", wait_seconds=45)
        assert job["status"] == "success", job
        frames = b"".join(json.dumps(listing(number)).encode() + b"\n" for number in range(CALLS))
        # The server may stop reading while nobody reads it.
        writer = threading.Thread(target=client.send, args=(frames,))
        began = time.monotonic()
        writer.start()
        answered: list[int] = []
        while len(answered) < CALLS:
            line = client.server.stdout.readline()
            assert line.endswith(b"\n"), f"{len(answered)} answers, then half a frame: {line!r}"
            answer = json.loads(line)
            check(answer, total=1)
            answered.append(answer["id"])
        seconds = time.monotonic() - began
        writer.join()
        assert sorted(answered) == list(range(CALLS)), "an answer is missing or came twice"
        megabytes = world.peak_megabytes(client.server.pid)
        assert (rest := client.rest()) == b"", f"more came: {rest[:200]!r}"
        assert megabytes <= MEGABYTES_MAX, f"{megabytes:.0f} MB"
        return f"{seconds:.1f} s, {megabytes:.0f} MB"
    finally:
        client.kill()


def ask(address: urllib.parse.SplitResult, token: str, start: threading.Barrier) -> None:
    """Some calls, one after the other on a connection of its own."""
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=HTTP_SECONDS_MAX)
    start.wait()
    try:
        for number in range(CALLS_PER_CLIENT):
            headers = {
                "Authorization": f"Bearer {token}", "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": REVISION,
                "Mcp-Method": "tools/call", "Mcp-Name": "komodo_jobs_List",
            }  # fmt: skip
            connection.request("POST", address.path, json.dumps(listing(number)), headers)
            response = connection.getresponse()
            body = response.read()
            assert response.status == 200, f"{response.status}: {body[:200]!r}"
            answer = json.loads(body)
            assert answer["id"] == number, answer
            check(answer, total=1)
    finally:
        connection.close()


def many_clients(world: World, token: str) -> str:
    """All clients begin at once; the figures."""
    faults: list[str] = []
    start = threading.Barrier(HTTP_CLIENTS + 1)

    def play(address: urllib.parse.SplitResult) -> None:
        try:
            ask(address, token, start)
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")

    with world.serving_http() as url:
        [server] = world.servers()
        address = urllib.parse.urlsplit(url)
        threads = [threading.Thread(target=play, args=(address,)) for _ in range(HTTP_CLIENTS)]
        for thread in threads:
            thread.start()
        start.wait()
        began = time.monotonic()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
        megabytes = world.peak_megabytes(server)
    assert not faults, f"{len(faults)} of {HTTP_CLIENTS} clients failed, one with {faults[0]}"
    assert megabytes <= MEGABYTES_MAX, f"{megabytes:.0f} MB"
    return f"{seconds:.1f} s, {megabytes:.0f} MB"


def play(world: World, report: Report) -> None:
    with world.simulated():
        token = world.add_token()
        with report.step(f"{CALLS} calls at once on one connection, every answer once") as note:
            note(one_connection(world))
        what = f"{HTTP_CLIENTS} HTTP clients at once, {CALLS_PER_CLIENT} calls each"
        with report.step(what) as note:
            note(many_clients(world, token))
