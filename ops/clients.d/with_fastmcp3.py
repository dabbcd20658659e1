"""The package `fastmcp` 3.x: sessions, and tasks of 2025-11-25."""

from typing import Any

from fastmcp import Client
from fastmcp.client.tasks import ToolTask

from fast import FastPeer, FastSession, answer
from peer import STEP_SECONDS_MAX, Answer, Session


class FastMCP3Session(FastSession):
    @property
    def revision(self) -> str:
        return str(self.client.initialize_result.protocolVersion)

    async def templates(self) -> set[str]:
        return {item.uriTemplate for item in await self.client.list_resource_templates()}

    async def start_task(self, tool: str, arguments: dict[str, Any]) -> str:
        task = await self.client.call_tool(tool, arguments, task=True)
        assert not task.returned_immediately, "the call was not taken as a task"
        return task.task_id

    def handle(self, task: str) -> ToolTask:
        """The handle of a task whose id is all that is known, as after a restart."""
        return ToolTask(self.client, task, "", raise_on_error=False)

    async def task_status(self, task: str) -> str:
        return (await self.client.get_task_status(task)).status

    async def task_end(self, task: str) -> tuple[str, Answer | None]:
        handle = self.handle(task)
        # Without a state it waits for any end.
        view = await handle.wait(timeout=STEP_SECONDS_MAX)
        if view.status == "cancelled":
            return view.status, None
        return view.status, answer(await handle.result())

    async def cancel_task(self, task: str) -> None:
        view = await self.client.cancel_task(task)
        assert view.status == "cancelled", f"right after the cancel it is {view.status}"

    async def listed_tasks(self) -> set[str] | None:
        return {task["taskId"] for task in (await self.client.list_tasks())["tasks"]}


class PeerClient(FastPeer):
    revision = "2025-11-25"

    def session(self, client: Client) -> Session:
        return FastMCP3Session(client)
