"""The package `mcp` 1.x: sessions, and tasks of 2025-11-25."""

from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, AsyncIterator

import anyio
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from pydantic import AnyUrl

from peer import Answer, Peer, Progress, Session, User
from world import World

# Longer than any run, for a task must be there after the server's end.
TASK_MILLISECONDS = 3_600_000


def answer(result: types.CallToolResult) -> Answer:
    text = "".join(getattr(item, "text", "") for item in result.content)
    return Answer(bool(result.isError), result.structuredContent, text)


@asynccontextmanager
async def quiet_end() -> AsyncIterator[None]:
    """Lets pass what the client's reader throws about a message that it gets while the client ends.

    The server may tell how a task stands at any moment, this one included.
    """
    try:
        yield
    except BaseExceptionGroup as group:
        if (rest := group.split(anyio.BrokenResourceError)[1]) is not None:
            raise rest from None


class MCP1Session(Session):
    def __init__(self, session: ClientSession, revision: str) -> None:
        self.session, self._revision = session, revision

    @property
    def revision(self) -> str:
        return self._revision

    async def tools(self) -> set[str]:
        return {tool.name for tool in (await self.session.list_tools()).tools}

    async def resources(self) -> set[str]:
        return {str(item.uri) for item in (await self.session.list_resources()).resources}

    async def templates(self) -> set[str]:
        listing = await self.session.list_resource_templates()
        return {item.uriTemplate for item in listing.resourceTemplates}

    async def prompts(self) -> set[str]:
        return {prompt.name for prompt in (await self.session.list_prompts()).prompts}

    async def prompt(self, name: str, arguments: dict[str, str]) -> str:
        messages = (await self.session.get_prompt(name, arguments)).messages
        return "".join(message.content.text for message in messages)

    async def read(self, uri: str) -> str:
        contents = (await self.session.read_resource(AnyUrl(uri))).contents
        return "".join(content.text for content in contents)

    async def call(
        self, tool: str, arguments: dict[str, Any], progress: Progress | None = None
    ) -> Answer:
        return answer(await self.session.call_tool(tool, arguments, progress_callback=progress))

    async def start_task(self, tool: str, arguments: dict[str, Any]) -> str:
        made = await self.session.experimental.call_tool_as_task(
            tool, arguments, ttl=TASK_MILLISECONDS)  # fmt: skip
        assert made.task.status == "working", made.task
        return made.task.taskId

    async def task_status(self, task: str) -> str:
        return (await self.session.experimental.get_task(task)).status

    async def task_end(self, task: str) -> tuple[str, Answer | None]:
        status = "working"
        async for view in self.session.experimental.poll_task(task):
            status = view.status
        if status == "cancelled":
            return status, None
        result = await self.session.experimental.get_task_result(task, types.CallToolResult)
        assert (result.meta or {}).get("io.modelcontextprotocol/related-task") == {"taskId": task}
        return status, answer(result)

    async def cancel_task(self, task: str) -> None:
        view = await self.session.experimental.cancel_task(task)
        assert view.status == "cancelled", f"right after the cancel it is {view.status}"

    async def listed_tasks(self) -> set[str] | None:
        found: set[str] = set()
        cursor = None
        while True:
            page = await self.session.experimental.list_tasks(cursor)
            found |= {task.taskId for task in page.tasks}
            if (cursor := page.nextCursor) is None:
                return found


class PeerClient(Peer):
    revision = "2025-11-25"

    @asynccontextmanager
    async def connect(
        self, world: World, url: str | None, token: str | None, user: User | None
    ) -> AsyncIterator[Session]:
        async def ask(_: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
            action, content = user.answer(params.message)
            return types.ElicitResult(action=action, content=content)

        async with quiet_end(), AsyncExitStack() as stack:
            if url is None:
                parameters = StdioServerParameters(
                    command=str(world.program), args=["serve"], env=world.env)  # fmt: skip
                log = stack.enter_context(open(world.log, "a"))
                streams = await stack.enter_async_context(stdio_client(parameters, errlog=log))
            else:
                headers = {"Authorization": f"Bearer {token}"}
                http = await stack.enter_async_context(create_mcp_http_client(headers=headers))
                streams = await stack.enter_async_context(
                    streamable_http_client(url, http_client=http))  # fmt: skip
            session = await stack.enter_async_context(
                ClientSession(
                    streams[0], streams[1], elicitation_callback=ask if user is not None else None))
            opening = await session.initialize()
            yield MCP1Session(session, str(opening.protocolVersion))
