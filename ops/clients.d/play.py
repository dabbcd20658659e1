"""Plays the scenario with one client over one transport, in that client's environment."""

import argparse
import importlib
import importlib.metadata
import sys
from pathlib import Path

from report import Report
from world import World

# The workflows are about what happens, not about how long it takes.
REQUESTS_PER_MINUTE = 6_000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", required=True, help="as it is called in the report")
    parser.add_argument("--module", help="what drives it; none for the raw protocol")
    parser.add_argument("--transport", choices=["stdio", "http"], required=True)
    parser.add_argument("--program", type=Path, required=True, help="the server")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder")
    options = parser.parse_args()
    report = Report(options.client, options.transport)
    if options.module is None and options.transport == "http":
        import crowd

        crowd.play(World(options.program, options.folder), report)
    elif options.module is None:
        import raw

        raw.play(World(options.program, options.folder, idle=raw.IDLE), report)
    else:
        # The libraries of other clients are not here.
        import anyio

        from scenario import Scenario
        from workflows import INTERFACES, Workflows

        world = World(options.program, options.folder)
        package, version = options.client.rsplit("-", 1)
        with report.step("the package is the one that is meant"):
            assert (found := importlib.metadata.version(package)) == version, found
        peer = importlib.import_module(options.module).PeerClient()
        with world.simulated():
            anyio.run(Scenario(peer, world, report).play)
        for interface in INTERFACES:
            folder = options.folder / interface
            folder.mkdir()
            world = World(options.program, folder, requests_per_minute=REQUESTS_PER_MINUTE)
            with world.simulated("--api", interface):
                anyio.run(Workflows(peer, world, report, interface).play)
    print(f"{report.steps} {report.failed}", flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
