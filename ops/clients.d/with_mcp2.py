"""The package `mcp` 2.x: requests that stand alone.

It knows no tasks itself, but takes what an extension declares; the one here is as small as it can
be.
"""

from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, AsyncIterator, Literal

import anyio
import mcp_types as types
from mcp import StdioServerParameters
from mcp.client import ClaimContext, Client, ClientExtension, ResultClaim
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from pydantic import Field

from peer import Answer, Peer, Progress, Session, User
from world import World

FOREVER = 1_000
TERMINAL = ("completed", "failed", "cancelled")


class TaskFields(types.Result):
    task_id: str = Field(alias="taskId")
    status: str
    created_at: str = Field(alias="createdAt")
    last_updated_at: str = Field(alias="lastUpdatedAt")
    poll_interval_ms: int | None = Field(default=None, alias="pollIntervalMs")


class CreatedTask(TaskFields):
    result_type: Literal["task"] = Field(alias="resultType")


class Task(TaskFields):
    result_type: Literal["complete"] = Field(alias="resultType")
    result: dict[str, Any] | None = None


class TaskParams(types.RequestParams):
    task_id: str = Field(serialization_alias="taskId")


class GetTask(types.Request[TaskParams, Literal["tasks/get"]]):
    method: Literal["tasks/get"] = "tasks/get"
    name_param = "taskId"
    params: TaskParams


class CancelTask(types.Request[TaskParams, Literal["tasks/cancel"]]):
    method: Literal["tasks/cancel"] = "tasks/cancel"
    name_param = "taskId"
    params: TaskParams


async def task(session: Any, id: str) -> Task:
    return await session.send_request(GetTask(params=TaskParams(task_id=id)), Task)


async def ended(session: Any, id: str) -> Task:
    """Looks as often as the server wishes, until the task has ended."""
    for _ in range(FOREVER):
        found = await task(session, id)
        if found.status in TERMINAL:
            return found
        await anyio.sleep((found.poll_interval_ms or 1_000) / 1_000)
    raise AssertionError(f"the task {id} does not end")


class Tasks(ClientExtension):
    identifier = "io.modelcontextprotocol/tasks"

    def claims(self) -> list[ResultClaim[Any]]:
        return [ResultClaim(result_type="task", model=CreatedTask, resolve=self.resolve)]

    async def resolve(self, made: CreatedTask, context: ClaimContext) -> types.CallToolResult:
        found = await ended(context.session, made.task_id)
        return types.CallToolResult.model_validate(found.result or {})


def answer(result: types.CallToolResult) -> Answer:
    text = "".join(getattr(item, "text", "") for item in result.content)
    return Answer(bool(result.is_error), result.structured_content, text)


class MCP2Session(Session):
    def __init__(self, client: Client) -> None:
        self.client = client

    @property
    def revision(self) -> str:
        return self.client.protocol_version

    async def tools(self) -> set[str]:
        return {tool.name for tool in (await self.client.list_tools()).tools}

    async def resources(self) -> set[str]:
        return {str(item.uri) for item in (await self.client.list_resources()).resources}

    async def templates(self) -> set[str]:
        listing = await self.client.list_resource_templates()
        return {item.uri_template for item in listing.resource_templates}

    async def prompts(self) -> set[str]:
        return {prompt.name for prompt in (await self.client.list_prompts()).prompts}

    async def prompt(self, name: str, arguments: dict[str, str]) -> str:
        messages = (await self.client.get_prompt(name, arguments)).messages
        return "".join(message.content.text for message in messages)

    async def read(self, uri: str) -> str:
        contents = (await self.client.read_resource(uri)).contents
        return "".join(content.text for content in contents)

    async def call(
        self, tool: str, arguments: dict[str, Any], progress: Progress | None = None
    ) -> Answer:
        return answer(await self.client.call_tool(tool, arguments, progress_callback=progress))

    async def start_task(self, tool: str, arguments: dict[str, Any]) -> str:
        made = await self.client.session.call_tool(tool, arguments, allow_claimed=True)
        assert isinstance(made, CreatedTask), f"no task but {type(made).__name__}"
        assert made.status == "working", made
        return made.task_id

    async def task_status(self, task_id: str) -> str:
        return (await task(self.client.session, task_id)).status

    async def task_end(self, task_id: str) -> tuple[str, Answer | None]:
        found = await ended(self.client.session, task_id)
        if found.result is None:
            return found.status, None
        return found.status, answer(types.CallToolResult.model_validate(found.result))

    async def cancel_task(self, task_id: str) -> None:
        request = CancelTask(params=TaskParams(task_id=task_id))
        await self.client.session.send_request(request, types.Result)


class PeerClient(Peer):
    revision = "2026-07-28"
    gets_tasks_unasked = True

    @asynccontextmanager
    async def connect(
        self, world: World, url: str | None, token: str | None, user: User | None
    ) -> AsyncIterator[Session]:
        async def ask(_: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
            action, content = user.answer(params.message)
            return types.ElicitResult(action=action, content=content)

        async with AsyncExitStack() as stack:
            if url is None:
                parameters = StdioServerParameters(
                    command=str(world.program), args=["serve"], env=world.env)  # fmt: skip
                log = stack.enter_context(open(world.log, "a"))
                transport = stdio_client(parameters, errlog=log)
            else:
                headers = {"Authorization": f"Bearer {token}"}
                http = await stack.enter_async_context(create_mcp_http_client(headers=headers))
                transport = streamable_http_client(url, http_client=http)
            client = Client(
                transport,
                elicitation_callback=ask if user is not None else None,
                extensions=[Tasks()],
            )
            yield MCP2Session(await stack.enter_async_context(client))
