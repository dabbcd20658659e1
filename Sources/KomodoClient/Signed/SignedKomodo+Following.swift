internal import JSON
package import Jobs
internal import Synchronization

extension SignedKomodo {
    /// How long a run may leave no trace while its resource rests before it counts as forgotten.
    static let traceMax: Duration = .seconds(60)
    /// How long a server may need to show that an order has begun.
    static let settleTime: Duration = .seconds(10)
    /// Times are whole seconds: nothing is sent in the second of the newest change, or the run
    /// could not be told from it.
    private static let secondsApart: Duration = .seconds(2)
    private static let watermarkLooksMax = 3

    package func watermark(
        of operation: JobOperation, on target: Target
    ) async throws(KomodoError) -> WatermarkReading {
        for look in 1...Self.watermarkLooksMax {
            // A list may be older than a run of somebody else.
            let runs = SignedRuns(try await whole(target, for: .submission), target.type)
            if runs.isBusy {
                let message = "'\(target.name)' is at work in Komodo (\(runs.word ?? ""))."
                return .busy(JobError(.conflict, Quote.word(message)))
            }
            guard let changedAt = runs.changedAt else { return .newest(nil) }
            let now = serverTime()
            let age = now - changedAt
            if age >= Self.secondsApart { return .newest(changedAt) }
            // A date in the future would hide every run.
            if look == Self.watermarkLooksMax { return .newest(min(changedAt, now - .seconds(1))) }
            do {
                try await surroundings.sleep(min(Self.secondsApart - age, Self.secondsApart))
            } catch {
                throw KomodoError(.interrupted, "The call to Komodo was cancelled.")
            }
        }
        preconditionFailure("the last look returns")
    }

    package func updates(
        of runs: [RemoteRun]
    ) async throws(KomodoError) -> [RemoteRun: UpdateSummary] {
        var found: [RemoteRun: UpdateSummary] = [:]
        for (type, runs) in Dictionary(grouping: runs, by: \.target.type) {
            let isShort = knownListing(of: type, ageMax: .seconds(3_600)).map {
                $0.pages <= runs.count
            }
            if isShort ?? true {
                let listing = try await listing(of: type, for: .poll)
                for run in runs {
                    let item = run.target.id.flatMap { listing.item($0) }
                    found[run] = item.map { summary(of: run, in: $0) }
                }
            } else {
                for run in runs {
                    found[run] = try await readable(run.target).map { summary(of: run, in: $0) }
                }
            }
        }
        return found
    }

