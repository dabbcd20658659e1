package import JSON
package import Jobs

extension CoreKomodo {
    /// The most pages that are searched for traces of a lost submission.
    static let evidencePagesMax = 2

    package func updates(
        of runs: [RemoteRun]
    ) async throws(KomodoError) -> [RemoteRun: UpdateSummary] {
        let found = try await updates(runs.compactMap(\.id))
        let byID = Dictionary(
            found.compactMap { summary in summary.id.map { ($0, summary) } },
            uniquingKeysWith: { first, _ in first })
        var answer: [RemoteRun: UpdateSummary] = [:]
        for run in runs { answer[run] = run.id.flatMap { byID[$0] } }
        return answer
    }

    package func update(
        of run: RemoteRun, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update {
        try await update(run.id ?? "", for: purpose)
    }

    /// Reads up to ``updatesPerPollMax`` updates with one request.
    package func updates(_ ids: [String]) async throws(KomodoError) -> [UpdateSummary] {
        // An id that is none would make Komodo refuse the whole request.
        let valid = ids.filter(ObjectID.isValid)
        guard valid.count <= updatesPerPollMax else {
            throw KomodoError(
                .invalid, "At most \(updatesPerPollMax) updates can be read with one request.")
        }
        guard !valid.isEmpty else { return [] }
        let value = try await json(requests.updates(valid), for: .poll)
        return try Self.page(value).updates
    }

    /// Reads one update with its logs.
    package func update(
        _ id: String, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update {
        guard ObjectID.isValid(id) else {
            throw KomodoError(.notFound, "'\(Quote.word(id))' is not the id of an update.")
        }
        let value = try await json(requests.update(id), for: purpose)
        let update = Update(decoding: value)
        guard update.summary.id?.lowercased() == id.lowercased() else {
            throw KomodoError(.malformed, "Komodo answered with something else than update \(id).")
        }
        return update
    }

    package func watermark(
        of operation: JobOperation, _ arguments: JSONObject, on target: Target, mayHideRun: Bool
    ) async throws(KomodoError) -> WatermarkReading {
        // Runs are told apart by their ids, which only fails where one has no owner.
        guard mayHideRun else { return .unneeded }
        let query = EvidenceQuery(
            operations: operation.spec.updateOperations(arguments), target: target,
            operatorID: try await identify(for: .submission).operatorID,
            startedAtOrAfter: Timestamp(milliseconds: 0))
        let request = requests.evidence(query, targetID: try Self.id(of: target), page: 0)
        let newest = try Self.page(try await json(request, for: .submission)).updates
        return .newest(newest.map(\.startedAt).max())
    }

    package func evidence(_ query: EvidenceQuery) async throws(KomodoError) -> [UpdateSummary] {
        let targetID = try Self.id(of: query.target)
        var found: [UpdateSummary] = []
        var page = 0
        for _ in 0..<Self.evidencePagesMax {
            let request = requests.evidence(query, targetID: targetID, page: page)
            let answer = try Self.page(try await json(request, for: .poll, on: .fresh))
            found += answer.updates
            guard let next = answer.next else { break }
            page = next
        }
        return found
    }

    /// The id of a target that was resolved before.
    static func id(of target: Target) throws(KomodoError) -> String {
        guard let id = target.id else {
            throw KomodoError(
                .invalid,
                "The \(target.type.word) '\(Quote.word(target.name))' has not been resolved.")
        }
        return id
    }

    /// Reads `{updates: […], next_page}`; updates without an id are left out.
    private static func page(
        _ value: JSONValue
    ) throws(KomodoError) -> (updates: [UpdateSummary], next: Int?) {
        guard let items = value["updates"]?.array else {
            throw KomodoError(.malformed, "Komodo's list of updates is not a list.")
        }
        let updates = items.map { UpdateSummary(decoding: $0) }.filter { $0.id != nil }
        return (updates, value["next_page"]?.int.flatMap { Int(exactly: $0) })
    }
}
