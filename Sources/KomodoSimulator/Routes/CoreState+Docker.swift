internal import JSON

extension CoreState {
    /// The containers of one server; none of one that is not connected.
    func containers(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let server = try readable(.server, params, "server", for: user)
        return .array(containers(on: server))
    }

    /// The containers of all servers, by name; cut into pages since 2.3.
    func allContainers(_ params: JSONValue, for user: Operator) -> JSONValue {
        let wanted = params["servers"]?.array?.compactMap(\.string) ?? []
        let found = world.all(.server).filter { server in
            isOpen(server, to: user)
                && (wanted.isEmpty || wanted.contains(server.name) || wanted.contains(server.id))
        }.flatMap { containers(on: $0) }
        guard version.isTwoThree else { return .array(found) }
        let sorted = found.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }
        return .array(cut(sorted, params))
    }

    /// How busy a server is, or what machine it is.
    func serverFacts(_ type: String, _ params: JSONValue, for user: Operator) throws(Reply)
        -> JSONValue
    {
        let server = try readable(.server, params, "server", for: user)
        let isStats = type == "GetSystemStats"
        guard server.state == "Ok", faults.behaviour(of: server) != .offline else {
            let what = isStats ? "stats" : "Info"
            let modern =
                "Server status missing system \(what). The Server may be disconnected."
            let old = isStats ? "server stats not available" : "failed at request to periphery"
            throw .error(500, version.isTwo ? modern : old)
        }
        return isStats ? world.systemStats(version) : world.systemInformation(version)
    }

    /// What Docker tells about the container of a deployment, asked of its server.
    func deploymentStats(_ params: JSONValue, for user: Operator) throws(Reply) -> JSONValue {
        let item = try readable(.deployment, params, "deployment", for: user)
        guard world.isReachable(item), faults.behaviour(of: item) != .offline else {
            let refusal = unreachable(item)
            throw .error(500, refusal.message, trace: refusal.trace)
        }
        guard hasContainer(item) else {
            throw .error(
                500, "failed to get stats from periphery",
                trace: ["No stats found for container"])
        }
        return World.containerStats(item.name)
    }

    private func containers(on server: WorldResource) -> [JSONValue] {
        guard server.state == "Ok" else { return [] }
        let deployed = world.all(.deployment)
            .filter { $0.serverID == server.id && hasContainer($0) }
            .map { container($0.name, image: world.imageName($0), state: $0.state, of: $0) }
        let composed = world.all(.stack)
            .filter { $0.serverID == server.id && $0.state != "down" && $0.state != "unknown" }
            .flatMap { stack in
                stack.services.map { service in
                    stackContainer(stack, service: service.name, image: service.image)
                }
            }
        return deployed + composed
    }
}
