internal import JSON

extension CoreState {
    /// Entries of a page when a request names no limit (2.3 and later).
    static let defaultLimit = 50

    /// The resources of one page: filtered, by name, then cut.
    func list(_ kind: ResourceKind, _ params: JSONValue, for user: Operator) throws(Reply)
        -> [WorldResource]
    {
        let query = params["query"] ?? [:]
        let names = strings(query["names"])
        // Before 2.0 ids were taken for names, and nothing was found.
        let ids = version.isTwo ? names.filter(Self.isObjectID) : []
        let plain = names.filter { !version.isTwo || !Self.isObjectID($0) }
        let tags = try tagIDs(strings(query["tags"]))
        let matchesAnyTag = query["tag_behavior"]?.string == "Any"
        let terms = version.isTwoThree ? strings(query["terms"]).map { $0.lowercased() } : []
        let specific = query["specific"] ?? [:]
        var found = world.all(kind).filter { resource in
            // Ids and names given together must both match.
            (ids.isEmpty || ids.contains(resource.id))
                && (plain.isEmpty || plain.contains(resource.name))
                && hasTags(resource, tags, any: matchesAnyTag)
                && terms.allSatisfy { resource.name.lowercased().contains($0) }
                && matches(resource, specific) && isOpen(resource, to: user)
        }
        if query["templates"]?.string == "Only" { found = [] }
        guard version.isTwoThree else { return found }
        if params["sort_desc"]?.bool == true { found.reverse() }
        return cut(found, params)
    }

    /// The part of a list that a request wants (2.3 and later).
    func cut<Element>(_ found: [Element], _ params: JSONValue) -> [Element] {
        let limit = params["limit"]?.int.map { Int(clamping: $0) } ?? Self.defaultLimit
        guard limit > 0 else { return found }
        let page = Int(clamping: params["page"]?.int ?? 0)
        let (start, overflow) = max(0, page).multipliedReportingOverflow(by: limit)
        return overflow ? [] : Array(found.dropFirst(start).prefix(limit))
    }

    private func matches(_ resource: WorldResource, _ specific: JSONValue) -> Bool {
        func allows(_ key: String, _ value: String) -> Bool {
            let wanted = strings(specific[key])
            return wanted.isEmpty || wanted.contains(value)
        }
        guard allows("server_ids", resource.serverID), allows("builder_ids", resource.builderID),
            allows("build_ids", resource.buildID), allows("repos", resource.repository)
        else { return false }
        guard version.isTwoThree else { return true }
        let scheduled = specific["scheduled"]?.bool
        return allows("states", world.visibleState(resource, version: version))
            && allows("linked_repos", resource.linkedRepoID)
            && (scheduled == nil || scheduled == !resource.schedule.isEmpty)
    }

    private func hasTags(_ resource: WorldResource, _ tags: [String], any: Bool) -> Bool {
        guard !tags.isEmpty else { return true }
        return any
            ? tags.contains { resource.tags.contains($0) }
            : tags.allSatisfy { resource.tags.contains($0) }
    }

    private func strings(_ value: JSONValue?) -> [String] {
        value?.array?.compactMap(\.string) ?? []
    }

    private static func isObjectID(_ text: String) -> Bool {
        text.utf8.count == 24 && text.allSatisfy(\.isHexDigit)
    }
}
