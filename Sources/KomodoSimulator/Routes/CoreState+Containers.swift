internal import JSON

extension CoreState {
    /// The container of a deployment and its state.
    func deploymentContainer(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let item = try readable(.deployment, params, "deployment", for: user)
        let state = world.visibleState(item, version: version)
        return [
            "state": .string(state),
            "container": hasContainer(item)
                ? container(item.name, image: world.imageName(item), state: item.state, of: item)
                : .null,
        ]
    }

    /// The services of a stack with their containers.
    func stackServices(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let stack = try readable(.stack, params, "stack", for: user)
        return .array(stack.services.map { service(stack, name: $0.name, image: $0.image) })
    }

    /// Whether there is a container of a deployment.
    func hasContainer(_ item: WorldResource) -> Bool {
        item.state != "not_deployed" && item.state != "unknown"
    }

    /// The container of a service of a stack.
    func stackContainer(_ stack: WorldResource, service: String, image: String) -> JSONValue {
        container(
            "\(stack.name)-\(service)-1", image: image,
            state: stack.state == "stopped" ? "exited" : stack.state, of: stack,
            labels: [
                "com.docker.compose.project": .string(stack.name),
                "com.docker.compose.service": .string(service),
            ])
    }

    private func service(_ stack: WorldResource, name: String, image: String) -> JSONValue {
        let isThere = stack.state != "down" && stack.state != "unknown"
        var service: JSONObject = [
            "service": .string(name), "image": .string(image),
            "container": isThere
                ? stackContainer(stack, service: name, image: image) : .null,
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

    /// A container as Docker's list tells of it.
    func container(
        _ name: String, image: String, state: String, of owner: WorldResource,
        labels: JSONObject = [:]
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
            "status": .string(Self.status(state, image: image)), "network_mode": "bridge",
            "networks": ["bridge"],
            "ports": [
                ["IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"],
                ["IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"],
            ],
            "volumes": [.string("/data/\(name)")], "labels": .object(labels),
        ]
        if version.isTwoThree {
            container["server_name"] = .string(world[owner.serverID]?.name ?? "")
        }
        return .object(container)
    }

    /// Docker's words for a state; images of databases have a health check.
    private static func status(_ state: String, image: String) -> String {
        let status = World.status(state)
        return state == "running" && image.hasPrefix("postgres") ? "\(status) (healthy)" : status
    }
}
