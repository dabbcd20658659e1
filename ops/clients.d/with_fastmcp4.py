"""The packages `fastmcp` 4.x and `fastmcp-tasks`: requests that stand alone, tasks as an extension."""

from typing import Any

from fastmcp import Client
from fastmcp_tasks.client import ToolTask, call_tool_task
from fastmcp_tasks.client_models import ClientCreateTaskResult

from fast import FastPeer, FastSession, answer
from peer import Answer, Session


class FastMCP4Session(FastSession):
    @property
    def revision(self) -> str:
        return str(self.client.session.protocol_version)

    async def templates(self) -> set[str]:
        return {item.uri_template for item in await self.client.list_resource_templates()}

    async def start_task(self, tool: str, arguments: dict[str, Any]) -> str:
        return (await call_tool_task(self.client, tool, arguments)).task_id

    def handle(self, task: str) -> ToolTask:
        """The handle of a task whose id is all that is known, as after a restart."""
        made = ClientCreateTaskResult(
            taskId=task, status="working", createdAt="", lastUpdatedAt="", resultType="task")  # fmt: skip
        return ToolTask(self.client, "", made, raise_on_error=False)

    async def task_status(self, task: str) -> str:
        return (await self.handle(task).status()).status

    async def task_end(self, task: str) -> tuple[str, Answer | None]:
        view = await self.handle(task).wait()
        if view.status != "completed":
            return view.status, None
        return view.status, answer(await self.handle(task).result())

    async def cancel_task(self, task: str) -> None:
        await self.handle(task).cancel()


class PeerClient(FastPeer):
    revision = "2026-07-28"
    gets_tasks_unasked = True

    def session(self, client: Client) -> Session:
        return FastMCP4Session(client)
