"""The simulated Komodo of one round, and everything that goes wrong with it."""

import json
import subprocess
import time
import urllib.error
import urllib.request

from workload import DEPLOYMENTS

TIME_SCALE = 0.05
HTTP_SECONDS_MAX, RESTART_SECONDS_MAX = 30, 30
# More than the ledger keeps.
LEDGER_MAX = 1_000_000
REQUEST_SECONDS, GRACE_SECONDS = 2, 2
# A request that is late by less than its timeout and the grace together is still found: what comes
# later than that is beyond what the grace promises.
LATE_MS = 2_500


def rule(path, probability, kind, **more):
    return {"match": {"path": path, "probability": probability}, "action": {"kind": kind, **more}}


# Faults that lose answers after Komodo accepted, or requests before it did.
ANSWERS = [rule("/execute", 0.05, "drop_after"), rule("/execute", 0.05, "reset_before"),
           rule("/read", 0.03, "drop_before")]
# Every kind of fault. A proxy's 502, 503 or 504 may hide an operation that was accepted.
ALL = [
    rule("/execute", 0.04, "drop_after"), rule("/execute", 0.03, "reset_after"),
    rule("/execute", 0.03, "reset_before"), rule("/execute", 0.02, "drop_before"),
    rule("/execute", 0.03, "delay", delay_before_ms=LATE_MS),
    rule("/execute", 0.03, "delay", delay_after_ms=LATE_MS),
    rule("/execute", 0.03, "delay", delay_before_ms=150, delay_after_ms=150),
    rule("/execute", 0.02, "status", status=503, body="try later"),
    rule("/execute", 0.02, "status", status=504, body="no answer in time", accepted=True),
    rule("/execute", 0.01, "status", status=500, body="{\"error\": \"odd\", \"trace\": []}",
         accepted=True),
    rule("/execute", 0.02, "status", status=429, body="{\"error\": \"Too many attempts\"}",
         headers={"Retry-After": "1"}),
    rule("/execute", 0.01, "html"), rule("/execute", 0.01, "html", accepted=True),
    rule("/execute", 0.02, "truncate"), rule("/execute", 0.01, "stall"),
    rule("/execute", 0.02, "slow_body", chunk_bytes=8, interval_ms=20),
    rule("/execute", 0.01, "slow_body", chunk_bytes=1, interval_ms=200),
    rule("/execute", 0.01, "malformed"), rule("/execute", 0.003, "huge"),
    rule("/execute", 0.01, "database_down"),
    rule("/read", 0.01, "drop_before"), rule("/read", 0.01, "drop_after"),
    rule("/read", 0.01, "reset_before"), rule("/read", 0.01, "reset_after"),
    rule("/read", 0.01, "delay", delay_before_ms=800), rule("/read", 0.005, "stall"),
    rule("/read", 0.01, "status", status=502), rule("/read", 0.01, "status", status=500),
    rule("/read", 0.005, "status", status=429, headers={"Retry-After": "1"}),
    rule("/read", 0.005, "html"), rule("/read", 0.01, "truncate"),
    rule("/read", 0.005, "malformed"), rule("/read", 0.002, "huge"),
    rule("/read", 0.01, "slow_body", chunk_bytes=64, interval_ms=10),
    rule("/read", 0.005, "database_down"),
    rule("/user", 0.03, "drop_before"), rule("/user", 0.02, "status", status=503),
    rule("/version", 0.03, "drop_before"), rule("/version", 0.02, "status", status=503),
]
RULES = {"all": ALL, "answers": ANSWERS, "none": []}
# Silent, chatty, closed or refused; sent with each change of the faults.
SOCKETS = [{"stall_after": 3}, {"duplicates": 2}, {"close_after": 2}, {"refuse": True}, {}]
# What happens to a target for a while, or to so many of its executions.
TROUBLES = [("busy", {"times": 2}), ("busy", {"for_ms": 1_500}), ("offline", {"times": 1}),
            ("fails", {"times": 1}), ("vanishes", {"times": 1}), ("unhealthy", {"times": 1}),
            ("missing", {"for_ms": 800}), ("forbidden", {"for_ms": 800}), ("lost", {"times": 1})]
