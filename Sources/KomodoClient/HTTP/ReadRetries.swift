internal import Jobs
internal import Logging

/// A failed try, and whether another may work.
struct FailedTry: Error {
    let error: KomodoError
    let isPassing: Bool
}

/// Tries a read again where that is safe and may help, within
/// ``KomodoConnection/totalTimeout``.
struct ReadRetries: Sendable {
    let connection: KomodoConnection
    let surroundings: Surroundings
    let logger: Logger

    /// Answers with the first success of `once`, which is told when all has to be over.
    ///
    /// - Parameters:
    ///   - path: what is read, for the log.
    ///   - limit: when a walk has to be over to which this belongs.
    func run(
        _ path: String, within limit: Duration? = nil,
        _ once: (_ end: Duration) async throws(FailedTry) -> HTTPAnswer
    ) async throws(KomodoError) -> HTTPAnswer {
        let ownEnd = surroundings.now() + connection.totalTimeout
        let end = limit.map { min($0, ownEnd) } ?? ownEnd
        var failures = 0
        while true {
            let failed: FailedTry
            do throws(FailedTry) {
                return try await once(end)
            } catch {
                failed = error
            }
            failures += 1
            let wait = connection.retry.wait(failures: failures, random: surroundings.random())
            guard failed.isPassing, failures <= connection.retry.countMax,
                surroundings.now() + wait < end
            else { throw failed.error }
            logger.debug(
                "Komodo request will be tried again",
                metadata: [
                    LogKey.httpPath: "\(path)", LogKey.errorMessage: "\(failed.error)",
                ])
            do {
                try await surroundings.sleep(wait)
            } catch {
                throw KomodoError(.interrupted, "The call to Komodo was cancelled.")
            }
        }
    }
}
