package import JSON
internal import Jobs

extension CoreKomodo {
    package func history(_ query: HistoryQuery) async throws(KomodoError) -> DocumentPage {
        try Self.check(query.page)
        var filter: JSONObject = [:]
        var target = query.target
        if let wanted = target, wanted.id == nil {
            target = try await resolve(wanted.type, wanted.name, for: .read)
        }
        if let target {
            filter.put("target.type", text: target.type.rawValue)
            filter.put("target.id", text: target.id)
        }
        filter.put("operation", text: query.operation)
        if let before = query.before { filter["start_ts"] = ["$lt": .int(before.milliseconds)] }
        // Core never deletes updates, so only as many are read as the page needs.
        let found = try await walk("updates", filter, to: query.page) { page in
            self.requests.history(filter, page: page)
        }
        let page = DocumentPage(query.page, of: found.entries.map { $0.object ?? [:] })
        return DocumentPage(
            items: page.items.map {
                HistoryDocument.listed(.object($0), resourceName: target?.name)
            }, total: page.total, totalIsAtLeast: found.hasMore,
            reachesBackTo: found.isAtLimit ? found.entries.last?["start_ts"]?.timestamp : nil)
    }

    package func historyEntry(_ id: String) async throws(KomodoError) -> JSONObject {
        guard ObjectID.isValid(id) else {
            throw KomodoError(.notFound, "'\(Quote.word(id))' is not the id of an update.")
        }
        let update = try await json(requests.update(id), for: .read)
        guard update["_id"]?.objectID?.lowercased() == id.lowercased() else {
            throw KomodoError(.malformed, "Komodo answered with something else than update \(id).")
        }
        return HistoryDocument.detailed(update, resourceName: await name(ofTargetOf: update))
    }

    /// The name of what an update is about; nil when it has none any more.
    private func name(ofTargetOf update: JSONValue) async -> String? {
        guard let type = update["target"]?["type"]?.string.flatMap({ TargetType(rawValue: $0) }),
            let id = update["target"]?["id"]?.objectID
        else { return nil }
        return await names(type, [id])[id]
    }
}
