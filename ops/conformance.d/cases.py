"""Scenarios and what they found."""

import time
from dataclasses import dataclass, field
from typing import Any, Callable

from clients import MODERN, Legacy, Modern
from judge import Judge
from wire import Endpoint, Transcript

LEGACY = "2025-11-25"
OLDER = ["2024-11-05", "2025-03-26", "2025-06-18"]
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 20.0


@dataclass
class Case:
    """One run of a scenario: its clients, and the checks it made."""

    endpoint: Endpoint
    revision: str
    # How long something that has to come is awaited.
    patience: float = PATIENCE_SECONDS
    checks: int = 0
    faults: list[str] = field(default_factory=list)
    transcript: Transcript = field(default_factory=Transcript)
    _sessions: list[Legacy] = field(default_factory=list)

    @property
    def is_modern(self) -> bool:
        return self.revision == MODERN

    def connect(self, capabilities: dict[str, Any] | None = None, handlers: Any = None) -> Any:
        """A client of the scenario's era."""
        if self.is_modern:
            return self.modern(capabilities)
        return self.legacy(capabilities, handlers)

    def modern(self, capabilities: dict[str, Any] | None = None) -> Modern:
        return Modern(self.endpoint, self.transcript, capabilities)

    def legacy(self, capabilities: dict[str, Any] | None = None, handlers: Any = None) -> Legacy:
        session = Legacy(self.endpoint, self.revision, self.transcript, capabilities, handlers)
        self._sessions.append(session)
        return session

    def ok(self, condition: Any, what: str, found: Any = None) -> bool:
        """Notes a check; `what` says what is wanted."""
        self.checks += 1
        if not condition:
            self.faults.append(what + (f" (found {str(found)[:300]})" if found is not None else ""))
        return bool(condition)

    def same(self, found: Any, wanted: Any, what: str) -> bool:
        return self.ok(found == wanted, f"{what} must be {str(wanted)[:200]}", repr(found))

    def until(self, what: str, probe: Callable[[], Any]) -> Any:
        """Repeats `probe` until it returns something, and returns that."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            if found := probe():
                return found
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"in vain: {what}")

    def end(self) -> None:
        for session in self._sessions:
            if session.session:
                session.end()


Body = Callable[[Case], None]


@dataclass
class Scenario:
    name: str
    revisions: list[str]
    body: Body

    def run(
        self, endpoint: Endpoint, revision: str, judge: Judge, patience: float = PATIENCE_SECONDS
    ) -> Case:
        case = Case(endpoint, revision, patience)
        try:
            self.body(case)
        except Exception as error:  # A scenario that breaks off has failed, whatever the reason.
            case.ok(False, f"broke off: {type(error).__name__}: {error}")
        try:
            case.end()
        except OSError as error:
            case.ok(False, f"a session could not be ended: {error}")
        faults = [fault for sent in case.transcript.sent for fault in judge.faults(sent)]
        case.ok(not faults, "every message must fit its revision: " + "; ".join(faults[:5]))
        return case


SCENARIOS: list[Scenario] = []


def scenario(name: str, *revisions: str) -> Callable[[Body], Body]:
    """Registers a scenario for some revisions."""

    def register(body: Body) -> Body:
        SCENARIOS.append(Scenario(name, list(revisions), body))
        return body

    return register


def texts(result: dict[str, Any]) -> list[str]:
    """The texts of a result's content."""
    return [item["text"] for item in result.get("content", []) if item.get("type") == "text"]
