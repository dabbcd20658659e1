package import JSON
package import Jobs
internal import Synchronization

extension SignedKomodo {
    /// Times are whole seconds: nothing is sent in the second of the newest change, or the run
    /// could not be told from it.
    private static let secondsApart: Duration = .seconds(2)
    private static let watermarkLooksMax = 3

    package func watermark(
        of operation: JobOperation, _ arguments: JSONObject, on target: Target, mayHideRun: Bool
    ) async throws(KomodoError) -> WatermarkReading {
        for look in 1...Self.watermarkLooksMax {
            // A list may be older than a run of somebody else.
            let runs = self.runs(in: try await whole(target, for: .submission), target.type)
            if isAtWork(runs, target) {
                let message = "'\(target.name)' is at work in Komodo (\(runs.word ?? ""))."
                return .busy(JobError(.conflict, Quote.word(message)))
            }
            guard let changedAt = runs.changedAt else { return .newest(nil) }
            let now = serverTime()
            let age = now - changedAt
            if age >= Self.secondsApart { return .newest(changedAt) }
            // A resource that changes all the time: what is older loses nothing.
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
            do throws(KomodoError) {
                try await summarize(runs, type, into: &found)
            } catch {
                interrupt(runs, error)
                throw error
            }
        }
        return found
    }

    private func summarize(
        _ runs: [RemoteRun], _ type: TargetType, into found: inout [RemoteRun: UpdateSummary]
    ) async throws(KomodoError) {
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

    package func update(
        of run: RemoteRun, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update {
        let document: JSONValue
        do throws(KomodoError) {
            document = try await whole(run.target, for: purpose)
        } catch {
            interrupt([run], error)
            throw error
        }
        let runs = self.runs(in: document, run.target.type)
        let sighting = see(run, runs)
        guard SignedKind(run.target.type)?.history != nil else {
            return stateUpdate(
                SignedVerdict(run: run, runs: runs, sighting: sighting, grace: grace))
        }
        if let entry = runs.entry(of: run) {
            return SignedUpdate.update(of: run, entry, redactor: redactor)
        }
        guard sighting.restTime >= grace.trace else {
            throw KomodoError(
                .serverFault, "Komodo does not show the run on '\(run.target.name)' yet.")
        }
        throw KomodoError(.notFound, "Komodo shows no run of this job on '\(run.target.name)'.")
    }

    // MARK: States

    /// What a list item tells of a run.
    private func summary(of run: RemoteRun, in item: JSONValue) -> UpdateSummary {
        let runs = self.runs(in: item, run.target.type)
        let sighting = see(run, runs)
        let meaning: SignedStatus.Meaning
        if SignedKind(run.target.type)?.history == nil {
            let verdict = SignedVerdict(run: run, runs: runs, sighting: sighting, grace: grace)
            meaning = verdict.outcome.map { $0 == .succeeded ? .succeeded : .failed } ?? .underWay
        } else {
            let isOver =
                sighting.restsSince != nil
                && (runs.hasChanged(since: run.watermark) || sighting.restTime >= grace.trace)
            // How it ended is told by the history.
            meaning = isOver ? .succeeded : .underWay
        }
        let startedAt = runs.changedAt ?? Timestamp(milliseconds: 0)
        return SignedUpdate.summary(
            id: run.id, operation: run.operation.spec.request, target: run.target,
            startedAt: startedAt, meaning: meaning)
    }

    private func stateUpdate(_ verdict: SignedVerdict) -> Update {
        let run = verdict.run
        let outcome = verdict.outcome
        let startedAt = verdict.runs.changedAt ?? Timestamp(milliseconds: 0)
        return Update(
            summary: SignedUpdate.summary(
                id: run.id, operation: run.operation.spec.request, target: run.target,
                startedAt: startedAt,
                meaning: outcome.map { $0 == .succeeded ? .succeeded : .failed } ?? .underWay),
            endedAt: nil, logs: [], version: nil, commitHash: nil, statedOutcome: outcome,
            facts: verdict.facts)
    }

    /// Whether something runs on a target, or is about to.
    ///
    /// What stays `pending` without any change is not about to begin any more.
    func isAtWork(_ runs: SignedRuns, _ target: Target) -> Bool {
        guard runs.isBusy, runs.isPending else {
            // A list may not tell that a build which is pending has run before.
            if !runs.isPending { memory.withLock { $0.isNotPending(target) } }
            return runs.isBusy
        }
        let now = surroundings.now()
        return memory.withLock {
            $0.pendingTime(target, changedAt: runs.changedAt, at: now) < grace.movement
        }
    }

    /// Takes note of a read that failed; what was not even asked is only a pause.
    private func interrupt(_ runs: [RemoteRun], _ error: KomodoError) {
        switch error.code {
        case .throttled, .budgetExhausted, .interrupted: return
        case .notFound, .forbidden, .unauthorized, .unreachable, .timedOut, .malformed, .invalid,
            .unsupported, .serverFault:
            memory.withLock { $0.interrupt(runs) }
        }
    }

    /// Takes note of what a read shows of a run.
    private func see(_ run: RemoteRun, _ runs: SignedRuns) -> SignedSighting {
        let isAtWork = isAtWork(runs, run.target)
        let now = surroundings.now()
        return memory.withLock { $0.see(run, runs.word, isAtWork: isAtWork, at: now) }
    }

    /// What a document tells, by Komodo's clock.
    func runs(in document: JSONValue, _ type: TargetType) -> SignedRuns {
        SignedRuns(document, type, at: time())
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

    private func serverTime() -> Timestamp { time() ?? surroundings.wallClock() }
}
