package import JSON
package import Jobs

extension SignedKomodo: KomodoReads {
    package func resources(_ query: ResourceQuery) async throws(KomodoError) -> DocumentPage {
        let kind = try Self.kind(query.type)
        var parameters = Self.parameters(of: query.page)
        for filter in query.filters {
            parameters.append(try await parameter(filter, of: query.type))
        }
        return try await page(.list(kind.plural, parameters), of: "\(query.type.word)s")
    }

    package func resource(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        try await glance(at: try await resolve(type, nameOrID, for: .read))
    }

    package func glance(at target: Target) async throws(KomodoError) -> JSONObject {
        let document = try await whole(target, for: .read)
        guard let object = SignedSpelling.documented(document).object else {
            throw KomodoError(.malformed, "Komodo's \(target.type.word) is not an object.")
        }
        return object
    }

    package func alerts(_ query: AlertQuery) async throws(KomodoError) -> DocumentPage {
        var parameters = Self.parameters(of: query.page)
        if let severity = query.severity { parameters.append(("severity", severity)) }
        if let isResolved = query.isResolved { parameters.append(("resolved", "\(isResolved)")) }
        if let type = query.resourceType { parameters.append(("resource_type", type)) }
        return try await page(.list("alerts", parameters), of: "alerts")
    }

    package func alert(_ id: String) async throws(KomodoError) -> JSONObject {
        let document = try await document(.get("alert", id), for: .read)
        guard let object = SignedSpelling.documented(document).object else {
            throw KomodoError(.malformed, "Komodo's alert is not an object.")
        }
        return object
    }

    package func log(_ query: ContainerLogQuery) async throws(KomodoError) -> ContainerLog {
        throw Self.lacks("logs of containers")
    }

    package func history(_ query: HistoryQuery) async throws(KomodoError) -> DocumentPage {
        throw Self.lacks("record of all updates; read a resource, which has its own history")
    }

    package func historyEntry(_ id: String) async throws(KomodoError) -> JSONObject {
        throw Self.lacks("record of all updates; read a resource, which has its own history")
    }

    package func containers(_ query: ContainerQuery) async throws(KomodoError) -> DocumentPage {
        throw Self.lacks("list of containers")
    }

    package func systemStats(
        ofServer nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        throw Self.lacks("statistics of their own; read the server, which has its metrics")
    }

    private static func lacks(_ what: String) -> KomodoError {
        KomodoError(.unsupported, "The signed interface of Komodo has no \(what).")
    }

    private func page(
        _ draft: SignedRequests.Draft, of what: String
    ) async throws(KomodoError) -> DocumentPage {
        let content = try await document(draft, for: .read)
        guard let page = SignedPage(content) else {
            throw KomodoError(.malformed, "Komodo's list of \(what) is not a list.")
        }
        let items = page.items.compactMap { SignedSpelling.documented($0).object }
        return DocumentPage(
            items: items, total: page.total ?? items.count, totalIsAtLeast: page.total == nil)
    }

    private static func parameters(of page: PageRequest) -> [(String, String)] {
        [("page", "\(page.number)"), ("page_size", "\(page.size)")]
    }

    private func parameter(
        _ filter: ResourceQuery.Filter, of type: TargetType
    ) async throws(KomodoError) -> (String, String) {
        switch (filter, type) {
        case (.status(let word), .server), (.status(let word), .deployment),
            (.status(let word), .stack), (.status(let word), .build):
            return ("status", word)
        case (.server(let name), .deployment):
            return ("server_id", try await id(of: .server, name))
        case (.repo(let name), .build): return ("repo_id", try await id(of: .repo, name))
        case (.provider(let word), .repo): return ("provider", word)
        case (.trigger(let word), .procedure): return ("trigger", word)
        case (.actionType(let word), .action): return ("type", word)
        case (.enabled(let flag), .action): return ("enabled", "\(flag)")
        default:
            throw KomodoError(
                .unsupported,
                "The signed interface of Komodo cannot filter \(type.word)s by this.")
        }
    }

    private func id(of type: TargetType, _ name: String) async throws(KomodoError) -> String {
        try CoreKomodo.id(of: try await resolve(type, name, for: .read))
    }
}

/// Gives documents the documented spelling of their fields, whichever Komodo uses.
enum SignedSpelling {
    /// The fields that are written in camel case; all others are in snake case.
    private static let camels = [
        "createdAt", "updatedAt", "lastDeployedAt", "pageSize", "totalPages",
    ]
    /// Objects whose names are somebody's own.
    private static let foreign: Set<String> = [
        "env", "environment", "variables", "build_args", "payload", "labels",
    ]

    /// The document with its fields renamed.
    static func documented(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var renamed = JSONObjectBuilder(capacity: object.count)
            for member in object.members {
                let key = name(member.key)
                renamed.set(
                    key, to: foreign.contains(key) ? member.value : documented(member.value))
            }
            return .object(renamed.object)
        case .array(let items): return .array(items.map { documented($0) })
        case .null, .bool, .number, .string: return value
        }
    }

    private static func name(_ key: String) -> String {
        if let camel = camels.first(where: { SignedDocument.isSame($0, key) }) { return camel }
        var name = ""
        for character in key {
            if character.isUppercase, !name.isEmpty { name += "_" }
            name += character.lowercased()
        }
        return name
    }
}
