package import JobStore
package import Jobs
package import KomodoClient

/// Takes tokens of the shared budget for a client.
package enum BudgetPermit {
    /// The longest that a request waits for its token.
    package static let waitMax: Duration = .seconds(15)
    static let pauseMin: Duration = .milliseconds(20)

    /// A permit that waits up to ``waitMax`` for a token.
    package static func waiting(
        store: any JobStore, instance: String, limits: TokenBucket.Limits,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) -> RequestPermit {
        { purpose throws(KomodoError) in
            var waited: Duration = .zero
            while true {
                let answer = try await take(store, purpose, instance, limits)
                guard case .refused(let wait) = answer else { return }
                guard waited + wait <= waitMax else {
                    throw KomodoError(
                        .budgetExhausted(wait: wait),
                        "The rate budget has no token left; the next one comes in "
                            + "\(Int(wait.inSeconds.rounded(.up))) s.")
                }
                let pause = max(wait, pauseMin)
                waited += pause
                do {
                    try await sleep(pause)
                } catch {
                    throw KomodoError(.interrupted, "The request was cancelled.")
                }
            }
        }
    }

    private static func take(
        _ store: any JobStore, _ purpose: TokenBucket.Purpose, _ instance: String,
        _ limits: TokenBucket.Limits
    ) async throws(KomodoError) -> TokenBucket.Answer {
        do {
            return try await store.take(purpose, instance: instance, limits: limits)
        } catch {
            // Without the budget nobody knows what others spent; asking on would be a guess.
            throw KomodoError(
                .unreachable, "The rate budget cannot be read: \(error.message)")
        }
    }
}
