"""What the figures depend on."""
import json
import os
import subprocess
import tempfile


def facts(args, peers):
    """In the order in which they are told."""
    head = {
        "cpu": processor(), "cores": len(os.sched_getaffinity(0)), "kernel": os.uname().release,
        "file_system": file_system(args.folder), "sqlite": sqlite(args.bin),
        "load": round(os.getloadavg()[0], 2),
    }
    if peers:
        head["peers"] = versions(peers)
    return head


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else os.uname().machine


def file_system(folder):
    """The type of the mount with the longest path above the folder."""
    folder = os.path.realpath(folder)
    with open("/proc/self/mounts") as file:
        mounts = [line.split()[1:3] for line in file]
    return max((len(point), kind) for point, kind in mounts
               if os.path.commonpath([folder, point]) == point)[1]


def sqlite(binaries):
    """The library that our program works with."""
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "jobs.db")

        def run(*words):
            return subprocess.run(
                [os.path.join(binaries, "komodo-mcp"), "db", *words, "--db", db], check=True,
                capture_output=True, text=True).stdout

        run("migrate")
        return json.loads(run("status", "-f", "json"))["sqlite_version"]


def versions(peers):
    text = subprocess.run([os.path.join(peers, "bin", "pip"), "list", "--format", "json"],
                          check=True, capture_output=True, text=True).stdout
    wanted = ("huey", "dbos", "procrastinate")
    return {item["name"]: item["version"] for item in json.loads(text) if item["name"] in wanted}
