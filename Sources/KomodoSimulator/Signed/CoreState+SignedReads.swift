internal import JSON

extension CoreState {
    /// The largest page that is given.
    private static var pageSizeMax: Int { 100 }

    /// A page of the resources of a kind, or of the alerts.
    func signedList(
        _ kind: ResourceKind?, _ query: String, _ user: Operator
    ) throws(Reply) -> JSONValue {
        let query = Self.fields(of: query)
        let page = try number(query["page"], "page", in: 1...1_000_000) ?? 1
        let size = try number(query["page_size"], "page_size", in: 1...Self.pageSizeMax) ?? 50
        let all = kind.map { kind in
            world.all(kind).filter {
                isOpen($0, to: user) && faults.behaviour(of: $0) != .missing
            }.map { signedItem($0) }
        }
        let filters = query.filter { !["page", "page_size"].contains($0.key) }
        let items = (all ?? signedAlerts).filter { Self.matches($0, filters) }
        let start = min((page - 1) * size, items.count)
        let shown = items[start..<min(start + size, items.count)]
        return [
            "items": .array(shown.map { .object($0) }), "total": .int(items.count),
            "page": .int(page), "pageSize": .int(size),
            "totalPages": .int((items.count + size - 1) / size),
        ]
    }

    /// One resource in full, or one alert.
    func signedDocument(_ route: SignedRoute, _ user: Operator) throws(Reply) -> JSONValue {
        guard let kind = route.kind else {
            guard let alert = signedAlerts.first(where: { $0["id"]?.string == route.id }) else {
                throw refusal(404, "NOT_FOUND", "Alert not found: \(route.id)")
            }
            return .object(alert)
        }
        let resource = try signedResource(kind, route.id, user)
        var document = signedItem(resource)
        let updates = signedUpdates(resource)
        switch kind {
        case .server:
            document["config"] = ["memory": "4GB", "cpu": "4 cores", "os": "Debian 12"]
            document["metrics"] = ["cpu_usage": "45%", "memory_usage": "2.1GB / 4GB"]
            let deployments = world.all(.deployment).filter { $0.serverID == resource.id }
            document["deployments"] = .array(deployments.map { .string($0.id) })
            document["alerts"] = []
        case .deployment:
            document["server_name"] = .string(world[resource.serverID]?.name ?? "")
            let isHealthy = resource.state == "running"
            document["health"] = ["status": isHealthy ? "healthy" : "unhealthy"]
            document["deployment_history"] = .array(
                updates.filter { $0.operation == "Deploy" && $0.status == .complete }
                    .map { deploymentEntry($0) })
        case .build:
            let builds = updates.filter { $0.operation == "RunBuild" }
            document["build_history"] = .array(
                builds.enumerated().filter { $0.element.status == .complete }
                    .map { buildEntry($0.element, number: builds.count - $0.offset) })
        case .procedure, .action:
            document["execution_history"] = .array(updates.map { executionEntry($0) })
        case .stack:
            document["services"] = .array(
                resource.services.map {
                    ["name": .string($0.name), "status": "running", "image": .string($0.image)]
                })
        case .repo: document["recent_commits"] = []
        case .system, .resourceSync, .builder: break
        }
        return .object(document)
    }

    // MARK: Items

    private func signedItem(_ resource: WorldResource) -> JSONObject {
        let updates = signedUpdates(resource)
        var item: JSONObject = ["id": .string(resource.id), "name": .string(resource.name)]
        item["status"] = .string(signedStatus(resource, updates))
        switch resource.kind {
        case .server:
            item["host"] = .string("\(resource.name).example.com")
            item["port"] = 8120
            item["region"] = "eu-central"
        case .deployment:
            item["server_id"] = .string(resource.serverID)
            item["image"] = .string(world.imageName(resource))
            item["env"] = ["NODE_ENV": "production", "dbHost": "db.internal"]
            item["lastDeployedAt"] = newest("Deploy", updates, isOver: true)
        case .stack:
            item["server_id"] = .string(resource.serverID)
            item["services"] = .array(resource.services.map { .string($0.name) })
        case .build:
            if let repo = world[resource.linkedRepoID] {
                item["repo_id"] = .string(repo.id)
                item["repo_name"] = .string(repo.name)
            }
            item["branch"] = "main"
            item["last_build_at"] = newest("RunBuild", updates, isOver: true)
        case .repo:
            item["provider"] = "github"
            item["branch"] = "main"
            item["url"] = .string("https://github.com/\(resource.repository)")
            item["last_sync"] = updates.first { $0.status == .complete && $0.success }
                .map { Self.time($0.endTs ?? $0.startTs) }
        case .procedure:
            item["trigger"] = "manual"
            item["enabled"] = true
            item["steps"] = .int(resource.stages.count)
            item["last_execution"] = updates.first.map { executionEntry($0) }
        case .action:
            item["type"] = "script"
            item["enabled"] = true
            item["last_execution"] = updates.first.map { executionEntry($0) }
        case .system, .resourceSync, .builder: break
        }
        item["createdAt"] = Self.time(World.createdAt)
        let changed = updates.first.map { $0.endTs ?? $0.startTs } ?? World.createdAt
        item["updatedAt"] = Self.time(changed)
        return item
    }

