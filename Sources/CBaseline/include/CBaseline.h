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
