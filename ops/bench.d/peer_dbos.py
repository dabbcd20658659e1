"""DBOS on SQLite, which syncs as SQLite does by itself."""
import os
import threading

from dbos import DBOS, DBOSClient, DBOSConfig

import peer

QUEUE = "bench"


def url(folder):
    return f"sqlite:///{os.path.join(folder, 'dbos.db')}"


def client(folder):
    return DBOSClient(system_database_url=url(folder))


def launch(folder, finished=None):
    """An executor that works on the queue."""
    DBOS(config=DBOSConfig(name="bench", system_database_url=url(folder), log_level="ERROR",
                           application_version="1", run_admin_server=False))

    @DBOS.workflow(name="run")
    def run(began, note):
        if note:
            peer.note(note, began)
        if finished:
            finished()

    DBOS.launch()
    DBOS.register_queue(QUEUE)


def options():
    return {"workflow_name": "run", "queue_name": QUEUE, "app_version": "1"}


def prepare(folder):
    """Makes the database and the queue."""
    launch(folder)
    DBOS.destroy(destroy_registry=True)


def enqueue(folder, count):
    prepare(folder)
    made = client(folder)
    return peer.times(count, lambda _: made.enqueue(options(), 0, ""))


def drain(folder, count):
    prepare(folder)
    made = client(folder)
    for _ in range(count):
        made.enqueue(options(), 0, "")
    left, is_over = [count], threading.Event()
    lock = threading.Lock()

    def finished():
        with lock:
            left[0] -= 1
            if not left[0]:
                is_over.set()

    def whole():
        launch(folder, finished)
        if not is_over.wait(peer.SECONDS_MAX):
            raise SystemExit(f"{left[0]} of {count} workflows were not run.")

    return peer.whole(count, whole)


def work(folder):
    launch(folder)
    threading.Event().wait()


def ring(folder, note):
    made = client(folder)
    return lambda began: made.enqueue(options(), began, note)


peer.main(enqueue=enqueue, drain=drain, work=work, ring=ring)
