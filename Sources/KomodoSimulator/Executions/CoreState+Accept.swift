internal import JSON
internal import NIOCore

extension CoreState {
    /// Handles an execute request whose parameters are well formed.
    ///
    /// - Returns: the update, or the list of a batch.
    /// - Throws: Core's reply when nothing was accepted.
    mutating func execute(_ type: String, _ params: JSONValue, by user: Operator) throws(Reply)
        -> JSONValue
    {
        if let batch = ExecutionCatalog.batches[type] {
            return try executeBatch(batch, params, by: user)
        }
        guard let spec = ExecutionCatalog.specs[type] else {
            throw .error(500, "unknown variant `\(type)`")
        }
        return try accept(spec, params, by: user)
    }

    /// Inserts the update of an execution and begins it.
    mutating func accept(_ spec: ExecutionSpec, _ params: JSONValue, by user: Operator)
        throws(Reply) -> JSONValue
    {
        let resource = try resolve(spec.kind, params[spec.field]?.string ?? "")
        try validateCancel(spec, resource)
        if spec.name == "DeployStackIfChanged" {
            return acceptIfChanged(spec, resource, params, by: user)
        }
        let id = newID()
        let record = UpdateRecord(
            id: id, operation: operation(spec, params), target: resource.target,
            operatorID: user.id, startTs: newStart())
        updates.insert(record)
        book.record(
            spec.name, on: resource, by: user, updateID: id, params: params, at: record.startTs)
        begin(spec, resource, params, by: user, updateID: id)
        return record.json
    }

    /// The operation of the update: naming services changes it.
    private func operation(_ spec: ExecutionSpec, _ params: JSONValue) -> String {
        let names = params["services"]?.array ?? []
        return spec.hasServices && !names.isEmpty ? spec.name + "Service" : spec.name
    }

    /// Answers with an update that has no id and is never stored.
    private mutating func acceptIfChanged(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ params: JSONValue, by user: Operator
    ) -> JSONValue {
        let record = UpdateRecord(
            id: "", operation: "DeployStack", target: resource.target, operatorID: user.id,
            startTs: newStart())
        book.record(
            spec.name, on: resource, by: user, updateID: nil, params: params, at: record.startTs)
        begin(spec, resource, params, by: user, updateID: nil)
        return record.json
    }

    private mutating func executeBatch(
        _ batch: BatchSpec, _ params: JSONValue, by user: Operator
    ) throws(Reply) -> JSONValue {
        guard let spec = ExecutionCatalog.specs[batch.single] else { return [] }
        let pattern = NamePattern(params["pattern"]?.string ?? "")
        let wanted = version.isTwoThree ? (params["tags"]?.array ?? []).compactMap(\.string) : []
        let tags = try tagIDs(wanted)
        var items: [JSONValue] = []
        for resource in world.all(batch.kind) {
            guard pattern.matches(resource.name), isOpen(resource, to: user),
                tags.allSatisfy({ resource.tags.contains($0) })
            else { continue }
            var single: JSONObject = [:]
            single[spec.field] = .string(resource.name)
            do {
                let update = try accept(spec, .object(single), by: user)
                items.append(["status": "Ok", "data": update])
            } catch {
                items.append(Self.batchError(resource.name, error))
            }
        }
        return .array(items)
    }

    private static func batchError(_ name: String, _ reply: Reply) -> JSONValue {
        let text = String(buffer: reply.body)
        // The body is this simulator's own JSON; a failure to read it back leaves the text.
        let error = (try? JSONValue(parsing: text)) ?? ["error": .string(text), "trace": []]
        return ["status": "Err", "data": ["name": .string(name), "error": error]]
    }

    /// The ids of tags given by id or name.
    func tagIDs(_ wanted: [String]) throws(Reply) -> [String] {
        var ids: [String] = []
        for tag in wanted {
            guard let known = world.tags.first(where: { $0.id == tag || $0.name == tag }) else {
                throw .error(500, "No tag found matching name or id: \(tag)")
            }
            ids.append(known.id)
        }
        return ids
    }

    /// What Core checks before it creates the update of a cancel.
    private func validateCancel(_ spec: ExecutionSpec, _ resource: WorldResource) throws(Reply) {
        let run: String
        let noun: String
        switch spec.name {
        case "CancelBuild": (run, noun) = ("RunBuild", "Build")
        case "CancelRepoBuild": (run, noun) = ("BuildRepo", "Repo build")
        default: return
        }
        guard let latest = updates.newest(operation: run, targetID: resource.id) else {
            throw .error(500, "No \(noun == "Build" ? "build" : "repo build") in progress")
        }
        if let cancel = updates.newest(operation: spec.name, targetID: resource.id),
            cancel.startTs > latest.startTs
        {
            throw .error(500, "\(noun) has already been cancelled")
        }
    }
}
