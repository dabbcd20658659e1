"""What users are told to do with the tools: the common patterns and good habits of the usage guide,
and the mistakes of beginners, in both interfaces of Komodo.
"""

import json
from typing import Any

import anyio

from peer import Answer, Peer, Session, User
from report import Report
from visit import EXECUTE, JOBS, READ, WAIT, Visit, same
from world import LOOK_SECONDS, World

INTERFACES = ("core", "signed")
# As long as a follow-up by hand goes on.
LOOKS_MAX = 600
ERROR_FIELDS = {"error", "code", "status", "timestamp", "details"}
UNKNOWN_JOB = "job_deploy_" + "0" * 26
SERVERS = {
    "edge-offline": "error", "lab-disabled": "stopped", "prod-1": "running", "prod-2": "running",
    "staging": "running",
}  # fmt: skip


def names(data: dict[str, Any]) -> list[str]:
    return [item["name"] for item in data["items"]]


class Workflows(Visit):
    def __init__(self, peer: Peer, world: World, report: Report, interface: str) -> None:
        super().__init__(peer, world, report)
        self.title, self.is_core = f"{interface}: ", interface == "core"

    async def play(self) -> None:
        await self.run(self.workflows, User())
        await self.run(self.workflows_without_user, None)
        with self.report.step(f"{self.title}Komodo got every order once and nothing else"):
            same("submissions", self.world.submissions(), self.ordered)

    async def workflows(self, session: Session, user: User) -> None:
        with self.step("server management: list, look, restart, verify"):
            await self.manages_a_server(session, user)
        with self.step("deployment: list, deploy, look, verify"):
            await self.deploys(session)
        with self.step("build and deploy: list, build, look while it builds, deploy"):
            await self.builds_and_deploys(session)
        with self.step("a procedure in the background, followed in its history"):
            await self.runs_a_procedure(session)
        with self.step("pages and filters give every item once"):
            await self.pages(session)
        with self.step("several questions at once"):
            await self.asks_at_once(session)
        with self.step("mistakes in reads are told in the documented form"):
            await self.reads_wrongly(session)
        with self.step("mistakes in orders are told, and nothing is ordered"):
            await self.orders_wrongly(session)

    async def workflows_without_user(self, session: Session, _: None) -> None:
        with self.step("alerts: critical ones, one of them, its server, a restart by token"):
            await self.handles_an_alert(session)

    # Common patterns.

    async def manages_a_server(self, session: Session, user: User) -> None:
        servers = await self.read(session, "ListServers")
        same("servers", {item["name"]: item["status"] for item in servers["items"]}, SERVERS)
        [wanted] = [item for item in servers["items"] if item["name"] == "prod-1"]
        server = await self.read(session, "GetServer", id="prod-1")
        same("server", (server["id"], server["status"]), (wanted["id"], "running"))
        user.asked, user.reply = [], {"confirm": True, "target": "prod-1"}
        job = (await self.order(session, "RestartServer", wanted["id"], "prod-1")).data
        same("target", (job["server_id"], job["server_name"]), (wanted["id"], "prod-1"))
        [question] = user.asked
        assert "prod-1" in question, question
        same("restarts", self.times("RestartAllContainers", "prod-1"), 1)
        server = await self.read(session, "GetServer", id=wanted["id"])
        same("status", server["status"], "running")
        same("job", (await self.job(session, job["job_id"]))["status"], "success")

    async def deploys(self, session: Session) -> None:
        host = await self.read(session, "GetServer", id="prod-2")
        there = await self.read(session, "ListDeployments", server_id="prod-2")
        same("deployments on prod-2", names(there), ["worker"])
        same("server", there["items"][0]["server_id"], host["id"])
        job = (await self.order(session, "Deploy", "worker", options={"force": True})).data
        same("deploys", self.times("Deploy", "worker"), 1)
        deployment = await self.read(session, "GetDeployment", id="worker")
        same("deployment", deployment["id"], job["deployment_id"])
        same("status", deployment["status"], "running")
        newest = deployment["deployment_history"][0]
        same("newest deployment", newest["status"], "success")
        if self.is_core:
            self.is_run_of(job, newest, "remote_job_id")
        running = await self.read(session, "ListDeployments", status="running")
        assert "worker" in names(running) and "stopped-app" not in names(running), names(running)
        same("states", {item["status"] for item in running["items"]}, {"running"})

    async def builds_and_deploys(self, session: Session) -> None:
        builds = await self.read(session, "ListBuilds", repo_id="my-repo")
        same("builds of my-repo", names(builds), ["my-app"])
        before = await self.read(session, "GetBuild", id="my-app")
        options = {"skipCache": True}
        if self.is_core:
            order = {"id": "my-app", "wait_seconds": 0, "options": options}
            refusal = await session.call(EXECUTE + "Build", order)
            self.is_error(refusal, "UNSUPPORTED_OPTION", 400)
            same("field", refusal.content["details"]["komodo_field"], "build.config.extra_args")
            same("builds", self.times("RunBuild", "my-app"), 0)
            options = {"forceBuild": True}
        with self.world.held() as release:
            job = await self.start(session, "my-app", options)
            await self.runs(session, job)
            same("status", (await self.read(session, "GetBuild", id="my-app"))["status"], "building")
            release()
            same("status", await self.end(session, job), "success")
        job = await self.job(session, job)
        build = await self.read(session, "GetBuild", id="my-app")
        same("status", build["status"], "success")
        history = build["build_history"]
        same("builds", len(history), len(before["build_history"]) + 1)
        same("newest build", history[0]["status"], "success")
        if self.is_core:
            self.is_run_of(job, history[0], "remote_job_id")
        else:
            same("number", history[0]["build_number"], len(history))
        await self.order(session, "Deploy", "my-app")
        orders = [order for order in self.world.asked_by_us() if order.endswith(" my-app")]
        same("orders", orders, ["RunBuild my-app", "Deploy my-app"])

    async def handles_an_alert(self, session: Session) -> None:
        alerts = await self.read(session, "ListAlerts", severity="critical", resolved=False)
        same("critical alerts", {item["id"] for item in alerts["items"]}, self.critical_alerts())
        same("total", alerts["total"], len(alerts["items"]))
        about = "prod-1" if self.is_core else "edge-offline"
        [listed] = [item for item in alerts["items"] if item["resource_name"] == about]
        alert = await self.read(session, "GetAlert", id=listed["id"])
        same("alert", (alert["id"], alert["severity"]), (listed["id"], "critical"))
        same("resolved", alert["resolved"], False)
        same("type", alert["resource_type"], "server")
        server = await self.read(session, "GetServer", id=alert["resource_id"])
        same("server", server["name"], about)
        same("status", server["status"], SERVERS[about])
        order = {"id": alert["resource_id"], "wait_seconds": WAIT if self.is_core else 0}
        preview = await session.call(EXECUTE + "RestartServer", order)
        self.is_error(preview, "CONFIRMATION_REQUIRED", 428)
        assert about in preview.text, preview.text
        before = self.times("RestartAllContainers", about)
        same("restarts so far", before, self.ordered["RestartAllContainers", about])
        order["confirmation_token"] = preview.content["details"]["confirmation_token"]
        answer = await session.call(EXECUTE + "RestartServer", order)
        self.ordered["RestartAllContainers", about] += 1
        if self.is_core:
            same("status", answer.data["status"], "success")
        else:
            # The only server with an alert there cannot be reached. It shows no sign of a restart,
            # so for minutes nobody can tell whether there was one.
            await self.runs(session, answer.data["job_id"])
        same("restarts", self.times("RestartAllContainers", about), before + 1)
        server = await self.read(session, "GetServer", id=about)
        same("status", server["status"], SERVERS[about])

    # Good habits.

    async def runs_a_procedure(self, session: Session) -> None:
        order = {"id": "nightly", "wait_seconds": 0, "options": {"async": True}}
        answer = await session.call(EXECUTE + "RunProcedure", order)
        self.ordered["RunProcedure", "nightly"] += 1
        assert answer.data["status"] in ("pending", "starting", "running"), answer.data
        for _ in range(LOOKS_MAX):
            procedure = await self.read(session, "GetProcedure", id="nightly")
            last = procedure.get("last_execution") or {}
            if last.get("status") in ("success", "failed"):
                break
            await anyio.sleep(LOOK_SECONDS)
        same("last execution", last.get("status"), "success")
        same("status", await self.end(session, answer.data["job_id"]), "success")
        procedure = await self.read(session, "GetProcedure", id="nightly")
        job = await self.job(session, answer.data["job_id"])
        self.is_run_of(job, procedure["execution_history"][0], "execution_id")

    async def pages(self, session: Session) -> None:
        whole = await self.read(session, "ListDeployments", page_size=100)
        same("total", whole["total"], len(whole["items"]))
        found: list[str] = []
        size = 5
        last = -(-whole["total"] // size)
        for page in range(1, last + 2):
            part = await self.read(session, "ListDeployments", page=page, page_size=size)
            same("page", (part["page"], part["pageSize"]), (page, size))
            same("totals", (part["total"], part["totalPages"]), (whole["total"], last))
            assert bool(part["items"]) == (page <= last), f"page {page} of {last}: {names(part)}"
            found += names(part)
        same("all pages", found, names(whole))
        filtered = await self.read(
            session, "ListDeployments", server_id="staging", status="stopped", page_size=1)
        same("stopped on staging", filtered["total"], 2)
        same("items", len(filtered["items"]), 1)

    async def asks_at_once(self, session: Session) -> None:
        answers: dict[str, dict[str, Any]] = {}

        async def ask(key: str, tool: str, **arguments: Any) -> None:
            answers[key] = await self.read(session, tool, **arguments)

        async with anyio.create_task_group() as group:
            group.start_soon(lambda: ask("servers", "ListServers"))
            group.start_soon(lambda: ask("all", "ListDeployments", page_size=100))
            group.start_soon(
                lambda: ask("alerts", "ListAlerts", severity="critical", resolved=False))
            for server in SERVERS:
                group.start_soon(
                    lambda server=server: ask(
                        server, "ListDeployments", server_id=server, page_size=100))
        same("servers", set(names(answers["servers"])), set(SERVERS))
        by_server = [name for server in SERVERS for name in names(answers[server])]
        same("deployments", sorted(by_server), sorted(names(answers["all"])))
        found = {item["id"] for item in answers["alerts"]["items"]}
        same("critical alerts", found, self.critical_alerts())

    # Mistakes.

    async def reads_wrongly(self, session: Session) -> None:
        answer = await session.call(READ + "GetServer", {"id": "prd-1"})
        self.is_error(answer, "NOT_FOUND", 404)
        same("nearest", answer.content["details"]["suggestions"][0], "prod-1")
        for tool, arguments, path in [
            ("ListServers", {"page": 0}, "/page"),
            ("ListServers", {"page_size": 101}, "/page_size"),
            ("ListServers", {"status": "runing"}, "/status"),
            ("GetServer", {}, "/id"),
        ]:
            answer = await session.call(READ + tool, arguments)
            self.is_error(answer, "VALIDATION_ERROR", 400)
            problems = answer.content["details"]["problems"]
            same(f"{tool} {arguments}", [problem["path"] for problem in problems], [path])
            if path == "/status":
                same("words", set(problems[0]["allowed_values"]),
                     {"running", "stopped", "pending", "error"})  # fmt: skip

    async def orders_wrongly(self, session: Session) -> None:
        before = self.world.submissions()
        answer = await session.call(EXECUTE + "Deploy", {"id": "wrker", "wait_seconds": 0})
        self.is_error(answer, "NOT_FOUND", 404)
        same("nearest", answer.content["details"]["suggestions"][0], "worker")
        for arguments, path in [
            ({}, "/id"),
            ({"id": "web", "options": {"forse": True}}, "/options/forse"),
            ({"id": "web", "wait_seconds": 46}, "/wait_seconds"),
        ]:
            answer = await session.call(EXECUTE + "Deploy", arguments)
            self.is_error(answer, "VALIDATION_ERROR", 400)
            problems = answer.content["details"]["problems"]
            same(f"Deploy {arguments}", [problem["path"] for problem in problems], [path])
        answer = await session.call(JOBS + "Get", {"job_id": "job_deploy_123"})
        self.is_error(answer, "VALIDATION_ERROR", 400)
        answer = await session.call(JOBS + "Get", {"job_id": UNKNOWN_JOB})
        self.is_error(answer, "NOT_FOUND", 404)
        same("submissions", self.world.submissions(), before)

    # Looks and orders.

    async def read(self, session: Session, tool: str, **arguments: Any) -> dict[str, Any]:
        return (await session.call(READ + tool, arguments)).data

    async def job(self, session: Session, job: str) -> dict[str, Any]:
        return (await session.call(JOBS + "Get", {"job_id": job})).data

    async def order(
        self, session: Session, tool: str, id: str, name: str | None = None, **more: Any
    ) -> Answer:
        request = {"RestartServer": "RestartAllContainers"}.get(tool, tool)
        return await self.succeeds(session, tool, name or id, request, {"id": id, **more})

    def times(self, request: str, target: str) -> int:
        """How often Komodo accepted a request from us."""
        return self.world.submissions()[request, target]

    def critical_alerts(self) -> set[str]:
        """The ids of the open critical alerts, as Komodo tells them without us."""
        if self.is_core:
            alerts = self.world.ask_core("ListAlerts", {"query": {}})["alerts"]
            return {
                alert["_id"]["$oid"] for alert in alerts
                if alert["level"] == "CRITICAL" and not alert["resolved"]
            }  # fmt: skip
        items = self.world.ask_signed("/read/alerts?page_size=100")["items"]
        return {
            alert["id"] for alert in items
            if alert["severity"] == "critical" and not alert["resolved"]
        }  # fmt: skip

    def is_run_of(self, job: dict[str, Any], entry: dict[str, Any], remote_id: str) -> None:
        """An entry of a history is the run of a job; `remote_id` is what the job calls its id."""
        same("run", entry["execution_id"], job[remote_id])
        same("job of the run", entry["job_id"], job["job_id"])

    def is_error(self, answer: Answer, code: str, status: int) -> None:
        """The documented form of errors."""
        assert answer.is_error, f"no error but {answer.text}"
        same("code", answer.content["code"], code)
        same("status", answer.content["status"], status)
        same("fields", set(answer.content) - {"retry_after"}, ERROR_FIELDS)
        same("text", json.loads(answer.text), answer.content)
