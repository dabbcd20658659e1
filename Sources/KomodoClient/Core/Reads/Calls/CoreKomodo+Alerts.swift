package import JSON
internal import Jobs

extension CoreKomodo {
    package func alerts(_ query: AlertQuery) async throws(KomodoError) -> DocumentPage {
        try Self.check(query.page)
        var filter: JSONObject = [:]
        if let severity = query.severity {
            filter.put("level", text: try AlertWords.level(severity: severity))
        }
        filter.put("resolved", flag: query.isResolved)
        if let type = query.resourceType {
            filter.put("target.type", text: try AlertWords.coreType(type))
        }
        // Old Komodos have thousands, so only as many are read as the page needs.
        let found = try await walk("alerts", filter, to: query.page) { page in
            self.requests.alerts(filter, page: page)
        }
        let page = DocumentPage(query.page, of: found.entries.map { $0.object ?? [:] })
        return DocumentPage(
            items: page.items.map { AlertDocument.listed(.object($0)) }, total: page.total,
            totalIsAtLeast: found.hasMore,
            reachesBackTo: found.isAtLimit ? found.entries.last?["ts"]?.timestamp : nil)
    }

    package func alert(_ id: String) async throws(KomodoError) -> JSONObject {
        guard ObjectID.isValid(id) else { throw Self.noAlert(id) }
        do throws(KomodoError) {
            let alert = try await json(requests.alert(id), for: .read)
            guard alert["_id"]?.objectID != nil else {
                throw KomodoError(.malformed, "Komodo's alert \(id) cannot be read.")
            }
            return AlertDocument.detailed(alert)
        } catch {
            let isMissing = error.message.lowercased().contains("no alert found with given id")
            throw isMissing ? Self.noAlert(id) : error
        }
    }

    private static func noAlert(_ id: String) -> KomodoError {
        KomodoError(.notFound, "Komodo has no alert '\(Quote.word(id))' that this key may see.")
    }
}
