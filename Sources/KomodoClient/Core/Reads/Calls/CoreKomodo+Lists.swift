internal import JSON
internal import Jobs

extension CoreKomodo {
    /// How many items Core gives when it does not know that all are wanted.
    private static let unaskedPageSize = 50

    package func resources(_ query: ResourceQuery) async throws(KomodoError) -> DocumentPage {
        try Self.check(query.page)
        // Refused before anything is asked, with the ids that are not known yet as they are.
        for filter in query.filters {
            var filters = ResourceFilters()
            try filters.add(filter, query.type, of: CoreRequests.pagedListsSince)
        }
        let version = try await version(for: .read)
        var filters = ResourceFilters()
        for filter in query.filters {
            try filters.add(try await resolved(filter), query.type, of: version)
        }
        var (items, configs) = try await listed(query.type, filters, of: version)
        if version < CoreRequests.pagedListsSince, items.count == Self.unaskedPageSize {
            // Komodo may have been upgraded meanwhile to a version that answers in pages.
            let newer = try await refreshVersion(for: .read)
            if newer >= CoreRequests.pagedListsSince {
                (items, configs) = try await listed(query.type, filters, of: newer)
            }
        }
        items = items.filter { item in
            filters.match(item: item, config: configs?[item["name"]?.string ?? ""]?["config"])
        }
        items.sort(by: Self.isBefore)
        let places = DocumentPage(query.page, of: items.map { $0.object ?? [:] })
        let documents = try await documents(
            query.type, places.items.map { .object($0) }, known: configs)
        return DocumentPage(items: documents, total: places.total)
    }

    /// Refuses pages that are none.
    static func check(_ page: PageRequest) throws(KomodoError) {
        guard page.number >= 1, (1...pageSizeMax).contains(page.size) else {
            throw KomodoError(
                .invalid, "A page is numbered from 1 and has 1 to \(pageSizeMax) items.")
        }
    }

    /// The most items of a page.
    private static let pageSizeMax = 100

    /// A condition with the id of the server or repository that it names.
    private func resolved(
        _ filter: ResourceQuery.Filter
    ) async throws(KomodoError) -> ResourceQuery.Filter {
        switch filter {
        case .server(let name):
            .server(try Self.id(of: try await resolve(.server, name, for: .read)))
        // A name with a slash is that of the repository at its host, `owner/name`.
        case .repo(let name) where !name.contains("/"):
            .repo(try Self.id(of: try await resolve(.repo, name, for: .read)))
        case .repo, .status, .provider, .trigger, .actionType, .enabled: filter
        }
    }

    /// All items that Core selects, and all whole resources by name when those are needed too.
    private func listed(
        _ type: TargetType, _ filters: ResourceFilters, of version: KomodoVersion
    ) async throws(KomodoError) -> (items: [JSONValue], configs: [String: JSONValue]?) {
        let selection = CoreRequests.Selection(specific: filters.specific)
        async let list = answer(requests.list(type, selection, of: version))
        async let whole = answer(
            filters.needsConfig ? requests.list(type, selection, isFull: true, of: version) : nil)
        let (listAnswer, wholeAnswer) = (await list, await whole)
        guard let items = try listAnswer?.get().array else {
            throw KomodoError(.malformed, "Komodo's list of \(type.word)s is not a list.")
        }
        return (
            items,
            try wholeAnswer.map { (answer) throws(KomodoError) in
                Self.byName(try answer.get())
            }
        )
    }

    /// By name as people sort, which older versions do not.
    private static func isBefore(_ left: JSONValue, _ right: JSONValue) -> Bool {
        let (left, right) = (left["name"]?.string ?? "", right["name"]?.string ?? "")
        let (leftFolded, rightFolded) = (left.lowercased(), right.lowercased())
        return leftFolded == rightFolded ? left < right : leftFolded < rightFolded
    }

    private static func byName(_ value: JSONValue) -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for resource in value.array ?? [] {
            if let name = resource["name"]?.string { found[name] = resource }
        }
        return found
    }

    /// The documents of one page.
    ///
    /// - Parameter known: whole resources by name, when they were read already.
    private func documents(
        _ type: TargetType, _ items: [JSONValue], known: [String: JSONValue]?
    ) async throws(KomodoError) -> [JSONObject] {
        guard !items.isEmpty else { return [] }
        let version = try await version(for: .read)
        let selection = CoreRequests.Selection(names: items.compactMap { $0["name"]?.string })
        async let whole = answer(
            known == nil ? requests.list(type, selection, isFull: true, of: version) : nil)
        async let tags = tagNames(for: items)
        async let servers = serverNames(for: items)
        async let repos = repoNames(for: items)
        async let company = company(of: type, items, version)
        var missing = MissingParts()
        let configs = try missing.value("config", await whole).map(Self.byName) ?? known ?? [:]
        let names = ResourceNames(
            tags: try missing.value("tags", await tags) ?? [:], servers: await servers,
            repos: await repos)
        let companions = try missing.value(Self.companyField(type), await company)
        return items.map { item in
            let resource = CoreResource(
                type: type, item: item, full: configs[item["name"]?.string ?? ""], names: names)
            return missing.noted(in: Self.listed(resource, companions))
        }
    }

    /// What the documents of a type tell of others, in one request for the whole page.
    private func company(
        of type: TargetType, _ items: [JSONValue], _ version: KomodoVersion
    ) async -> Answer {
        switch type {
        case .deployment:
            let ids = items.compactMap { $0["id"]?.objectID }
            return await answer(
                requests.history([
                    "target.type": "Deployment", "operation": "Deploy",
                    "target.id": ["$in": .array(ids.map { .string($0) })],
                ]))
        case .repo: return await answer(requests.list(.build, .init(), of: version))
        case .server, .stack, .build, .procedure, .action, .resourceSync: return nil
        }
    }

    private static func companyField(_ type: TargetType) -> String {
        type == .repo ? "builds" : "lastDeployedAt"
    }

    private static func listed(_ resource: CoreResource, _ company: JSONValue?) -> JSONObject {
        switch resource.type {
        case .server: ServerDocument.listed(resource)
        case .deployment:
            DeploymentDocument.listed(
                resource, deployedAt: newestRun(of: resource.id, in: company))
        case .stack: StackDocument.listed(resource)
        case .build: BuildDocument.listed(resource)
        case .repo: RepoDocument.listed(resource, builds: builds(of: resource.id, in: company))
        case .procedure: ProcedureDocument.listed(resource)
        case .action: ActionDocument.listed(resource)
        case .resourceSync: SyncDocument.document(resource)
        }
    }

    /// When the newest of the updates of a target began.
    private static func newestRun(of id: String, in updates: JSONValue?) -> Timestamp? {
        (updates?["updates"]?.array ?? []).first { $0["target"]?["id"]?.string == id }?["start_ts"]?
            .timestamp
    }

    /// The ids of the builds that are linked to a repository; nil when the builds are not known.
    static func builds(of repoID: String, in builds: JSONValue?) -> [String]? {
        builds?.array?.filter { $0["info"]?["linked_repo"]?.string == repoID }
            .compactMap { $0["id"]?.objectID }
    }
}
