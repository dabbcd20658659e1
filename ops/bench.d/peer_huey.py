"""huey on SQLite, with a sync for each commit."""
import os

import huey
from huey.consumer import Consumer

import peer


def queue(folder):
    made = huey.SqliteHuey("bench", filename=os.path.join(folder, "huey.db"), fsync=True,
                           results=False)

    @made.task()
    def run(began, note):
        if note:
            peer.note(note, began)

    made.run = run
    return made


def enqueue(folder, count):
    made = queue(folder)
    return peer.times(count, lambda _: made.run(0, ""))


def drain(folder, count):
    made = queue(folder)
    for _ in range(count):
        made.run(0, "")
    # As a worker of its consumer does it, without its pauses.
    return peer.times(count, lambda _: made.execute(made.dequeue()))


def work(folder):
    Consumer(queue(folder), periodic=False).run()


def ring(folder, note):
    made = queue(folder)
    return lambda began: made.run(began, note)


peer.main(enqueue=enqueue, drain=drain, work=work, ring=ring)
