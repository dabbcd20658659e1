"""What the plays with one client have in common: connections, steps and orders."""

from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, AsyncIterator, Iterator

import anyio

from peer import STEP_SECONDS_MAX, Answer, Peer, Session, User
from report import Report
from world import LOOK_SECONDS, World, until

EXECUTE = "komodo_execute_"
JOBS = "komodo_jobs_"
READ = "komodo_read_"
# The longest wait that the tools allow.
WAIT = 45
UNAUTHORIZED = 401


def same(what: str, found: Any, wanted: Any) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


class Visit:
    """One client in one world; what it ordered is counted."""

    # Comes before the name of every step.
    title = ""

    def __init__(self, peer: Peer, world: World, report: Report) -> None:
        self.peer, self.world, self.report = peer, world, report
        self.is_http = report.transport == "http"
        self.token = world.add_token() if self.is_http else None
        self.ordered: Counter[tuple[str, str]] = Counter()

    # Connections.

    @asynccontextmanager
    async def connected(self, user: User | None, again: str = "") -> AsyncIterator[Session | None]:
        """A server and a connection to it; None, and a failed step, when there is none."""
        async with AsyncExitStack() as stack:
            session = None
            with self.report.step(f"{self.title}connect{again}, {self.peer.revision}"):
                url = None
                if self.is_http:
                    url = stack.enter_context(self.world.serving_http())
                    same("without a token", self.world.status_without_token(url), UNAUTHORIZED)
                connection = self.peer.connect(self.world, url, self.token, user)
                session = await stack.enter_async_context(connection)
                same("revision", session.revision, self.peer.revision)
            yield session

    async def run(self, part: Any, user: User | None) -> None:
        """One part of the play on a connection of its own."""
        what = part.__name__.replace("_", " ")
        with self.report.step(f"{self.title}disconnect after {what}"):
            async with self.connected(user) as session:
                if session is not None:
                    await part(session, user)
            until("the end of the server", lambda: not self.world.servers())

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        with self.report.step(self.title + what), anyio.fail_after(STEP_SECONDS_MAX):
            yield

    # Orders.

    async def succeeds(
        self, session: Session, tool: str, target: str, request: str, order: dict[str, Any],
    ) -> Answer:  # fmt: skip
        """Calls a tool, waits in the call, and expects success."""
        answer = await session.call(EXECUTE + tool, {"wait_seconds": WAIT, **order})
        self.ordered[request, target] += 1
        same("status", answer.data["status"], "success")
        same("success", answer.data["success"], True)
        return answer

    async def start(
        self, session: Session, build: str, options: dict[str, Any] | None = None
    ) -> str:
        """Starts a build without waiting; the job's id."""
        order = {"id": build, "wait_seconds": 0, **({"options": options} if options else {})}
        answer = await session.call(EXECUTE + "Build", order)
        self.ordered["RunBuild", build] += 1
        assert answer.data["status"] in ("pending", "starting", "running"), answer.data
        return answer.data["job_id"]

    async def runs(self, session: Session, job: str) -> None:
        """Waits until Komodo works on a job."""
        status = "pending"
        while status in ("pending", "starting"):
            answer = await session.call(JOBS + "Get", {"job_id": job})
            status = answer.data["status"]
            await anyio.sleep(LOOK_SECONDS)
        same("status", status, "running")

    async def end(self, session: Session, job: str) -> str:
        """Waits for the end of a job; its status."""
        answer = await session.call(JOBS + "Wait", {"job_id": job, "wait_seconds": WAIT})
        return answer.data["status"]
