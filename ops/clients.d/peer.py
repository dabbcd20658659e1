"""What the clients have in common, so that one scenario can drive them all."""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable

from world import World

# The longest time the scenario lets one step take.
STEP_SECONDS_MAX = 120

Progress = Callable[[float, float | None, str | None], Awaitable[None]]


@dataclass
class Answer:
    """The result of a call."""

    is_error: bool
    content: dict[str, Any] | None
    text: str

    @property
    def data(self) -> dict[str, Any]:
        """What a call that succeeded tells; raises for one that failed."""
        assert not self.is_error, f"the tool failed: {self.text}"
        assert self.content is not None, "no structured content"
        return self.content["data"]

    @property
    def code(self) -> str | None:
        """The code of a failure."""
        return (self.content or {}).get("code") if self.is_error else None


@dataclass
class User:
    """The person who is asked to confirm."""

    # What is filled in; None declines.
    reply: dict[str, Any] | None = None
    asked: list[str] = field(default_factory=list)

    def answer(self, message: str) -> tuple[str, dict[str, Any] | None]:
        self.asked.append(message)
        return ("decline", None) if self.reply is None else ("accept", self.reply)


class Session(ABC):
    """A connection to the server."""

    @property
    @abstractmethod
    def revision(self) -> str:
        """The revision of the protocol that was agreed on."""

    @abstractmethod
    async def tools(self) -> set[str]: ...

    @abstractmethod
    async def resources(self) -> set[str]: ...

    @abstractmethod
    async def templates(self) -> set[str]: ...

    @abstractmethod
    async def prompts(self) -> set[str]: ...

    @abstractmethod
    async def prompt(self, name: str, arguments: dict[str, str]) -> str: ...

    @abstractmethod
    async def read(self, uri: str) -> str: ...

    @abstractmethod
    async def call(
        self, tool: str, arguments: dict[str, Any], progress: Progress | None = None
    ) -> Answer: ...

    @abstractmethod
    async def start_task(self, tool: str, arguments: dict[str, Any]) -> str:
        """Calls a tool as a task; the task's id."""

    @abstractmethod
    async def task_status(self, task: str) -> str: ...

    @abstractmethod
    async def task_end(self, task: str) -> tuple[str, Answer | None]:
        """Waits for the end: the status, and the result where one is told."""

    @abstractmethod
    async def cancel_task(self, task: str) -> None: ...

    async def listed_tasks(self) -> set[str] | None:
        """The ids of all tasks; None where the protocol has no such list."""
        return None


class Peer(ABC):
    """A client library."""

    # The revision the client is expected to reach.
    revision: str
    # Whether a task is the answer to any call that leaves it open, without being asked for.
    gets_tasks_unasked = False

    @abstractmethod
    def connect(
        self, world: World, url: str | None, token: str | None, user: User | None
    ) -> AbstractAsyncContextManager[Session]:
        """Connects over HTTP, or without a URL starts the server on stdio.

        Without a user the client tells the server that nobody can be asked.
        """