    /// The start of the newest run of an operation.
    private func newest(
        _ operation: String, _ updates: [UpdateRecord], isOver: Bool
    ) -> JSONValue? {
        updates.first { $0.operation == operation && (!isOver || $0.status == .complete) }
            .map { Self.time($0.startTs) }
    }

    private func signedStatus(_ resource: WorldResource, _ updates: [UpdateRecord]) -> String {
        let newest = updates.first
        let isAtWork = newest?.status == .inProgress
        let failed = newest.map { $0.status == .complete && !$0.success } ?? false
        switch resource.kind {
        case .server:
            if isAtWork { return "pending" }
            if failed { return "error" }
            guard let newest else {
                return resource.state == "Ok"
                    ? "running" : resource.state == "Disabled" ? "stopped" : "error"
            }
            return newest.operation.hasPrefix("Stop") ? "stopped" : "running"
        case .deployment:
            if isAtWork { return "deploying" }
            if failed { return "failed" }
            return resource.state == "running" || resource.state == "deploying"
                ? "running" : resource.state == "unhealthy" ? "failed" : "stopped"
        case .stack: return resource.state == "running" ? "active" : "inactive"
        case .build:
            if isAtWork { return "building" }
            return newest == nil ? "pending" : failed ? "failed" : "success"
        case .repo:
            if isAtWork { return newest?.operation == "CloneRepo" ? "cloning" : "pulling" }
            return failed ? "error" : "connected"
        case .procedure, .action, .system, .resourceSync, .builder: return "active"
        }
    }

    // MARK: Histories

    private func deploymentEntry(_ record: UpdateRecord) -> JSONValue {
        var entry: JSONObject = [
            "version": .string(record.version?.text ?? "v1.0.0"),
            "deployed_at": Self.time(record.startTs),
            "deployed_by": .string(record.operatorID),
            "status": .string(record.success ? "success" : "failed"),
        ]
        entry["duration"] = Self.duration(record)
        if !record.success { entry["error"] = .string(Self.errors(record)) }
        return .object(entry)
    }

    private func buildEntry(_ record: UpdateRecord, number: Int) -> JSONValue {
        var entry: JSONObject = [
            "build_number": .int(number), "commit": .string(record.commitHash), "branch": "main",
            "status": .string(record.success ? "success" : "failed"),
            "started_at": Self.time(record.startTs), "triggered_by": .string(record.operatorID),
        ]
        entry["completed_at"] = record.endTs.map { Self.time($0) }
        entry["duration"] = Self.duration(record)
        if !record.success { entry["error"] = .string(Self.errors(record)) }
        return .object(entry)
    }

    private func executionEntry(_ record: UpdateRecord) -> JSONValue {
        let isOver = record.status == .complete
        var entry: JSONObject = [
            "execution_id": .string(Self.signedRunID(record.operation, record.id)),
            "status": .string(isOver ? record.success ? "success" : "failed" : "running"),
            "started_at": Self.time(record.startTs),
        ]
        guard isOver else { return .object(entry) }
        entry["completed_at"] = record.endTs.map { Self.time($0) }
        entry["duration"] = Self.duration(record)
        if record.operation == "RunAction" {
            entry["exit_code"] = record.success ? 0 : 1
            entry["output"] = .string(
                record.logs.map(\.stdout).filter { !$0.isEmpty }.joined(separator: "\n"))
        } else {
            let stages = world[record.target.id]?.stages.count ?? 0
            entry["steps_completed"] = .int(record.success ? stages : max(0, stages - 2))
            entry["steps_failed"] = record.success ? 0 : 1
        }
        if !record.success { entry["error"] = .string(Self.errors(record)) }
        return .object(entry)
    }

    private static func errors(_ record: UpdateRecord) -> String {
        record.logs.filter { !$0.success }.map { $0.stderr.isEmpty ? $0.stdout : $0.stderr }
            .joined(separator: "\n")
    }

    private static func duration(_ record: UpdateRecord) -> JSONValue? {
        record.endTs.map { .string("\(max(0, ($0 - record.startTs) / 1_000))s") }
    }

    private static func time(_ milliseconds: Int64) -> JSONValue {
        .string(ISOTime.text(milliseconds))
    }

    /// An alert for each server that cannot be reached.
    private var signedAlerts: [JSONObject] {
        world.all(.server).filter { $0.state == "NotOk" }.map { server in
            [
                "id": .string("alt_" + server.id),
                "title": .string("Server \(server.name) is unreachable"), "severity": "critical",
                "resource_type": "server", "resource_id": .string(server.id),
                "resource_name": .string(server.name),
                "message": "The server does not answer", "resolved": false,
                "triggered_at": Self.time(World.createdAt),
                "last_updated": Self.time(World.createdAt),
            ]
        }
    }

    // MARK: Queries

    /// The fields of a query, `page=2&status=running`.
    private static func fields(of query: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            fields[parts[0]] = parts.count > 1 ? parts[1].removingPercentEscapes : ""
        }
        return fields
    }

    private func number(
        _ text: String?, _ name: String, in range: ClosedRange<Int>
    ) throws(Reply) -> Int? {
        guard let text else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw refusal(
                400, "VALIDATION_ERROR",
                "\(name) must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    private static func matches(_ item: JSONObject, _ filters: [String: String]) -> Bool {
        filters.allSatisfy { name, wanted in
            switch item[name] {
            case .string(let text)?: text == wanted
            case .bool(let flag)?: "\(flag)" == wanted
            default: false
            }
        }
    }
}
