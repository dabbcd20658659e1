"""What callers ask for: operations that may be sent again, and operations that never are."""

import itertools
import threading

# Deployments that many jobs want, so that lanes are held; they get marks to tell their runs apart.
CROWDED, QUIET = range(1, 13), range(13, 61)
DEPLOYMENTS = 60
# The targets of requests that are only good for being cancelled.
LONG_RUNS = [("build", "slow-build"), ("trigger-action", "slow-action"),
             ("run-procedure", "slow-procedure")]
# How Komodo calls what is asked for.
REQUESTS = {
    "deploy": "Deploy", "build": "RunBuild", "start-server": "StartAllContainers",
    "stop-server": "StopAllContainers", "restart-server": "RestartAllContainers",
    "run-procedure": "RunProcedure", "trigger-action": "RunAction", "pull-repo": "PullRepo",
    "clone-repo": "CloneRepo", "start-deployment": "StartDeployment",
    "stop-deployment": "StopDeployment", "restart-deployment": "RestartDeployment",
    "pause-deployment": "PauseDeployment", "unpause-deployment": "UnpauseDeployment",
    "pull-deployment": "PullDeployment", "destroy-deployment": "DestroyDeployment",
    "deploy-stack": "DeployStack", "deploy-stack-if-changed": "DeployStackIfChanged",
    "start-stack": "StartStack", "stop-stack": "StopStack", "restart-stack": "RestartStack",
    "pull-stack": "PullStack", "run-sync": "RunSync", "build-repo": "BuildRepo",
}
# What Komodo is asked to end; these requests are nobody's job.
CANCELS = {"RunBuild": "CancelBuild", "BuildRepo": "CancelRepoBuild",
           "RunProcedure": "CancelProcedure", "RunAction": "CancelAction"}
# Run the user's own code, or leave no trace: never sent again after a doubt.
NEVER_RESENT = {"run-procedure", "trigger-action", "run-sync", "build-repo",
                "deploy-stack-if-changed"}
# The parameter that carries a mark, where an operation has one that changes nothing else.
MARKED = {"deploy": "stop_time", "stop-deployment": "time", "destroy-deployment": "time",
          "deploy-stack": "stop_time", "stop-stack": "stop_time"}
ASKED_FIRST = {"stop-server", "restart-server", "stop-deployment", "restart-deployment",
               "destroy-deployment", "clone-repo", "stop-stack", "restart-stack"}
TOOLS = {
    "deploy": "Deploy", "build": "Build", "start-server": "StartServer",
    "run-procedure": "RunProcedure", "trigger-action": "TriggerAction", "pull-repo": "PullRepo",
    "pull-deployment": "PullDeployment", "start-deployment": "StartDeployment",
    "pull-stack": "PullStack", "start-stack": "StartStack", "run-sync": "RunSync",
    "build-repo": "BuildRepo",
}


class Request:
    """Something that a caller asks for; with a key it may be asked for again."""

    def __init__(self, number, operation, target, key=None, mark=None, more=()):
        self.number, self.operation, self.target = number, operation, target
        self.key, self.mark, self.more = key, mark, list(more)

    def shell(self):
        """The words of `komodo-jobs`."""
        words = ["run", self.operation, self.target, "-q", *self.more]
        if self.operation in ASKED_FIRST:
            words.append("-y")
        if self.mark is not None:
            name = MARKED.get(self.operation)
            argument = f"{name}={self.mark}" if name else f'args={{"mark":{self.mark}}}'
            words += ["--arg", argument]
        if self.key:
            return words + ["--idempotency-key", self.key]
        return words + (["--new"] if self.makes_new else [])

    @property
    def makes_new(self):
        """Without a key, most make a job of their own; the others may join one."""
        return self.number % 3 > 0

    def call(self, wait_seconds, repeats_failure=False):
        """The tool and its arguments."""
        arguments = {"id": self.target, "wait_seconds": wait_seconds}
        if self.operation == "trigger-action":
            arguments["payload"] = {"mark": self.mark}
            if repeats_failure:
                arguments["options"] = {"retryOnFailure": True}
        if self.key:
            arguments["idempotency_key"] = self.key
        elif self.makes_new:
            arguments["new"] = True
        return "komodo_execute_" + TOOLS[self.operation], arguments


