"""procrastinate on PostgreSQL; the cluster is made by others, see `cluster.py`."""
import os

import procrastinate

import peer

BULK = 100


def conninfo():
    return os.environ["BENCH_POSTGRES"]


def tasks(app):
    @app.task(name="run")
    def run(began, note):
        if note:
            peer.note(note, began)

    return run


def opened():
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=conninfo()))
    app.open()
    if not app.connector.get_sync_connector().execute_query_one(
            "SELECT to_regclass('procrastinate_jobs') AS it")["it"]:
        app.schema_manager.apply_schema()
    app.connector.get_sync_connector().execute_query("TRUNCATE procrastinate_jobs CASCADE")
    return app, tasks(app)


def worker():
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo()))
    tasks(app)
    return app


def enqueue(_, count):
    app, run = opened()
    with app:
        return peer.times(count, lambda _: run.defer(began=0, note=""))


def bulk(_, count):
    app, run = opened()
    jobs = [{"began": 0, "note": ""}] * BULK
    with app:
        return peer.times(count // BULK, lambda _: run.batch_defer(*jobs), BULK)


def drain(_, count):
    app, run = opened()
    with app:
        for _ in range(count // BULK):
            run.batch_defer(*[{"began": 0, "note": ""}] * BULK)
    return peer.whole(count // BULK * BULK, lambda: worker().run_worker(
        wait=False, install_signal_handlers=False))


def work(_):
    opened()[0].close()
    worker().run_worker()


def ring(_, note):
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=conninfo()))
    app.open()
    run = tasks(app)
    return lambda began: run.defer(began=began, note=note)


peer.main(enqueue=enqueue, bulk=bulk, drain=drain, work=work, ring=ring)
