internal import JobStore
internal import Jobs
internal import KomodoClient
private import Synchronization

extension Follower {
    /// Errands under way at a time.
    private static let errandsMax = 8

    /// Begins the next errand, if there is one and not too many are under way.
    func beginErrand() -> (errand: FollowBook.Errand, job: JobRecord)? {
        book.withLock { $0.beginErrand(max: Self.errandsMax) }
    }

    /// Runs one errand after the other for as long as there are any.
    ///
    /// - Throws: when the database cannot be used any more.
    func runErrands(
        from first: (errand: FollowBook.Errand, job: JobRecord),
        _ handOver: @Sendable (JobRecord) -> Void
    ) async throws {
        var next: (errand: FollowBook.Errand, job: JobRecord)? = first
        while let (errand, job) = next {
            do {
                let result = try await run(errand, job)
                end(job, result, handOver)
            } catch let error as StoreError {
                guard error.remedy != .end else { throw error }
                rest(job, error)
                let now = context.clock.sinceBoot()
                book.withLock { $0.endErrand(job, at: now) }
            }
            wakeUp.call()
            next = beginErrand()
        }
    }

    private func run(
        _ errand: FollowBook.Errand, _ job: JobRecord
    ) async throws -> Conclusion.Result {
        let conclusion = Conclusion(context: context)
        switch errand {
        case .conclusion:
            await context.hooks.reached(.concluding, job)
            return try await conclusion.conclude(job)
        case .search: return try await search(job, conclusion)
        case .log:
            try await conclusion.saveLogsSoFar(of: job)
            return .later
        }
    }

    private func end(
        _ job: JobRecord, _ result: Conclusion.Result, _ handOver: (JobRecord) -> Void
    ) {
        let now = context.clock.sinceBoot()
        book.withLock { book in
            book.endErrand(job, at: now)
            switch result {
            case .later: break
            case .lost, .over: book.remove(job)
            }
        }
        // Only now, because it may have to be followed on.
        if case .over(let next) = result { handOver(next) }
    }

    /// Looks for the update that a deploy-if-changed may have started.
    private func search(
        _ job: JobRecord, _ conclusion: Conclusion
    ) async throws -> Conclusion.Result {
        do {
            let result = try await conclusion.search(job)
            let now = context.clock.sinceBoot()
            book.withLock { $0.searched(job.row, at: now) }
            return result
        } catch let error as KomodoError {
            switch error.code {
            case .notFound, .forbidden: break
            case .throttled, .budgetExhausted, .unauthorized, .unreachable, .timedOut:
                try await failed([job], error)
                return .later
            case .malformed, .invalid, .unsupported, .serverFault, .interrupted:
                // It is about this target, and others are polled on.
                let now = context.clock.sinceBoot()
                book.withLock { $0.rest(job, at: now, context.policy.jobBackoff) }
                return .later
            }
            return try await conclusion.concludeUnreadable(job, error.jobError)
        }
    }
}
