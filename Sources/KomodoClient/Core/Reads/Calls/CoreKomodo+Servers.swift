package import JSON
internal import Jobs

extension CoreKomodo {
    package func containers(_ query: ContainerQuery) async throws(KomodoError) -> DocumentPage {
        try Self.check(query.page)
        var server: Target?
        if let name = query.server { server = try await resolve(.server, name, for: .read) }
        let version = try await version(for: .read)
        let request = requests.containers(ofServer: server?.id, of: version)
        guard let containers = try await json(request, for: .read).array else {
            throw KomodoError(.malformed, "Komodo's list of containers is not a list.")
        }
        let sorted = containers.sorted { left, right in
            Self.place(left).lexicographicallyPrecedes(Self.place(right))
        }
        let page = DocumentPage(query.page, of: sorted.map { $0.object ?? [:] })
        let lacking = page.items.compactMap { container in
            container["server_name"]?.filledText == nil ? container["server_id"]?.filledText : nil
        }
        var servers: [String: String] = [:]
        if let server, let id = server.id { servers[id] = server.name }
        if server == nil { servers = await names(.server, Set(lacking)) }
        return DocumentPage(
            items: page.items.map { container in
                let name = container["server_id"]?.string.flatMap { servers[$0] }
                return ContainerDocument.document(
                    .object(container), serverName: name ?? server?.name)
            }, total: page.total)
    }

    package func systemStats(
        ofServer nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        let server = try await resolve(.server, nameOrID, for: .read)
        let stats = try await json(
            requests.systemStats(ofServer: try Self.id(of: server)), for: .read)
        var document: JSONObject = [:]
        document.put("server_id", text: server.id)
        document.put("server_name", text: server.name)
        document.merge(ServerMetrics.document(stats))
        for field in ["memory_free_gb", "swap_used_gb", "swap_total_gb"] {
            let source = field == "memory_free_gb" ? "mem_free_gb" : field
            document.put(field, decimal: stats[source]?.double)
        }
        document.put("disks", objects: ServerMetrics.disks(stats))
        document.put("polling_rate", text: stats["polling_rate"]?.string)
        return document
    }

    /// The order of containers: by name, then by server.
    private static func place(_ container: JSONValue) -> [String] {
        [container["name"]?.string ?? "", container["server_id"]?.string ?? ""]
    }
}

/// The reads for people, over Core's `/read`.
extension CoreKomodo: KomodoReads {}
