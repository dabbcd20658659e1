"""What every client does, over both transports."""

from typing import Any

import anyio

from peer import STEP_SECONDS_MAX, Answer, Session, User
from visit import EXECUTE, JOBS, READ, WAIT, Visit, same
from world import until

KINDS = "Server Deployment Stack Build Repo Procedure Action Alert".split()
# Tool, target, and the request that Komodo gets.
HARMLESS = [
    ("Deploy", "web", "Deploy"),
    ("Build", "my-app", "RunBuild"),
    ("StartServer", "prod-2", "StartAllContainers"),
    ("RunProcedure", "nightly", "RunProcedure"),
    ("TriggerAction", "cleanup", "RunAction"),
    ("PullRepo", "docs", "PullRepo"),
]
DESTRUCTIVE = [
    ("StopServer", "staging", "StopAllContainers"),
    ("RestartServer", "prod-1", "RestartAllContainers"),
    ("CloneRepo", "infra", "CloneRepo"),
]
TOOLS = {EXECUTE + tool for tool, _, _ in HARMLESS + DESTRUCTIVE} | {
    JOBS + tool
    for tool in "List Get Wait Logs Search Cancel Retry Resolve Budget Stats".split()
} | {
    READ + tool
    for tool in [f"List{kind}s" for kind in KINDS] + [f"Get{kind}" for kind in KINDS]
}  # fmt: skip
# The repo is cloned already, so the order must say that the clone may go.
OPTIONS = {"CloneRepo": {"overwrite": True}}
RESOURCES = {"komodo://budget", "komodo://queue"}
TEMPLATES = {"komodo://jobs/{job_id}", "komodo://jobs/{job_id}/log"}
PROMPTS = {
    "deploy_and_verify", "diagnose_failed_job", "build_and_deploy", "incident_summary",
    "safe_stop_server",
}  # fmt: skip