TARGETS = [f"app-{number:04d}" for number in range(1, DEPLOYMENTS + 1)] + [
    "web", "shop", "my-app", "api-image", "infra", "docs", "my-repo", "prod-1", "prod-2",
    "production", "nightly", "cleanup", "monitoring"]
# A Komodo that forgets a run of which nobody knows yet takes away the only evidence of it, so this
# happens only to what is never sent again after a doubt.
FORGOTTEN = ["nightly", "release", "cleanup", "report", "production"]
# Core's refusals stand in this stage of the log; every other run has done something.
REFUSED = "Task Error"


class Komodo:
    """One simulated Komodo, as a process."""

    def __init__(self, program, folder, faults, seed, log):
        path = folder + "/faults.json"
        with open(path, "w") as file:
            json.dump({"rules": RULES[faults]}, file)
        self.process = subprocess.Popen(
            [program, "simulator", "--port", "0", "--time-scale", str(TIME_SCALE),
             "--extra-deployments", str(DEPLOYMENTS), "--seed", str(seed), "--faults", path],
            stdout=subprocess.PIPE, stderr=log, text=True)
        self.address = json.loads(self.process.stdout.readline())
        self.url, self.operator = self.address["url"], self.address["operator_id"]

    def control(self, name, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/simulator/{name}", data, {"Content-Type": "application/json"})
        # It may be restarting.
        end = time.monotonic() + RESTART_SECONDS_MAX
        while True:
            try:
                with urllib.request.urlopen(request, timeout=HTTP_SECONDS_MAX) as answer:
                    return json.load(answer)
            except OSError as error:
                reason = getattr(error, "reason", error)
                # What may have been carried out is not asked for twice.
                passing = ConnectionError if body is None else ConnectionRefusedError
                if not isinstance(reason, passing) or time.monotonic() > end:
                    raise
            time.sleep(0.05)

    def add_faults(self, chance, rules=(), resources=()):
        return self.control("faults", {"rules": list(rules), "resources": list(resources),
                                       "websocket": chance.choice(SOCKETS), "append": True})

    def trouble(self, chance):
        """Something about one target for a while."""
        behaviour, bounds = chance.choice(TROUBLES)
        targets = FORGOTTEN if behaviour == "lost" else TARGETS
        self.add_faults(chance, resources=[
            {"name": chance.choice(targets), "behaviour": behaviour, **bounds}])

    def lose_next(self, chance, name):
        """Loses the answer to the next deploy of one target, or the request."""
        kind = chance.choice(["drop_after", "drop_before"])
        self.add_faults(chance, rules=[{"match": {"type": "Deploy", "target": name}, "times": 1,
                                        "action": {"kind": kind}}])

    def restart(self, chance):
        self.control("restart", {"down_ms": chance.randint(0, 400)})

    def calm(self):
        self.control("faults", {})

    def ledger(self):
        ledger = self.control(f"ledger?limit={LEDGER_MAX}")
        if ledger["request_count"] != len(ledger["requests"]):
            raise SystemExit("The simulator forgot requests; the counts would be too low.")
        return ledger

    def update(self, number):
        """The update of an execution; None when Komodo has forgotten it."""
        body = json.dumps({"type": "GetUpdate", "params": {"id": number}}).encode()
        request = urllib.request.Request(self.url + "/read", body, {
            "Content-Type": "application/json", "X-Api-Key": self.address["api_key"],
            "X-Api-Secret": self.address["api_secret"]})
        try:
            with urllib.request.urlopen(request, timeout=HTTP_SECONDS_MAX) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if "no update exists" in error.read().decode(errors="replace"):
                return None
            raise
