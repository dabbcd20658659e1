internal import JobStore
internal import Jobs

/// When another request to a Komodo may be made.
enum RetryTime {
    /// Seconds until then, whole and rounded up: as long as Komodo asked for, or until the shared
    /// budget has a token; 0 when a request may be made now, as to a Komodo that nobody has called.
    static func seconds(_ instance: String, in context: ToolContext) async throws -> Int {
        let reports = try await context.store.budgets(context.limits)
        guard let report = reports.first(where: { $0.instance == instance }) else { return 0 }
        return seconds(report.bucket, context.limits)
    }

    /// The same for a bucket that was counted just now.
    static func seconds(_ bucket: TokenBucket, _ limits: TokenBucket.Limits) -> Int {
        var bucket = bucket
        // A copy is asked; nothing is spent.
        switch bucket.take(.submission, at: bucket.countedAt, limits) {
        case .granted: return 0
        case .refused(let wait): return Int((wait.inMilliseconds + 999) / 1_000)
        }
    }
}
