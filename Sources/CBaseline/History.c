#include "CBaseline.h"

#include <sqlite3.h>
#include <stdio.h>

// Nothing of it has to survive the machine.
#define SETTINGS \
    "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -65536"
#define CHUNK 10000

/// Finished jobs of a thousand targets: of 20 one failed, of 50 one was cancelled.
static const char insert_jobs[] =
    "WITH RECURSIVE number (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?2)"
    " INSERT INTO job (token, operation, status, phase, instance, key_fingerprint, principal,"
    " client_name, client_version, target_type, target_name, target_id, identity, lane, created_at,"
    " run_at, start_within, expires_at, started_at, finished_at, attempt, sent_at, accepted_at,"
    " remote_kind, remote_id)"
    " SELECT printf('%026d', n),"
    " CASE n % 4 WHEN 0 THEN 'build' WHEN 1 THEN 'deploy-stack' ELSE 'deploy' END,"
    " CASE WHEN n % 50 = 7 THEN 'cancelled' WHEN n % 20 = 3 THEN 'failed' ELSE 'success' END,"
    " CASE WHEN n % 50 = 7 THEN 'remote_cancelled' WHEN n % 20 = 3 THEN 'remote_failed' END,"
    " 'https://komodo.example', '0123456789abcdef', 'bench', 'bench', '1',"
    " CASE n % 4 WHEN 0 THEN 'Build' WHEN 1 THEN 'Stack' ELSE 'Deployment' END,"
    " 'app-' || n % 1000, printf('%024x', n % 1000), randomblob(32),"
    " 'https://komodo.example deployment ' || printf('%024x', n % 1000), at, at, 3600000,"
    " at + 3600000, at + 5, at + 100 + n * 7919 % 20000, 1, at + 5, at + 20, 'update',"
    " printf('%024x', n)"
    " FROM (SELECT n, ?3 - (?4 - n) * 1000 AS at FROM number)";

static const char insert_events[] =
    "INSERT INTO event (job_id, at, reason, status, phase, attempt, worker)"
    " SELECT job.id,"
    " CASE step WHEN 0 THEN job.created_at WHEN 4 THEN job.finished_at ELSE job.sent_at + step END,"
    " CASE step WHEN 0 THEN 'enqueued' WHEN 1 THEN 'claimed' WHEN 2 THEN 'intent_recorded'"
    " WHEN 3 THEN 'accepted' ELSE 'concluded' END,"
    " CASE step WHEN 0 THEN 'pending' WHEN 3 THEN 'running' WHEN 4 THEN job.status"
    " ELSE 'starting' END,"
    " CASE step WHEN 0 THEN 'queued' WHEN 1 THEN 'claimed' WHEN 2 THEN 'sending'"
    " WHEN 3 THEN 'accepted' ELSE job.phase END, step > 1, CASE WHEN step > 0 THEN 'bench' END"
    " FROM job, (SELECT 0 AS step UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"
    " UNION ALL SELECT 4)"
    " WHERE job.id > ?1 ORDER BY job.id, step";

static const char insert_adoptions[] =
    "INSERT INTO adoption (instance, update_id, job_id, attempt)"
    " SELECT instance, remote_id, id, 1 FROM job WHERE id > ?1";

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement) {
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}

static int run(sqlite3_stmt *statement) {
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        // Looking at a column is what makes SQLite read it.
        for (int column = 0; column < sqlite3_column_count(statement); column++)
            sqlite3_column_text(statement, column);
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int newest(sqlite3 *db, sqlite3_int64 *id) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(db, "SELECT coalesce(max(id), 0) FROM job", &statement);
    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        *id = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code;
}

static int generate(
    sqlite3 *db, sqlite3_stmt *jobs, sqlite3_stmt *events, sqlite3_stmt *adoptions, int first,
    int count, int64_t now) {
    int code = SQLITE_OK;
    for (int done = 0; done < count && code == SQLITE_OK; done += CHUNK) {
        int last = done + CHUNK < count ? done + CHUNK : count;
        sqlite3_int64 before = 0;
        code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (code == SQLITE_OK) code = newest(db, &before);
        sqlite3_bind_int(jobs, 1, first + done);
        sqlite3_bind_int(jobs, 2, first + last);
        sqlite3_bind_int64(jobs, 3, now);
        sqlite3_bind_int(jobs, 4, first + count);
        sqlite3_bind_int64(events, 1, before);
        sqlite3_bind_int64(adoptions, 1, before);
        if (code == SQLITE_OK) code = run(jobs);
        if (code == SQLITE_OK) code = run(events);
        if (code == SQLITE_OK) code = run(adoptions);
        if (code == SQLITE_OK) code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    return code;
}

int komodo_baseline_generate(const char *path, int first, int count, int64_t now) {
    sqlite3 *db = NULL;
    sqlite3_stmt *jobs = NULL, *events = NULL, *adoptions = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(db, SETTINGS, NULL, NULL, NULL);
    if (code == SQLITE_OK) code = prepare(db, insert_jobs, &jobs);
    if (code == SQLITE_OK) code = prepare(db, insert_events, &events);
    if (code == SQLITE_OK) code = prepare(db, insert_adoptions, &adoptions);
    if (code == SQLITE_OK) code = generate(db, jobs, events, adoptions, first, count, now);
    sqlite3_finalize(jobs);
    sqlite3_finalize(events);
    sqlite3_finalize(adoptions);
    // What is measured later shall not pay for the log of this.
    if (code == SQLITE_OK)
        code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_close(db);
    return code;
}

static const char *const queries[] = {
    [KOMODO_BASELINE_LIST] = "SELECT * FROM job ORDER BY id DESC LIMIT 50",
    [KOMODO_BASELINE_SHOW] = "SELECT * FROM job JOIN event ON event.job_id = job.id"
                             " WHERE job.token = ?1 ORDER BY event.id",
    [KOMODO_BASELINE_STATS] =
        "SELECT operation, status, phase, count(*) FROM job GROUP BY operation, status, phase",
};

int komodo_baseline_read(
    const char *path, enum komodo_baseline_query query, int times, int jobs, int64_t *nanoseconds) {
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char token[32];
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
    if (code == SQLITE_OK) code = prepare(db, queries[query], &statement);
    for (int time = 0; time < times && code == SQLITE_OK; time++) {
        int64_t began = komodo_baseline_now();
        if (query == KOMODO_BASELINE_SHOW) {
            snprintf(token, sizeof token, "%026d", (int)(time * 7919LL % jobs));
            sqlite3_bind_text(statement, 1, token, -1, SQLITE_STATIC);
        }
        code = run(statement);
        nanoseconds[time] = komodo_baseline_now() - began;
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return code;
}

int komodo_baseline_hold(const char *path, void **reader) {
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
    // The first read opens the snapshot.
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "BEGIN; SELECT max(id) FROM job", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        *reader = db;
    } else {
        sqlite3_close(db);
    }
    return code;
}

void komodo_baseline_release(void *reader) { sqlite3_close(reader); }