    package func update(
        of run: RemoteRun, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update {
        let document = try await whole(run.target, for: purpose)
        let runs = SignedRuns(document, run.target.type)
        guard SignedKind(run.target.type)?.history != nil else {
            return stateUpdate(of: run, runs, document)
        }
        if let entry = runs.entry(of: run) {
            return SignedUpdate.update(of: run, entry, redactor: redactor)
        }
        guard !runs.isBusy, age(of: run) >= Self.traceMax else {
            throw KomodoError(
                .serverFault, "Komodo does not show the run on '\(run.target.name)' yet.")
        }
        throw KomodoError(.notFound, "Komodo shows no run of this job on '\(run.target.name)'.")
    }

    package func evidence(_ query: EvidenceQuery) async throws(KomodoError) -> [UpdateSummary] {
        let document = try await whole(query.target, for: .poll, on: .fresh)
        let runs = SignedRuns(document, query.target.type)
        guard runs.hasHistory else {
            try proveUntouched(runs, query)
            return []
        }
        guard !runs.hasUnreadableEntries else {
            throw KomodoError(
                .unsupported,
                "The history of '\(query.target.name)' has entries without a time, so what was "
                    + "sent cannot be looked for.")
        }
        let found = runs.entries.filter { entry in
            entry.startedAt >= query.startedAtOrAfter
                && query.watermark.map { entry.startedAt > $0 } ?? true
        }
        if found.isEmpty, runs.isBusy {
            throw KomodoError(
                .serverFault,
                "'\(query.target.name)' is at work; whose run it is shows when it ends."
            )
        }
        return found.map { entry in
            SignedUpdate.summary(
                id: entry.id, operation: query.operations.first ?? "", target: query.target,
                startedAt: entry.startedAt, meaning: entry.meaning)
        }
    }

    // MARK: States

    /// Proves that a resource without a history was not touched since the watermark.
    private func proveUntouched(
        _ runs: SignedRuns, _ query: EvidenceQuery
    ) throws(KomodoError) {
        let name = query.target.name
        if runs.isBusy {
            throw KomodoError(.serverFault, "'\(name)' is at work.")
        }
        guard let watermark = query.watermark, let changedAt = runs.changedAt,
            changedAt <= watermark
        else {
            throw KomodoError(
                .unsupported,
                "Komodo keeps no history of a \(query.target.type.word), and '\(name)' may have "
                    + "changed since it was sent.")
        }
    }

    /// What a list item tells of a run.
    private func summary(of run: RemoteRun, in item: JSONValue) -> UpdateSummary {
        let runs = SignedRuns(item, run.target.type)
        let meaning: SignedStatus.Meaning
        if SignedKind(run.target.type)?.history == nil {
            meaning = stateMeaning(of: run, runs)
        } else {
            let isOver =
                !runs.isBusy
                && (runs.hasChanged(since: run.watermark) || age(of: run) >= Self.traceMax)
            // How it ended is told by the history.
            meaning = isOver ? .succeeded : .underWay
        }
        let startedAt = runs.changedAt ?? Timestamp(milliseconds: 0)
        return SignedUpdate.summary(
            id: run.id, operation: run.operation.spec.request, target: run.target,
            startedAt: startedAt, meaning: meaning)
    }

    /// How a run on a server or a repository stands, which only their states tell.
    private func stateMeaning(of run: RemoteRun, _ runs: SignedRuns) -> SignedStatus.Meaning {
        guard !runs.isBusy else { return .underWay }
        let hasChanged = runs.hasChanged(since: run.watermark)
        let age = age(of: run)
        let isFailure = SignedStatus.meaning(ofRun: runs.word) == .failed
        if isFailure { return hasChanged || age >= Self.traceMax ? .failed : .underWay }
        if let goal = SignedStatus.goal(of: run.operation) {
            let isThere = runs.word?.lowercased() == goal
            if isThere { return hasChanged || age >= Self.settleTime ? .succeeded : .underWay }
            return hasChanged && age >= Self.traceMax ? .failed : .underWay
        }
        let isSynced = runs.syncedAt.map { moment in
            run.watermark.map { moment > $0 } ?? true
        }
        return isSynced == true ? .succeeded : .underWay
    }

    private func stateUpdate(
        of run: RemoteRun, _ runs: SignedRuns, _ document: JSONValue
    ) -> Update {
        let meaning = stateMeaning(of: run, runs)
        let startedAt = runs.changedAt ?? Timestamp(milliseconds: 0)
        var update = Update(
            summary: SignedUpdate.summary(
                id: run.id, operation: run.operation.spec.request, target: run.target,
                startedAt: startedAt, meaning: meaning),
            endedAt: nil, logs: [], version: nil, commitHash: nil)
        let word = Quote.word(runs.word ?? "")
        switch meaning {
        case .succeeded: update.statedOutcome = .succeeded
        case .failed, .cancelled:
            update.statedOutcome = .failed(
                JobError(
                    .executionError,
                    "Komodo shows the \(run.target.type.word) as '\(word)' after the operation."))
        case .underWay: break
        }
        if !word.isEmpty { update.facts["target_status"] = .string(word) }
        return update
    }

    // MARK: Reading

    /// The document of a target; nil when there is none or it may not be read.
    private func readable(_ target: Target) async throws(KomodoError) -> JSONValue? {
        do throws(KomodoError) {
            return try await whole(target, for: .poll)
        } catch {
            switch error.code {
            case .notFound, .forbidden: return nil
            default: throw error
            }
        }
    }

    private func age(of run: RemoteRun) -> Duration {
        surroundings.wallClock() - run.acceptedAt
    }

    private func serverTime() -> Timestamp {
        surroundings.wallClock() + clockOffset.withLock { $0.duration }
    }
}
