"""What both lines of the package `fastmcp` have in common."""

from abc import abstractmethod
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator

from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

from peer import Answer, Peer, Progress, Session, User
from world import World


def answer(result: Any) -> Answer:
    text = "".join(getattr(item, "text", "") for item in result.content)
    return Answer(bool(result.is_error), result.structured_content, text)


class FastSession(Session):
    def __init__(self, client: Client) -> None:
        self.client = client

    async def tools(self) -> set[str]:
        return {tool.name for tool in await self.client.list_tools()}

    async def resources(self) -> set[str]:
        return {str(item.uri) for item in await self.client.list_resources()}

    async def prompts(self) -> set[str]:
        return {prompt.name for prompt in await self.client.list_prompts()}

    async def prompt(self, name: str, arguments: dict[str, str]) -> str:
        messages = (await self.client.get_prompt(name, arguments)).messages
        return "".join(message.content.text for message in messages)

    async def read(self, uri: str) -> str:
        return "".join(content.text for content in await self.client.read_resource(uri))

    async def call(
        self, tool: str, arguments: dict[str, Any], progress: Progress | None = None
    ) -> Answer:
        return answer(
            await self.client.call_tool(
                tool, arguments, progress_handler=progress, raise_on_error=False))


class FastPeer(Peer):
    @abstractmethod
    def session(self, client: Client) -> Session: ...

    @asynccontextmanager
    async def connect(
        self, world: World, url: str | None, token: str | None, user: User | None
    ) -> AsyncIterator[Session]:
        async def ask(message: str, *_: Any) -> ElicitResult:
            action, content = user.answer(message)
            return ElicitResult(action=action, content=content)

        if url is None:
            transport = StdioTransport(
                str(world.program), ["serve"], env=world.env, keep_alive=False, log_file=world.log)
        else:
            transport = StreamableHttpTransport(url, auth=token)
        asking = {"elicitation_handler": ask} if user is not None else {}
        async with Client(transport, **asking) as client:
            yield self.session(client)
