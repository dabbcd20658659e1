#include "CBaseline.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// As the store's writers do it: 16 MiB of log, then back into the database.
#define SETTINGS \
    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA foreign_keys = ON;" \
    "PRAGMA secure_delete = ON"
#define BUSY_MS 5000

int64_t komodo_baseline_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int64_t milliseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int open_database(const char *path, sqlite3 **db) {
    int code = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE, NULL);
    // With SQLite's own back-off; other processes may be there.
    if (code == SQLITE_OK) code = sqlite3_busy_timeout(*db, BUSY_MS);
    return code == SQLITE_OK ? sqlite3_exec(*db, SETTINGS, NULL, NULL, NULL) : code;
}

static int execute(sqlite3 *db, const char *sql) { return sqlite3_exec(db, sql, NULL, NULL, NULL); }

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement) {
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text) {
    sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

/// Runs a statement that answers with no row.
static int run(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static const char insert_event[] =
    "INSERT INTO event (job_id, at, reason, status, phase, attempt, worker)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

static int add_event(
    sqlite3_stmt *statement, int64_t job, int64_t now, const char *reason, const char *status,
    const char *phase, int attempt, const char *worker) {
    sqlite3_bind_int64(statement, 1, job);
    sqlite3_bind_int64(statement, 2, now);
    bind_text(statement, 3, reason);
    bind_text(statement, 4, status);
    bind_text(statement, 5, phase);
    sqlite3_bind_int(statement, 6, attempt);
    bind_text(statement, 7, worker);
    return run(statement);
}

static const char insert_job[] =
    "INSERT INTO job (token, operation, status, phase, instance, key_fingerprint, principal,"
    " client_name, client_version, target_type, target_name, target_id, identity, lane, created_at,"
    " run_at, start_within, expires_at)"
    " VALUES (?1, 'deploy', 'pending', 'queued', 'https://komodo.example', 'key', 'bench', 'bench',"
    " '1', 'deployment', ?2, ?3, ?4, ?5, ?6, ?6, 3600000, ?6 + 3600000)";

/// The bits of a number, spread so that neighbours are far apart.
static uint64_t spread(uint64_t number) {
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9ULL;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebULL;
    return number ^ (number >> 31);
}

static int add_job(sqlite3_stmt *statement, int number, int64_t now) {
    char token[32], name[32], id[32], lane[96];
    uint64_t identity[4];
    snprintf(token, sizeof token, "%026d", number);
    snprintf(name, sizeof name, "app-%d", number);
    snprintf(id, sizeof id, "%024x", number);
    snprintf(lane, sizeof lane, "https://komodo.example deployment %s", id);
    for (int part = 0; part < 4; part++) identity[part] = spread(number * 4ULL + part);
    bind_text(statement, 1, token);
    bind_text(statement, 2, name);
    bind_text(statement, 3, id);
    sqlite3_bind_blob(statement, 4, identity, sizeof identity, SQLITE_STATIC);
    bind_text(statement, 5, lane);
    sqlite3_bind_int64(statement, 6, now);
    return run(statement);
}

static int enqueue(
    sqlite3 *db, sqlite3_stmt *job, sqlite3_stmt *event, int first, int count, int per_commit,
    int64_t *nanoseconds) {
    int code = SQLITE_OK;
    for (int done = 0; done < count && code == SQLITE_OK; done += per_commit) {
        int64_t began = komodo_baseline_now(), now = milliseconds_now();
        code = execute(db, "BEGIN IMMEDIATE");
        for (int n = done; n < done + per_commit && n < count && code == SQLITE_OK; n++) {
            code = add_job(job, first + n, now);
            if (code != SQLITE_OK) break;
            code = add_event(
                event, sqlite3_last_insert_rowid(db), now, "enqueued", "pending", "queued", 0,
                NULL);
        }
        if (code == SQLITE_OK) code = execute(db, "COMMIT");
        *nanoseconds++ = komodo_baseline_now() - began;
    }
    return code;
}

int komodo_baseline_enqueue(
    const char *path, int first, int count, int per_commit, int64_t *nanoseconds) {
    sqlite3 *db = NULL;
    sqlite3_stmt *job = NULL, *event = NULL;
    int code = open_database(path, &db);
    if (code == SQLITE_OK) code = prepare(db, insert_job, &job);
    if (code == SQLITE_OK) code = prepare(db, insert_event, &event);
    if (code == SQLITE_OK)
        code = enqueue(db, job, event, first, count, per_commit, nanoseconds);
    sqlite3_finalize(job);
    sqlite3_finalize(event);
    sqlite3_close(db);
    return code;
}

// What a job goes through, one transaction for a batch each.
enum { CLAIM, INTENT, ACCEPTANCE, OUTCOME, TRANSITIONS };

static const struct {
    const char *sql, *reason, *status, *phase;
} transitions[TRANSITIONS] = {
    [CLAIM] = {
        "UPDATE job SET status = 'starting', phase = 'claimed', holds_lane = 1,"
        " lease_owner = 'baseline', lease_number = lease_number + 1 WHERE id = ?1",
        "claimed", "starting", "claimed"},
    [INTENT] = {
        "UPDATE job SET phase = 'sending', attempt = 1, sent_at = ?2, started_at = ?2,"
        " sender_operator = 'operator', leaves_by = ?2 WHERE id = ?1",
        "intent_recorded", "starting", "sending"},
    [ACCEPTANCE] = {
        "UPDATE job SET status = 'running', phase = 'accepted', accepted_at = ?2,"
        " remote_kind = 'update', remote_id = ?3 WHERE id = ?1",
        "accepted", "running", "accepted"},
    [OUTCOME] = {
        "UPDATE job SET status = 'success', phase = NULL, finished_at = ?2, holds_lane = 0,"
        " lease_owner = NULL WHERE id = ?1",
        "succeeded", "success", NULL},
};

struct drain {
    sqlite3 *db;
    sqlite3_stmt *due, *event, *adoption, *transition[TRANSITIONS];
    int64_t jobs[1000];
    int run;
};

static const char select_due[] =
    "SELECT id FROM job WHERE phase = 'queued' AND instance = 'https://komodo.example'"
    " ORDER BY priority DESC, id LIMIT ?1";
static const char insert_adoption[] =
    "INSERT INTO adoption (instance, update_id, job_id, attempt)"
    " VALUES ('https://komodo.example', ?1, ?2, 1)";

static int prepare_drain(struct drain *drain) {
    int code = prepare(drain->db, select_due, &drain->due);
    if (code == SQLITE_OK) code = prepare(drain->db, insert_event, &drain->event);
    if (code == SQLITE_OK) code = prepare(drain->db, insert_adoption, &drain->adoption);
    for (int step = 0; step < TRANSITIONS && code == SQLITE_OK; step++)
        code = prepare(drain->db, transitions[step].sql, &drain->transition[step]);
    return code;
}

/// Puts the next due jobs into `drain->jobs`; negative when that failed.
static int find_due(struct drain *drain, int limit) {
    int count = 0, code;
    sqlite3_bind_int(drain->due, 1, limit);
    while ((code = sqlite3_step(drain->due)) == SQLITE_ROW)
        drain->jobs[count++] = sqlite3_column_int64(drain->due, 0);
    sqlite3_reset(drain->due);
    return code == SQLITE_DONE ? count : -1;
}

/// Lets a job go one step on.
static int move_on(struct drain *drain, int step, int64_t job, int64_t now) {
    sqlite3_stmt *transition = drain->transition[step];
    char update[32];
    int code = SQLITE_OK;
    sqlite3_bind_int64(transition, 1, job);
    if (step != CLAIM) sqlite3_bind_int64(transition, 2, now);
    if (step == ACCEPTANCE) {
        snprintf(update, sizeof update, "%024x", drain->run++);
        bind_text(transition, 3, update);
        bind_text(drain->adoption, 1, update);
        sqlite3_bind_int64(drain->adoption, 2, job);
        code = run(drain->adoption);
    }
    if (code == SQLITE_OK) code = run(transition);
    if (code != SQLITE_OK) return code;
    return add_event(
        drain->event, job, now, transitions[step].reason, transitions[step].status,
        transitions[step].phase, step == CLAIM ? 0 : 1, "baseline");
}

static int drain_batch(struct drain *drain, int limit, int *drained) {
    int count = 0;
    for (int step = 0; step < TRANSITIONS; step++) {
        int64_t now = milliseconds_now();
        int code = execute(drain->db, "BEGIN IMMEDIATE");
        if (code == SQLITE_OK && step == CLAIM && (count = find_due(drain, limit)) < 0)
            code = SQLITE_ERROR;
        for (int n = 0; n < count && code == SQLITE_OK; n++)
            code = move_on(drain, step, drain->jobs[n], now);
        if (code == SQLITE_OK) code = execute(drain->db, "COMMIT");
        if (code != SQLITE_OK) return code;
    }
    *drained += count;
    return count ? SQLITE_OK : SQLITE_DONE;
}

static int end_drain(struct drain *drain, int code) {
    sqlite3_finalize(drain->due);
    sqlite3_finalize(drain->event);
    sqlite3_finalize(drain->adoption);
    for (int step = 0; step < TRANSITIONS; step++) sqlite3_finalize(drain->transition[step]);
    sqlite3_close(drain->db);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int komodo_baseline_drain(const char *path, int first, int count, int batch, int *drained) {
    struct drain drain = {.run = first};
    int code = batch > 0 && batch <= 1000 ? open_database(path, &drain.db) : SQLITE_RANGE;
    *drained = 0;
    if (code == SQLITE_OK) code = prepare_drain(&drain);
    while (code == SQLITE_OK && *drained < count) {
        int left = count - *drained;
        code = drain_batch(&drain, left < batch ? left : batch, drained);
    }
    return end_drain(&drain, code);
}

int komodo_baseline_write(
    const char *path, int first, int64_t end, int count_max, int64_t *nanoseconds, int *count,
    int *busy) {
    sqlite3 *db = NULL;
    sqlite3_stmt *job = NULL, *event = NULL;
    int code = open_database(path, &db);
    *count = *busy = 0;
    if (code == SQLITE_OK) code = prepare(db, insert_job, &job);
    if (code == SQLITE_OK) code = prepare(db, insert_event, &event);
    while (code == SQLITE_OK && *count < count_max && komodo_baseline_now() < end) {
        code = enqueue(db, job, event, first + *count, 1, 1, nanoseconds + *count);
        if (code == SQLITE_OK) {
            ++*count;
        } else if (code == SQLITE_BUSY) {
            ++*busy;
            code = SQLITE_OK;
            // A commit that found no room in time leaves its transaction open.
            if (!sqlite3_get_autocommit(db)) code = execute(db, "ROLLBACK");
        }
    }
    sqlite3_finalize(job);
    sqlite3_finalize(event);
    sqlite3_close(db);
    return code;
}

// A datagram after each commit.

static int bell_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return SQLITE_TOOBIG;
    strcpy(address->sun_path, path);
    return SQLITE_OK;
}

int komodo_baseline_listen(const char *bell) {
    struct sockaddr_un address;
    struct timeval patience = {.tv_sec = 10};
    if (bell_address(bell, &address) != SQLITE_OK) return -1;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

static int claim_on_rings(struct drain *drain, int listener, int count, int64_t *claimed) {
    int code = SQLITE_OK, found;
    char byte;
    for (int done = 0; done < count && code == SQLITE_OK; done++) {
        if (recv(listener, &byte, 1, 0) < 0) return SQLITE_IOERR;
        code = execute(drain->db, "BEGIN IMMEDIATE");
        if (code != SQLITE_OK) break;
        found = find_due(drain, 1);
        code = found == 1 ? move_on(drain, CLAIM, drain->jobs[0], milliseconds_now())
                          : SQLITE_NOTFOUND;
        if (code == SQLITE_OK) code = execute(drain->db, "COMMIT");
        claimed[done] = komodo_baseline_now();
    }
    return code;
}

int komodo_baseline_claim_on_rings(const char *path, int listener, int count, int64_t *claimed) {
    struct drain drain = {0};
    int code = open_database(path, &drain.db);
    if (code == SQLITE_OK) code = prepare_drain(&drain);
    if (code == SQLITE_OK) code = claim_on_rings(&drain, listener, count, claimed);
    return end_drain(&drain, code);
}

int komodo_baseline_enqueue_and_ring(
    const char *path, const char *bell, int number, int64_t *began) {
    struct sockaddr_un address;
    int64_t nanoseconds;
    int code = bell_address(bell, &address);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sqlite3 *db = NULL;
    sqlite3_stmt *job = NULL, *event = NULL;
    if (descriptor < 0) code = SQLITE_IOERR;
    if (code == SQLITE_OK) code = open_database(path, &db);
    if (code == SQLITE_OK) code = prepare(db, insert_job, &job);
    if (code == SQLITE_OK) code = prepare(db, insert_event, &event);
    *began = komodo_baseline_now();
    if (code == SQLITE_OK) code = enqueue(db, job, event, number, 1, 1, &nanoseconds);
    if (code == SQLITE_OK &&
        sendto(descriptor, "", 1, 0, (struct sockaddr *)&address, sizeof address) < 0)
        code = SQLITE_IOERR;
    sqlite3_finalize(job);
    sqlite3_finalize(event);
    sqlite3_close(db);
    if (descriptor >= 0) close(descriptor);
    return code;
}
