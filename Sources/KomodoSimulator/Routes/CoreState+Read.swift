internal import JSON

extension CoreState {
    /// Entries of a page of `ListUpdates`.
    static let updatesPerPage = 100

    /// Answers a read request whose parameters are well formed.
    func read(_ type: String, _ params: JSONValue, by user: Operator) throws(Reply) -> JSONValue {
        switch type {
        case "GetVersion": return ["version": .string(version.description)]
        case "GetCoreInfo": return coreInfo
        case "GetUpdate": return try update(params["id"]?.string ?? "", for: user)
        case "ListUpdates": return try listUpdates(params, for: user)
        case "ListAlerts": return try listAlerts(params, for: user)
        case "GetAlert": return try alert(params["id"]?.string ?? "", for: user)
        case "ListTags": return tagList
        case "ListStackServices": return try stackServices(params, for: user)
        case "GetDeploymentContainer": return try deploymentContainer(params, for: user)
        case "GetServerState":
            let server = try readable(.server, params, "server", for: user)
            return ["status": .string(server.state)]
        case "GetStackLog": return try containerLog(.stack, params, "stack", for: user)
        case "GetDeploymentLog":
            return try containerLog(.deployment, params, "deployment", for: user)
        case "GetContainerLog": return try containerLog(.server, params, "server", for: user)
        case "SearchStackLog": return try searchLog(.stack, params, "stack", for: user)
        case "SearchDeploymentLog":
            return try searchLog(.deployment, params, "deployment", for: user)
        case "SearchContainerLog": return try searchLog(.server, params, "server", for: user)
        case "GetSystemStats", "GetSystemInformation":
            return try serverFacts(type, params, for: user)
        case "GetDeploymentStats": return try deploymentStats(params, for: user)
        case "ListContainers", "ListDockerContainers": return try containers(params, for: user)
        case "ListAllContainers", "ListAllDockerContainers":
            return allContainers(params, for: user)
        default: return try readResource(type, params, for: user)
        }
    }

    private func readResource(_ type: String, _ params: JSONValue, for user: Operator)
        throws(Reply) -> JSONValue
    {
        for entry in RequestCatalog.listedKinds {
            switch type {
            case "Get\(entry.name)":
                let resource = try readable(entry.kind, params, entry.field, for: user)
                return world.fullResource(resource, version: version)
            case "Get\(entry.name)ActionState":
                let resource = try readable(entry.kind, params, entry.field, for: user)
                return actionState(resource)
            case "List\(entry.name)s":
                let page = try list(entry.kind, params, for: user)
                return .array(page.map { world.listItem($0, version: version) })
            case "ListFull\(entry.name)s":
                let page = try list(entry.kind, params, for: user)
                return .array(page.map { world.fullResource($0, version: version) })
            default: continue
            }
        }
        throw .error(500, "unknown variant `\(type)`")
    }

    private func actionState(_ resource: WorldResource) -> JSONValue {
        var states = active
        if isBusyAtFirst(resource.behaviour) { states.begin("deploying", on: resource.id) }
        return states.json(resource, version: version)
    }

    /// The resource that a read names, when the user may see it.
    func readable(
        _ kind: ResourceKind, _ params: JSONValue, _ field: String, for user: Operator
    ) throws(Reply) -> WorldResource {
        let name = params[field] ?? params["id"] ?? params["name"]
        let resource = try resolve(kind, name?.string ?? "")
        guard isOpen(resource, to: user) else {
            throw .error(500, permissionText(resource, "Read"))
        }
        return resource
    }

    private func update(_ id: String, for user: Operator) throws(Reply) -> JSONValue {
        guard let record = updates[id] else {
            throw .error(500, "no update exists with given id")
        }
        if let resource = world[record.target.id], !isOpen(resource, to: user) {
            throw .error(500, permissionText(resource, "Read"))
        }
        return record.json
    }

    private func listUpdates(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let filter = try filter(params["query"], of: "updates")
        let page = Int(max(0, min(params["page"]?.int ?? 0, Int64(Int32.max))))
        let found = updates.page(
            filter, skip: page * Self.updatesPerPage, limit: Self.updatesPerPage
        ) { record in
            world[record.target.id].map { isOpen($0, to: user) } ?? true
        }
        return [
            "updates": .array(
                found.map { $0.listItem(username: Operator.username(of: $0.operatorID)) }),
            "next_page": found.count == Self.updatesPerPage ? .int(page + 1) : .null,
        ]
    }

    private var coreInfo: JSONValue {
        var info: JSONObject = [
            "title": "Komodo", "monitoring_interval": "15-sec", "webhook_base_url": "",
            "transparent_mode": false, "ui_write_disabled": false,
            "disable_non_admin_create": false, "disable_confirm_dialog": false,
            "disable_websocket_reconnect": false, "enable_fancy_toml": false,
            "timezone": "Etc/UTC",
        ]
        if version.isTwo {
            info["public_key"] = .string("MCowBQYDK2VuAyEA" + SeededRandom.hex("core", digits: 40))
        } else {
            info["github_webhook_owners"] = []
        }
        if version.isTwoThree { info["default_pagination_limit"] = .int(Self.defaultLimit) }
        return .object(info)
    }

    private var tagList: JSONValue {
        .array(
            world.tags.map {
                [
                    "_id": ["$oid": .string($0.id)], "name": .string($0.name),
                    "owner": .string(Operator.colleague.id), "color": "Slate",
                ]
            })
    }

    /// The user behind the credentials, as `GET /user` and GetUser answer.
    func userDocument(_ user: Operator) -> JSONValue {
        var document: JSONObject = [
            "_id": ["$oid": .string(user.id)], "username": .string(user.username),
            "enabled": true, "super_admin": false, "admin": .bool(!user.isRestricted),
            "create_server_permissions": false, "create_build_permissions": false,
            "config": ["type": "Local", "data": ["password": ""]],
        ]
        if version.isTwo {
            document["linked_logins"] = [:]
            document["totp"] = ["secret": "", "confirmed_at": 0, "recovery_codes": []]
            document["passkey"] = ["passkey": .null, "created_at": 0]
            document["external_skip_2fa"] = true
        }
        document["last_update_view"] = 0
        document["recents"] = [:]
        document["all"] = [:]
        document["updated_at"] = .int(World.createdAt)
        return .object(document)
    }
}
