package import JSON
package import Jobs

extension DetectedKomodo {
    package func identify() async throws(KomodoError) -> KomodoIdentity {
        let identity = try await withClient(for: .read) { (client) throws(KomodoError) in
            try await client.identify()
        }
        await remember(identity.remembered)
        return identity
    }

    package func time() -> Timestamp? { dialect.flatMap { client(of: $0).time() } }

    package func resolve(
        _ type: TargetType, _ nameOrID: String, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Target {
        try await withClient(for: purpose) { (client) throws(KomodoError) in
            try await client.resolve(type, nameOrID, for: purpose)
        }
    }

    package func submit(
        _ submission: Submission, gate: @escaping @Sendable () async -> Bool
    ) async -> SubmissionResult {
        do throws(KomodoError) {
            let client = try await client(for: .submission)
            // Core ignores what it does not know, so these would silently do nothing.
            let foreign = ["options", "variables", "payload"]
            if client.dialect == .core, foreign.contains(where: { submission.arguments[$0] != nil })
            {
                let message = "This Komodo is a Core, which has no options of the signed interface."
                return SubmissionResult(.rejected(JobError(.unsupportedOption, message)))
            }
            let result = await client.submit(submission, gate: gate)
            guard result.isStrange, await replacement(of: client, for: .submission) != nil else {
                return result
            }
            // Whatever refused it does not know such requests, so nothing ran.
            let message = "Komodo has another interface than before; it is asked anew."
            return SubmissionResult(
                .undelivered(JobError(.networkError, message)), status: result.status)
        } catch {
            return SubmissionResult(.undelivered(error.jobError), status: error.status)
        }
    }

    package func watermark(
        of operation: JobOperation, _ arguments: JSONObject, on target: Target, mayHideRun: Bool
    ) async throws(KomodoError) -> WatermarkReading {
        try await withClient(for: .submission) { (client) throws(KomodoError) in
            try await client.watermark(
                of: operation, arguments, on: target, mayHideRun: mayHideRun)
        }
    }

    package func updates(
        of runs: [RemoteRun]
    ) async throws(KomodoError) -> [RemoteRun: UpdateSummary] {
        try await withClient(for: .poll) { (client) throws(KomodoError) in
            try await client.updates(of: runs)
        }
    }

    package func update(
        of run: RemoteRun, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update {
        try await withClient(for: purpose) { (client) throws(KomodoError) in
            try await client.update(of: run, for: purpose)
        }
    }

    package func evidence(_ query: EvidenceQuery) async throws(KomodoError) -> [UpdateSummary] {
        try await withClient(for: .poll) { (client) throws(KomodoError) in
            try await client.evidence(query)
        }
    }

    package func canRead(_ target: Target) async throws(KomodoError) -> Bool {
        try await withClient(for: .poll) { (client) throws(KomodoError) in
            try await client.canRead(target)
        }
    }

    package func isBusy(_ target: Target) async throws(KomodoError) -> Bool {
        try await withClient(for: .poll) { (client) throws(KomodoError) in
            try await client.isBusy(target)
        }
    }

    package func health(
        of target: Target, services: [String]
    ) async throws(KomodoError) -> HealthReport {
        try await withClient(for: .poll) { (client) throws(KomodoError) in
            try await client.health(of: target, services: services)
        }
    }
}

extension SubmissionResult {
    /// Whether the answer may come from another interface: it refuses the key or the path.
    fileprivate var isStrange: Bool {
        switch outcome {
        case .rejected: status == 404 || status == 405
        case .unauthorized: true
        case .accepted, .concluded, .undelivered, .throttled, .unavailable, .busy, .ambiguous,
            .withheld:
            false
        }
    }
}

extension DetectedKomodo: KomodoReads {
    package func resources(_ query: ResourceQuery) async throws(KomodoError) -> DocumentPage {
        try await withReads { (reads) throws(KomodoError) in try await reads.resources(query) }
    }

    package func resource(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        try await withReads { (reads) throws(KomodoError) in
            try await reads.resource(type, nameOrID)
        }
    }

    package func glance(at target: Target) async throws(KomodoError) -> JSONObject {
        try await withReads { (reads) throws(KomodoError) in try await reads.glance(at: target) }
    }

    package func alerts(_ query: AlertQuery) async throws(KomodoError) -> DocumentPage {
        try await withReads { (reads) throws(KomodoError) in try await reads.alerts(query) }
    }

    package func alert(_ id: String) async throws(KomodoError) -> JSONObject {
        try await withReads { (reads) throws(KomodoError) in try await reads.alert(id) }
    }

    package func log(_ query: ContainerLogQuery) async throws(KomodoError) -> ContainerLog {
        try await withReads { (reads) throws(KomodoError) in try await reads.log(query) }
    }

    package func history(_ query: HistoryQuery) async throws(KomodoError) -> DocumentPage {
        try await withReads { (reads) throws(KomodoError) in try await reads.history(query) }
    }

    package func historyEntry(_ id: String) async throws(KomodoError) -> JSONObject {
        try await withReads { (reads) throws(KomodoError) in try await reads.historyEntry(id) }
    }

    package func containers(_ query: ContainerQuery) async throws(KomodoError) -> DocumentPage {
        try await withReads { (reads) throws(KomodoError) in try await reads.containers(query) }
    }

    package func systemStats(
        ofServer nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        try await withReads { (reads) throws(KomodoError) in
            try await reads.systemStats(ofServer: nameOrID)
        }
    }

    private func withReads<Value>(
        _ call: (any KomodoReads) async throws(KomodoError) -> Value
    ) async throws(KomodoError) -> Value {
        try await withClient(for: .read) { (client) throws(KomodoError) in
            guard let reads = client as? any KomodoReads else {
                throw KomodoError(.unsupported, "This interface of Komodo has no reads.")
            }
            return try await call(reads)
        }
    }
}
