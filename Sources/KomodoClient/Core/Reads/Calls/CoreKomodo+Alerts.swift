package import JSON
internal import Jobs

extension CoreKomodo {
    /// How many of Core's pages are searched for one page of alerts; a page has 100.
    static let alertPagesMax = 10

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
        let found = try await walk("alerts", pagesMax: Self.alertPagesMax) { page in
            self.requests.alerts(filter, page: page)
        }
        let page = DocumentPage(query.page, of: found.entries.map { $0.object ?? [:] })
        return DocumentPage(
            items: page.items.map { AlertDocument.listed(.object($0)) }, total: page.total,
            totalIsAtLeast: found.hasMore)
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

    /// Entries of several of Core's pages, and whether there may be more.
    struct Walk {
        var entries: [JSONValue] = []
        var hasMore = false
    }

    /// Collects the pages of a list that tells no total.
    ///
    /// - Parameters:
    ///   - key: what the list of entries is called in the answer.
    ///   - entriesMax: stops when so many are known, and whether there are more.
    func walk(
        _ key: String, pagesMax: Int, entriesMax: Int = .max,
        request: (Int) -> OutgoingRequest
    ) async throws(KomodoError) -> Walk {
        var walk = Walk()
        var seen: Set<String> = []
        var page = 0
        for _ in 0..<pagesMax {
            let answer = try await json(request(page), for: .read)
            guard let entries = answer[key]?.array else {
                throw KomodoError(.malformed, "Komodo's list of \(key) is not a list.")
            }
            // What is new meanwhile moves entries on to the next page, where they come again.
            walk.entries += entries.filter { entry in
                (entry["_id"] ?? entry["id"])?.objectID.map { seen.insert($0).inserted } ?? false
            }
            guard let next = answer["next_page"]?.int.flatMap({ Int(exactly: $0) }), next > page
            else {
                walk.hasMore = false
                return walk
            }
            walk.hasMore = true
            guard walk.entries.count <= entriesMax else { return walk }
            page = next
        }
        return walk
    }
}
