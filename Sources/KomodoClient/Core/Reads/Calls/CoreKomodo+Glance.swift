package import JSON
package import Jobs

extension CoreKomodo {
    package func glance(at target: Target) async throws(KomodoError) -> JSONObject {
        let version = try await version(for: .read)
        let selection = CoreRequests.Selection(names: [target.name])
        async let list = answer(requests.list(target.type, selection, of: version))
        async let part = answer(part(of: target))
        let (listed, found) = (await list, await part)
        guard let items = try listed?.get().array,
            let item = items.first(where: { $0["id"]?.objectID == target.id })
        else {
            throw KomodoError(.notFound, "Komodo's \(target.type.word) cannot be found.")
        }
        var missing = MissingParts()
        let names = ResourceNames(servers: await serverNames(for: [item]))
        let isRepo = target.type == .repo
        let resource = CoreResource(
            type: target.type, item: item,
            full: isRepo ? try missing.value("path", found) : nil, names: names)
        var document: JSONObject
        switch target.type {
        case .stack:
            document = StackDocument.detailed(
                resource, services: try missing.value("services", found))
        case .deployment:
            document = DeploymentDocument.listed(resource, deployedAt: nil)
        case .repo: document = RepoDocument.listed(resource, builds: nil)
        case .server, .build, .procedure, .action, .resourceSync:
            document = resource.beginning()
        }
        return missing.noted(in: document)
    }

    /// What a type's item does not tell; nil where it tells enough.
    private func part(of target: Target) -> OutgoingRequest? {
        guard let id = target.id else { return nil }
        return switch target.type {
        case .stack: requests.read("ListStackServices", ["stack": .string(id)])
        case .repo: requests.whole(.repo, id)
        case .deployment, .server, .build, .procedure, .action, .resourceSync: nil
        }
    }
}
