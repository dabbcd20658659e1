private import JSON
internal import JobStore
internal import Jobs
private import Logging
private import Redaction

extension WorkerContext {
    /// Writes an event down, however long that takes.
    ///
    /// A job that would follow the update of another one ends as unknown instead: whose run it is
    /// cannot be told from here.
    func advance(
        _ job: JobRecord, _ lease: Lease, by event: JobEvent, _ findings: Findings = Findings()
    ) async throws -> Advance {
        let advance: Advance
        let mask = ValueMask(
            try await persist(job) { () async throws(StoreError) in
                try await redactor(for: job)
            }, strips: false)
        let event = event.masked(by: mask)
        let findings = findings.masked(by: mask)
        do {
            advance = try await persist(job) { () async throws(StoreError) in
                try await store.advance(lease, by: event, findings)
            }
        } catch let error as StoreError where error.code == .violated {
            advance = try await endContested(job, lease, by: event, after: error)
        }
        if case .applied(let next) = advance, next.state.isTerminal { logEnd(next) }
        return advance
    }

    /// Writes an event down and answers the job if it is still this worker's to care for.
    func record(
        _ event: JobEvent, _ job: JobRecord, _ lease: Lease, _ findings: Findings = Findings()
    ) async throws -> JobRecord? {
        switch try await advance(job, lease, by: event, findings) {
        // An event that means nothing any more may have been written by an earlier try.
        case .applied(let next), .noted(let next), .ignored(let next):
            return next.leaseOwner == nil ? nil : next
        case .leaseLost:
            logger.notice("Another worker has the job", metadata: [LogKey.jobID: "\(job.id)"])
            return nil
        }
    }

    /// Writes down what must not be lost, trying again while the disk is full or busy.
    ///
    /// What is never written is found again by reconciliation, so giving up with the process is
    /// safe.
    func persist<Value: Sendable>(
        _ job: JobRecord, _ write: () async throws(StoreError) -> Value
    ) async throws -> Value {
        var backoff = WorkerPolicy.storeBackoff
        while true {
            do {
                return try await write()
            } catch {
                guard error.remedy == .wait else { throw error }
                logger.error(
                    "Cannot write to the database; trying again",
                    metadata: [
                        LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)",
                    ])
                try await sleep(backoff.next())
            }
        }
    }

    private func endContested(
        _ job: JobRecord, _ lease: Lease, by event: JobEvent, after violation: StoreError
    ) async throws -> Advance {
        guard let update = event.updateToFollow else { throw violation }
        let advance = try await persist(job) { () async throws(StoreError) in
            try await store.endContested(update, lease)
        }
        // Nobody has the update, so it was another rule that was broken.
        guard let advance else { throw violation }
        logger.error(
            "Komodo answered with the update of another job",
            metadata: [LogKey.jobID: "\(job.id)", LogKey.komodoUpdateID: "\(update)"])
        return advance
    }
}

extension Findings {
    /// The longest version or commit, in characters.
    private static var wordMax: Int { 200 }

    /// The same with secrets replaced; the logs are masked by ``LogScribe`` already.
    fileprivate func masked(by mask: ValueMask) -> Findings {
        var findings = self
        findings.version = version.map { String(mask.text($0).prefix(Self.wordMax)) }
        findings.commitHash = commitHash.map { String(mask.text($0).prefix(Self.wordMax)) }
        guard let detail else { return findings }
        // Details are JSON, or they would not be stored.
        let value = try? JSONValue(parsing: detail)
        findings.detail = value.map { mask.value($0).serialized() }
        return findings
    }
}

extension JobEvent {
    /// The update that a job would follow from this event on.
    fileprivate var updateToFollow: String? {
        switch self {
        case .submitted(.accepted(let reference)), .submitted(.concluded(let reference, _)),
            .evidenceFound(let reference):
            reference.updateID
        case .claimed, .released, .laneFoundBusy, .budgetExhausted, .intentRecorded,
            .targetUnresolved, .targetRefused, .submitted, .ownerLost, .evidenceAmbiguous,
            .evidenceAbsent, .progressed, .concluded, .becameUnreadable, .becameUnreachable,
            .becameHealthy, .becameUnhealthy, .cancelRequested, .cancelDelivered,
            .startWindowClosed, .deadlinePassed:
            nil
        }
    }
}
