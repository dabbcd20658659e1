internal import JSON
internal import Jobs
internal import Synchronization

extension CoreKomodo {
    /// How many runs a history has.
    static let historyMax = 10
    /// How many of them are read whole, each with a request of its own.
    ///
    /// Lists do not tell when an update ended. What was read once is remembered.
    static let historyDetailsMax = 5

    /// The newest runs of a resource.
    func history(
        of type: TargetType, _ id: String, operation: String
    ) async -> Result<[ExecutionRecord], KomodoError> {
        let filter: JSONObject = [
            "target.type": .string(type.rawValue), "target.id": .string(id),
            "operation": .string(operation),
        ]
        do throws(KomodoError) {
            let page = try await json(requests.history(filter), for: .read)
            guard let items = page["updates"]?.array else {
                throw KomodoError(.malformed, "Komodo's list of updates is not a list.")
            }
            let records = items.compactMap { ExecutionRecord($0) }.prefix(Self.historyMax)
            return .success(await detailed(Array(records)))
        } catch {
            return .failure(error)
        }
    }

    /// Adds when the newest of some runs ended, and what they left.
    private func detailed(_ records: [ExecutionRecord]) async -> [ExecutionRecord] {
        let ids = records.prefix(Self.historyDetailsMax).filter(\.isComplete).map(\.id)
        var ends = readCache.withLock { cache in
            Dictionary(
                uniqueKeysWithValues: records.compactMap { record in
                    cache.end(of: record.id).map { (record.id, $0) }
                })
        }
        await withTaskGroup(of: (String, ExecutionRecord.End?).self) { group in
            for id in ids where ends[id] == nil {
                group.addTask { (id, await self.end(of: id)) }
            }
            for await (id, end) in group { ends[id] = end }
        }
        return records.map { record in
            var record = record
            if let end = ends[record.id] { record.complete(with: end) }
            return record
        }
    }

    /// What the update of an ended run tells; nil when it cannot be read now.
    private func end(of id: String) async -> ExecutionRecord.End? {
        guard case .success(let update) = await answer(requests.update(id)) else { return nil }
        let end = ExecutionRecord.End(update)
        if update["status"]?.string == "Complete" { readCache.withLock { $0.keep(end, of: id) } }
        return end
    }
}
