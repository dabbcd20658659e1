"""A private PostgreSQL: a cluster in a folder, on a Unix socket alone, as it syncs by itself."""
import contextlib
import glob
import os
import pwd
import shutil
import subprocess
import tempfile

USER = "postgres"
START_SECONDS_MAX = 60


def programs():
    """The folder of the newest server's programs; nothing when there is none."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return os.path.dirname(max(found, key=lambda path: int(path.split("/")[4]))) if found else None


@contextlib.contextmanager
def running(parent):
    """The connection of a cluster that goes away with the block."""
    binaries = programs()
    if not binaries:
        raise SystemExit("PostgreSQL is missing; ops/setup --bench installs it.")
    # A server does not run as root.
    how = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []} \
        if os.geteuid() == 0 else {}
    folder = tempfile.mkdtemp(prefix="komodo-bench-postgres-", dir=parent)
    if how:
        shutil.chown(folder, USER)
    data, log = os.path.join(folder, "data"), os.path.join(folder, "log")

    def run(program, *arguments):
        result = subprocess.run([os.path.join(binaries, program), *arguments], cwd=folder,
                                capture_output=True, text=True, **how)
        if result.returncode:
            raise SystemExit(f"{program} failed: {result.stderr.strip()}")

    try:
        run("initdb", "-D", data, "-A", "trust", "-U", USER, "--no-instructions")
        run("pg_ctl", "-D", data, "-l", log, "-w", "-t", str(START_SECONDS_MAX), "-o",
            f"-k {folder} -c listen_addresses=''", "start")
        try:
            yield f"host={folder} user={USER} dbname={USER}", folder
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
