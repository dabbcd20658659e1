#pragma once

#include <stdint.h>

// The least that keeps the promise of the job store, as loops over the same library and schema:
// what a durable job costs without anything that makes it useful. Each function opens the database,
// works on one thread, closes it, and returns a result code of SQLite.

/// Inserts `count` jobs, each with its target and its first event, `per_commit` to a transaction.
///
/// - Parameters:
///   - first: the number of the first job; no two jobs of a database may have the same.
///   - nanoseconds: gets the time of each transaction.
int komodo_baseline_enqueue(
    const char *path, int first, int count, int per_commit, int64_t *nanoseconds);

/// Takes up to `count` due jobs from claimed to finished, `batch` at a time, with four transactions
/// a batch: the claim, the intents, the acceptances, the outcomes, each with its events.
///
/// - Parameters:
///   - first: makes the ids of the remote runs differ between calls.
///   - drained: gets how many jobs were finished.
int komodo_baseline_drain(const char *path, int first, int count, int batch, int *drained);

/// CLOCK_MONOTONIC in nanoseconds, which all processes share.
int64_t komodo_baseline_now(void);

/// Inserts jobs one by one until `end` by ``komodo_baseline_now``, or until there are `count_max`,
/// while other processes do the same, with SQLite's own back-off.
///
/// - Parameters:
///   - nanoseconds: gets the time of each transaction.
///   - count: gets how many were stored.
///   - busy: gets how many gave up.
int komodo_baseline_write(
    const char *path, int first, int64_t end, int count_max, int64_t *nanoseconds, int *count,
    int *busy);

/// A datagram socket of that name, whose reads fail after 10 s; -1 when it cannot be made.
int komodo_baseline_listen(const char *bell);

/// Claims one due job after each of `count` datagrams.
///
/// - Parameter claimed: gets the moments after the commits, by ``komodo_baseline_now``.
int komodo_baseline_claim_on_rings(const char *path, int listener, int count, int64_t *claimed);

/// Inserts one job, then sends a datagram.
///
/// - Parameter began: gets the moment before its transaction.
int komodo_baseline_enqueue_and_ring(
    const char *path, const char *bell, int number, int64_t *began);

/// Inserts `count` finished jobs with their histories in large transactions.
///
/// - Parameters:
///   - first: the number of the first job; no two jobs of a database may have the same.
///   - now: milliseconds since 1970 of the last one; each job is a second older than the next.
int komodo_baseline_generate(const char *path, int first, int count, int64_t now);

/// What ``komodo_baseline_read`` asks for: the newest 50 jobs, one job with its history, counts.
enum komodo_baseline_query {
    KOMODO_BASELINE_LIST, KOMODO_BASELINE_SHOW, KOMODO_BASELINE_STATS
};

/// Runs a query `times` times and looks at every column of every row.
///
/// - Parameters:
///   - jobs: how many jobs there are; the one that is shown is another one each time.
///   - nanoseconds: gets the time of each.
int komodo_baseline_read(
    const char *path, enum komodo_baseline_query query, int times, int jobs, int64_t *nanoseconds);

/// Opens the database for reading and keeps its present state in sight.
///
/// - Parameter reader: gets what ``komodo_baseline_release`` ends.
int komodo_baseline_hold(const char *path, void **reader);
void komodo_baseline_release(void *reader);

/// Runs a program from start to end, its output thrown away.
///
/// - Parameters:
///   - arguments: the program, looked up on PATH, and its arguments, ended by a null pointer.
///   - environment: all its variables, ended by a null pointer.
///   - nanoseconds: gets the time from before its start to after its end.
///   - status: gets its exit code, or minus the number of the signal that killed it.
/// - Returns: 0, or the error number of the operating system.
int komodo_baseline_run(
    char *const arguments[], char *const environment[], int64_t *nanoseconds, int *status);