class Scenario(Visit):
    async def play(self) -> None:
        await self.run(self.whole_connection, User())
        await self.run(self.connection_without_user, None)
        await self.restart()
        with self.report.step("Komodo got every order once and nothing else"):
            same("submissions", self.world.submissions(), self.ordered)
        with self.report.step("no process is left when idle"):
            until("the end of all processes", lambda: not self.world.processes())

    # Parts.

    async def whole_connection(self, session: Session, user: User) -> None:
        await self.lists(session)
        await self.reads(session)
        for tool, target, request in HARMLESS:
            with self.step(EXECUTE + tool):
                await self.succeeds_with(session, tool, target, request)
        for tool, target, request in DESTRUCTIVE:
            with self.step(f"{EXECUTE}{tool}, the user is asked"):
                user.asked, user.reply = [], {"confirm": True, "target": target}
                await self.succeeds_with(session, tool, target, request)
                same("questions", len(user.asked), 1)
        with self.step(f"{EXECUTE}StopServer, the user declines"):
            user.asked, user.reply = [], None
            answer = await session.call(EXECUTE + "StopServer", {"id": "prod-2", "wait_seconds": 0})
            same("questions", len(user.asked), 1)
            same("status", answer.data["status"], "cancelled")
            assert "job_id" not in answer.data, "a job was made"
        await self.follows(session)
        await self.task(session)
        await self.cancels(session)

    async def connection_without_user(self, session: Session, _: None) -> None:
        with self.step(f"{EXECUTE}CloneRepo, confirmed by token"):
            order = {
                "id": "my-repo", "wait_seconds": WAIT, "options": OPTIONS["CloneRepo"],
            }  # fmt: skip
            refusal = await session.call(EXECUTE + "CloneRepo", order)
            same("code", refusal.code, "CONFIRMATION_REQUIRED")
            order["confirmation_token"] = refusal.content["details"]["confirmation_token"]
            await self.succeeds(session, "CloneRepo", "my-repo", "CloneRepo", order)
        with self.step("a token confirms one call only"):
            refusal = await session.call(EXECUTE + "CloneRepo", order)
            same("code", refusal.code, "CONFIRMATION_REQUIRED")
        with self.step("an order for what does not exist is refused"):
            order = {"id": "no-such-deployment", "wait_seconds": WAIT}
            answer = await session.call(EXECUTE + "Deploy", order)
            same("code", answer.code, "NOT_FOUND")
        with self.step("arguments of a wrong type are refused"):
            answer = await session.call(EXECUTE + "Deploy", {"id": "web", "wait_seconds": "long"})
            assert answer.is_error and "/wait_seconds" in answer.text, answer

    async def lists(self, session: Session) -> None:
        with self.step("list tools"):
            same("tools", await session.tools(), TOOLS)
        with self.step("list resources and templates"):
            same("resources", await session.resources(), RESOURCES)
            same("templates", await session.templates(), TEMPLATES)
        with self.step("list and get prompts"):
            same("prompts", await session.prompts(), PROMPTS)
            text = await session.prompt("deploy_and_verify", {"deployment": "web"})
            assert "web" in text, text

    async def reads(self, session: Session) -> None:
        """Looks at each kind of resource as somebody would who is about to give orders."""
        for kind in KINDS:
            with self.step(f"{READ}List{kind}s and Get{kind}"):
                page = (await session.call(f"{READ}List{kind}s", {"page_size": 1})).data
                same("page size", page["pageSize"], 1)
                assert page["total"] >= len(page["items"]) == 1, page
                item = page["items"][0]
                resource = (await session.call(f"{READ}Get{kind}", {"id": item["id"]})).data
                same("id", resource["id"], item["id"])
        with self.step("a deployment shows the end of its log"):
            answer = await session.call(READ + "GetDeployment", {"id": "web"})
            assert answer.data["logs"], answer
        with self.step("a resource that does not exist is not found"):
            answer = await session.call(READ + "GetServer", {"id": "prod-9"})
            same("code", answer.code, "NOT_FOUND")
            assert "prod-1" in answer.content["details"]["suggestions"], answer.content

    async def follows(self, session: Session) -> None:
        """Waits for a job with progress, and reads what came of it."""
        job, seen = None, []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            seen.append(done)
            # Only now may the build end, so the progress came while it ran.
            await anyio.to_thread.run_sync(release)

        with self.step(f"{JOBS}Wait with progress"), self.world.held() as release:
            job = await self.start(session, "api-image")
            answer = await session.call(
                JOBS + "Wait", {"job_id": job, "wait_seconds": WAIT}, progress)  # fmt: skip
            same("status", answer.data["status"], "success")
            assert seen and seen == sorted(set(seen)), f"the progress was {seen}"
        with self.step(f"{JOBS}Logs and the log as a resource"):
            answer = await session.call(JOBS + "Logs", {"job_id": job, "stage": "Docker Build"})
            assert "docker build" in answer.data["text"], answer.data
            text = await session.read(f"komodo://jobs/{job}/log")
            assert "naming to registry.example.com/api-image" in text, text
        with self.step(f"{JOBS}Search"):
            answer = await session.call(JOBS + "Search", {"text": "NAMING TO registry.example.com"})
            found = {item["job_id"]: item["text"] for item in answer.data["items"]}
            assert "naming to registry.example.com/api-image" in found.get(job, ""), answer.data
            answer = await session.call(JOBS + "Search", {"text": "no such words anywhere"})
            same("items", answer.data["items"], [])
        with self.step(f"{JOBS}Get, List and the job as a resource"):
            answer = await session.call(JOBS + "Get", {"job_id": job})
            same("status", answer.data["status"], "success")
            answer = await session.call(JOBS + "List", {"target": "api-image"})
            assert job in [item["job_id"] for item in answer.data["items"]], answer.data
            assert job in await session.read(f"komodo://jobs/{job}")

    async def task(self, session: Session) -> None:
        with self.step(f"{EXECUTE}Build as a task"), self.world.held() as release:
            task = await session.start_task(EXECUTE + "Build", {"id": "api-image"})
            self.ordered["RunBuild", "api-image"] += 1
            same("status", await session.task_status(task), "working")
            release()
            status, answer = await session.task_end(task)
            same("status", status, "completed")
            same("job", answer.data["job_id"], task)
            same("status of the job", answer.data["status"], "success")
            if (listed := await session.listed_tasks()) is not None:
                assert task in listed, f"{task} is not among {listed}"
        if self.peer.gets_tasks_unasked:
            with self.step(f"{EXECUTE}Deploy, a task the caller does not see"):
                answer = await session.call(EXECUTE + "Deploy", {"id": "api"})
                self.ordered["Deploy", "api"] += 1
                same("status", answer.data["status"], "success")

    async def cancels(self, session: Session) -> None:
        with self.step("cancel a task"), self.world.held():
            task = await session.start_task(EXECUTE + "Build", {"id": "slow-build"})
            self.ordered["RunBuild", "slow-build"] += 1
            await self.runs(session, task)
            await session.cancel_task(task)
            self.ordered["CancelBuild", "slow-build"] += 1
            status, _ = await session.task_end(task)
            same("status of the task", status, "cancelled")
            same("status of the job", await self.end(session, task), "cancelled")
        with self.step(f"{JOBS}Cancel"), self.world.held():
            job = await self.start(session, "slow-build")
            await self.runs(session, job)
            answer = await session.call(JOBS + "Cancel", {"job_id": job})
            self.ordered["CancelBuild", "slow-build"] += 1
            same("job", answer.data["job_id"], job)
            same("status", await self.end(session, job), "cancelled")

    async def restart(self) -> None:
        """The server is killed while a task and a job run; another one tells how they end."""
        task = job = None
        with self.world.held() as release:
            with self.report.step("the server is killed while a task and a job run"):
                is_killed = False
                try:
                    async with self.connected(User(), ", to be killed") as session:
                        with anyio.fail_after(STEP_SECONDS_MAX):
                            task = await session.start_task(EXECUTE + "Build", {"id": "my-app"})
                            self.ordered["RunBuild", "my-app"] += 1
                            await self.runs(session, task)
                            job = await self.start(session, "api-image")
                            await self.runs(session, job)
                        self.world.kill_server()
                        is_killed = True
                except Exception:
                    # What a client makes of a server that is gone is its own affair.
                    if not is_killed:
                        raise
                assert is_killed, "the server was not killed"
                assert not self.world.servers(), "the server is still there"
                assert self.world.workers(), "no worker goes on"
            if not is_killed:
                return
            with self.report.step("disconnect after a restart"):
                async with self.connected(User(), " again") as session:
                    if session is not None:
                        await self.find_again(session, task, job, release)
                until("the end of the server", lambda: not self.world.servers())

    async def find_again(self, session: Session, task: str, job: str, release: Any) -> None:
        with self.step("the task is found again and its end is seen"):
            if (listed := await session.listed_tasks()) is not None:
                assert task in listed, f"{task} is not among {listed}"
            same("status", await session.task_status(task), "working")
            release()
            status, answer = await session.task_end(task)
            same("status", status, "completed")
            same("job", answer.data["job_id"], task)
        with self.step("the job is found again and its end is seen"):
            answer = await session.call(JOBS + "List", {"target": "api-image"})
            assert job in [item["job_id"] for item in answer.data["items"]], answer.data
            same("status", await self.end(session, job), "success")

    # Orders.

    async def succeeds_with(
        self, session: Session, tool: str, target: str, request: str
    ) -> Answer:
        """Calls a tool with the options that it needs."""
        options = {"options": OPTIONS[tool]} if tool in OPTIONS else {}
        return await self.succeeds(session, tool, target, request, {"id": target, **options})
