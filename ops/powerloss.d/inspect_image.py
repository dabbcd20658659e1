"""Opens what is left after a power cut and looks for what must be there."""
import collections
import os
import sqlite3
import subprocess

# What follows the path of the database in the names of the files.
SUFFIXES = {"db": "", "wal": "-wal", "journal": "-journal", "mark": ".d/secrets-deleted",
            "taken": ".d/secrets-deleted.taken"}
PROGRAM_SECONDS_MAX = 120
# The wal-index; whoever comes first makes it anew, so whatever it holds must do no harm.
INDEX_BYTES, INDEX_SHARE = 32_768, 0.2

INCONSISTENT = """
    SELECT token FROM job WHERE NOT EXISTS (
        SELECT 1 FROM event WHERE job_id = job.id AND status = job.status
        AND id = (SELECT max(id) FROM event WHERE job_id = job.id))
"""
INTENTS = """
    SELECT target_id, count(*) FROM event JOIN job ON job.id = job_id
    WHERE reason = 'intent_recorded' GROUP BY target_id
"""


def lay_out(contents, folder, random):
    """Writes the files of an image; the path of the database."""
    path = os.path.join(folder, "jobs.db")
    os.makedirs(path + ".d")
    for name, content in contents.items():
        with open(path + SUFFIXES[name], "wb") as file:
            file.write(content)
    if random.random() < INDEX_SHARE:
        with open(path + "-shm", "wb") as file:
            file.write(random.randbytes(INDEX_BYTES))
    return path


def inspect(path, told, sent, traces=frozenset()):
    """What is wrong, as pairs of a kind and a text; `told` are the ids that were handed out,
    `sent` counts submissions by target, `traces` are the jobs whose secrets are in the files.
    """
    if not os.path.exists(path):
        return [("lost", f"{len(told)} jobs, with the database")] if told else []
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA synchronous = OFF")
        found = [("unsound", row[0])
                 for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return found or judge(database, path, told, sent, traces)
    except sqlite3.DatabaseError as error:
        return [("unsound", str(error))]
    finally:
        database.close()


def judge(database, path, told, sent, traces):
    is_made = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'job'").fetchone()
    if not is_made:
        return [("lost", f"{len(told)} jobs, with the schema")] if told else []
    found = [("unsound", f"job {token} is not in the state of its last event")
             for token, in database.execute(INCONSISTENT)]
    jobs = {token for token, in database.execute("SELECT token FROM job")}
    found += [("lost", token) for token in sorted(told - jobs)]
    intents = collections.Counter(dict(database.execute(INTENTS)))
    found += [("sent without an intent", f"{target}: {count} sent, {intents[target]} intents")
              for target, count in sent.items() if count > intents[target]]
    if traces and not any(os.path.exists(path + SUFFIXES[mark]) for mark in ("mark", "taken")):
        ended = {token for token, in database.execute(
            "SELECT token FROM job WHERE finished_at IS NOT NULL")}
        found += [("secret left", token) for token in sorted(traces & ended)]
    return found


def traces_in(contents, secrets):
    """The jobs whose secrets, all of one length and beginning, are in the database or its log."""
    if not secrets:
        return set()
    beginning = os.path.commonprefix(list(secrets))
    length = len(next(iter(secrets)))
    found = set()
    for content in (contents.get("db", b""), contents.get("wal", b"")):
        place = content.find(beginning)
        while place >= 0:
            found.add(bytes(content[place:place + length]))
            place = content.find(beginning, place + length)
    return {job for secret, job in secrets.items() if secret in found}


class Programs:
    """The real programs, opening images."""

    def __init__(self, folder, env):
        self.bin, self.env = folder, env
        self.counts = collections.Counter()

    def call(self, path, program, *arguments):
        result = subprocess.run(
            [f"{self.bin}/{program}", *arguments], env={**self.env, "KOMODO_JOBS_DB": path},
            capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)
        self.counts[" ".join([program, *arguments[:2]])] += 1
        if result.returncode == 0:
            return []
        return [("refused", f"{program} {' '.join(arguments)}: {result.stdout.strip()} "
                 f"{result.stderr.strip()}")]

    def look(self, path, has_jobs):
        """Opens the image as an operator would, making what is not there yet."""
        return (self.call(path, "komodo-mcp", "db", "migrate") if not has_jobs else []) \
            or self.call(path, "komodo-mcp", "db", "check")

    def go_on(self, path):
        """Stores one more job in the image, which writes to what is left of its log."""
        return self.call(path, "komodo-jobs", "run", "deploy", "web", "-q") \
            or self.call(path, "komodo-mcp", "db", "check")
