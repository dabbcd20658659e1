private import Crypto

/// One step of the schema, embedded from `migrations/`.
struct Migration: Sendable {
    /// The file's name without its ending.
    let name: String
    let sql: String

    private init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        sql = String(decoding: bytes, as: UTF8.self)
    }

    /// All steps in order.
    ///
    /// Resources cannot be listed; a test compares this with the folder.
    static let all: [Migration] = [
        Migration("0001_create_jobs", PackageResources._001_create_jobs_sql),
        Migration("0002_mark_draining_workers", PackageResources._002_mark_draining_workers_sql),
        Migration("0003_serve_clients", PackageResources._003_serve_clients_sql),
        Migration(
            "0004_index_principals_by_status",
            PackageResources._004_index_principals_by_status_sql),
        Migration("0005_repeat_failed_runs", PackageResources._005_repeat_failed_runs_sql),
        Migration(
            "0006_fence_on_clock_since_boot",
            PackageResources._006_fence_on_clock_since_boot_sql),
        Migration("0007_index_logs", PackageResources._007_index_logs_sql),
        Migration("0008_allow_pruning", PackageResources._008_allow_pruning_sql),
        Migration("0009_index_ends", PackageResources._009_index_ends_sql),
    ]

    /// SHA-256 of the text, in lower-case hexadecimal.
    var digest: String {
        SHA256.hash(data: Array(sql.utf8)).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
    }
}
