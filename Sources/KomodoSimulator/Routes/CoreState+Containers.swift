internal import JSON

extension CoreState {
    /// The container of a deployment and its state.
    func deploymentContainer(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let name = params["deployment"] ?? params["id"] ?? params["name"]
        let item = try open(.deployment, name?.string ?? "", for: user)
        let state = world.visibleState(item, version: version)
        let isThere = item.state != "not_deployed" && item.state != "unknown"
        return [
            "state": .string(state),
            "container": isThere
                ? container(item.name, image: world.imageName(item), state: item.state, of: item)
                : .null,
        ]
    }

    /// The services of a stack with their containers.
    func stackServices(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let name = params["stack"] ?? params["id"] ?? params["name"]
        let stack = try open(.stack, name?.string ?? "", for: user)
        return .array(stack.services.map { service(stack, name: $0.name, image: $0.image) })
    }

    /// A minimal log of a container, a deployment or a stack.
    func containerLog(
        _ kind: ResourceKind, _ params: JSONValue, _ field: String, for user: Operator
    ) throws(Reply) -> JSONValue {
        let name = params[field] ?? params["id"] ?? params["name"]
        let resource = try open(kind, name?.string ?? "", for: user)
        let tail = Int(max(0, min(params["tail"]?.int ?? 50, 5_000)))
        let count = min(tail, 20)
        let lines = (0..<count).map { "line \($0 + 1) of \(resource.name)\n" }.joined()
        let now = clock.now
        return UpdateLog(
            stage: "Get container log", command: "docker logs \(resource.name) --tail \(tail)",
            stdout: lines, startTs: now, endTs: now
        ).json
    }

    private func open(_ kind: ResourceKind, _ name: String, for user: Operator) throws(Reply)
        -> WorldResource
    {
        let resource = try resolve(kind, name)
        guard isOpen(resource, to: user) else {
            throw .error(500, permissionText(resource, "Read"))
        }
        return resource
    }

    private func service(_ stack: WorldResource, name: String, image: String) -> JSONValue {
        let container = "\(stack.name)-\(name)-1"
        let isThere = stack.state != "down" && stack.state != "unknown"
        let containerState = stack.state == "stopped" ? "exited" : stack.state
        var service: JSONObject = [
            "service": .string(name), "image": .string(image),
            "container": isThere
                ? self.container(container, image: image, state: containerState, of: stack)
                : .null,
        ]
        if version.isTwo {
            service["swarm_service"] = .null
            service["image_digests"] = .null
        } else {
            service["update_available"] = false
        }
        guard version.isTwoThree else { return .object(service) }
        service["stack_id"] = .string(stack.id)
        service["stack_name"] = .string(stack.name)
        service["state"] = .string(Self.serviceState(stack.state))
        return .object(service)
    }

    private static func serviceState(_ state: String) -> String {
        switch state {
        case "running": "Healthy"
        case "unhealthy": "Unhealthy"
        case "paused": "Paused"
        case "stopped": "Exited"
        case "restarting": "Restarting"
        case "deploying": "Created"
        case "down": "Down"
        default: "Unknown"
        }
    }

    private func container(
        _ name: String, image: String, state: String, of owner: WorldResource
    ) -> JSONValue {
        let known = ["running", "created", "restarting", "paused", "exited", "dead"]
        // Docker calls an unhealthy container running and tells the rest in its status.
        let docker = known.contains(state) ? state : "running"
        var container: JSONObject = [
            "server_id": .string(owner.serverID), "name": .string(name),
            "id": .string(SeededRandom.hex("container/\(name)/\(owner.runs)", digits: 64)),
            "image": .string(image),
            "image_id": .string("sha256:" + SeededRandom.hex("image/\(image)", digits: 64)),
            "created": .int(World.createdAt / 1000), "state": .string(docker),
            "status": .string(World.status(state)), "network_mode": "host",
            "networks": ["host"], "ports": [], "volumes": [], "labels": [:],
        ]
        if version.isTwoThree {
            container["server_name"] = .string(world[owner.serverID]?.name ?? "")
        }
        return .object(container)
    }
}