class Workload:
    """An endless, seeded mix of requests; `is_strict` leaves only what must succeed once."""

    def __init__(self, name, is_strict):
        self.name, self.is_strict = name, is_strict
        self.numbers, self.lock = itertools.count(1), threading.Lock()
        self.quiet = itertools.cycle(QUIET)
        self.once = {"deploy-stack-if-changed": ["blog", "media", "broken-stack"],
                     "deploy": ["stuck"]}

    def next(self, chance, by_tool=False):
        with self.lock:
            number = next(self.numbers)
            quiet = f"app-{next(self.quiet):04d}"
        key = f"{self.name}-{number}" if chance.random() < 0.6 else None
        if self.is_strict:
            return Request(number, "deploy", quiet, key, None if by_tool else number)
        operation, target, more = self.draw(chance, quiet, by_tool)
        # Tools take no marks on deployments, so they get targets of their own.
        marks = operation == "trigger-action" or (operation in MARKED and not by_tool)
        return Request(number, operation, target, key, number if marks else None, more)

    def draw(self, chance, quiet, by_tool):
        crowded = f"app-{chance.choice(CROWDED):04d}"
        place = chance.random()
        if place < 0.34:
            return "deploy", quiet if by_tool else crowded, ()
        if place < 0.46:
            words = ["start-deployment", "pull-deployment"]
            if not by_tool:
                words += ["stop-deployment", "restart-deployment", "pause-deployment",
                          "unpause-deployment", "destroy-deployment"]
            word = chance.choice(words)
            return word, crowded if word in MARKED else quiet, ()
        if place < 0.52:
            return "build", chance.choice(["my-app", "api-image", "broken-build"]), ()
        if place < 0.57:
            word = "start-server" if by_tool else chance.choice(
                ["start-server", "restart-server", "stop-server"])
            return word, chance.choice(["prod-1", "prod-2", "staging"]), ()
        if place < 0.65:
            word = "pull-repo" if by_tool else chance.choice(["pull-repo", "clone-repo"])
            return word, chance.choice(["infra", "docs", "my-repo", "broken-repo"]), ()
        if place < 0.69:
            return "build-repo", chance.choice(["infra", "docs", "my-repo"]), ()
        if place < 0.74:
            word = chance.choice(["pull-stack", "start-stack"]) if by_tool else chance.choice(
                ["deploy-stack", "restart-stack", "stop-stack", "pull-stack"])
            return word, "shop" if word in MARKED else "monitoring", ()
        if place < 0.80:
            return "run-procedure", chance.choice(
                ["nightly", "release", "broken-procedure"]), ()
        if place < 0.87:
            return "trigger-action", chance.choice(
                ["cleanup", "report", "broken-action"]), ()
        if place < 0.91:
            return "run-sync", chance.choice(["production", "broken-sync"]), ()
        return self.rare(chance, quiet, by_tool)

    def rare(self, chance, quiet, by_tool):
        kind = chance.choice(["once", "long", "odd", "odd"])
        if kind == "once" and not by_tool:
            operation = chance.choice(list(self.once))
            with self.lock:
                target = self.once[operation].pop() if self.once[operation] else None
            # We stop waiting for these: nothing tells when they end.
            if target:
                return operation, target, ["--deadline", "8s"]
        if kind == "long":
            return *chance.choice(LONG_RUNS), ()
        if by_tool:
            return "deploy", quiet, ()
        return "deploy", chance.choice(
            ["broken", "flaky", "busy", "offline-app", "secret-vault", "sick"]), (
            ["--wait-for-healthy", "--deadline", "10s"] if chance.random() < 0.3 else ())
