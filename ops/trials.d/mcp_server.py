"""An MCP server on stdio that takes many calls at once, for trials of real programs."""
import concurrent.futures
import itertools
import json
import subprocess
import threading

REVISION = "2025-11-25"
ANSWER_SECONDS_MAX = 120


class Server:
    # What is raised for an answer that is none.
    error = SystemExit

    def __init__(self, command, env, log):
        self.process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.numbers, self.lock, self.open = itertools.count(1), threading.Lock(), {}
        self.is_gone = False
        threading.Thread(target=self.read, daemon=True).start()

    def introduce(self, client):
        """The handshake; `client` is the name that the server hears."""
        self.ask("initialize", {
            "protocolVersion": REVISION, "capabilities": {},
            "clientInfo": {"name": client, "version": "1"},
        }).result(ANSWER_SECONDS_MAX)
        self.write({"method": "notifications/initialized"})

    def write(self, message):
        with self.lock:
            self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            self.process.stdin.flush()

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if answer := self.open.pop(message.get("id"), None):
                answer.set_result(message)
        self.is_gone = True
        for answer in list(self.open.values()):
            answer.set_exception(ConnectionError("the server is gone"))

    def ask(self, method, params):
        """A future of the answer."""
        if self.is_gone:
            raise self.error(f"the server has ended with {self.process.poll()}")
        number = next(self.numbers)
        answer = self.open[number] = concurrent.futures.Future()
        self.write({"id": number, "method": method, "params": params})
        return answer

    def begin(self, tool, arguments):
        """A future of what a tool answers."""
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def content(self, answer):
        """What a call gave, and whether it is an error."""
        message = answer.result(ANSWER_SECONDS_MAX)
        if "result" not in message:
            raise self.error(f"A call was not answered: {message}")
        return message["result"]["structuredContent"], bool(message["result"].get("isError"))

    def data(self, answer):
        """The data of an answer that is no error."""
        content, is_error = self.content(answer)
        if is_error:
            raise self.error(f"A call was refused: {content}")
        return content["data"]

    def call(self, tool, arguments):
        """What a call gives, and whether it is an error."""
        return self.content(self.begin(tool, arguments))

    def fetch(self, tool, arguments):
        """The data of a call that must succeed."""
        return self.data(self.begin(tool, arguments))
