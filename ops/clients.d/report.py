"""One line per step."""

import traceback
from contextlib import contextmanager
from typing import Callable, Iterator

REASON_CHARACTERS_MAX = 600


def reason(error: BaseException) -> str:
    """What happened, on one line; of a group, what happened first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = " ".join(str(error).split()) or "no message"
    if isinstance(error, AssertionError):
        place = traceback.extract_tb(error.__traceback__)
        text = f"{text} (line {place[-1].lineno} of {place[-1].filename.rsplit('/', 1)[-1]})" if place else text
    else:
        text = f"{type(error).__name__}: {text}"
    return text[:REASON_CHARACTERS_MAX]


class Report:
    """What was tried with one client over one transport, and what failed."""

    def __init__(self, client: str, transport: str) -> None:
        self.client, self.transport = client, transport
        self.steps = self.failed = 0

    @contextmanager
    def step(self, what: str) -> Iterator[Callable[[str], None]]:
        """Notes whether the block succeeds, and figures that it gives; what fails does not end the
        run.
        """
        figures: list[str] = []
        try:
            yield figures.append
        except Exception as error:
            self._note("FAIL", f"{what}: {reason(error)}")
        else:
            self._note("ok", " — ".join([what, *figures]))

    def _note(self, word: str, what: str) -> None:
        self.steps += 1
        self.failed += word == "FAIL"
        print(f"{word} {self.client} {self.transport}: {what}", flush=True)
