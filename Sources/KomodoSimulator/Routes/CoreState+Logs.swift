internal import JSON

extension CoreState {
    /// How many lines the log of every container has; Core never reads further back.
    static let logLines = 5_000

    /// The end of the log of a deployment, a stack or a container.
    func containerLog(
        _ kind: ResourceKind, _ params: JSONValue, _ field: String, for user: Operator
    ) throws(Reply) -> JSONValue {
        let (resource, containers) = try logSources(kind, params, field, for: user)
        let tail = max(0, min(Int(clamping: params["tail"]?.int ?? 50), Self.logLines))
        let lines = containers.flatMap { container in
            Self.lines(of: container, tail, isStack: kind == .stack)
        }
        let now = clock.now
        return UpdateLog(
            stage: "Get container log", command: "docker logs \(resource.name) --tail \(tail)",
            stdout: Self.text(lines, params), stderr: "", startTs: now, endTs: now
        ).json
    }

    /// The lines of a log that match: an expression for grep, of which dots and stars are played.
    func searchLog(
        _ kind: ResourceKind, _ params: JSONValue, _ field: String, for user: Operator
    ) throws(Reply) -> JSONValue {
        let (resource, containers) = try logSources(kind, params, field, for: user)
        let terms = params["terms"]?.array?.compactMap(\.string) ?? []
        let isAny = params["combinator"]?.string != "And"
        let isInverted = params["invert"]?.bool == true
        let lines = containers.flatMap { container in
            Self.lines(of: container, Self.logLines, isStack: kind == .stack)
        }.filter { line in
            let matches = terms.map { Self.finds($0, in: line) }
            return (isAny ? matches.contains(true) : !matches.contains(false)) != isInverted
        }
        let now = clock.now
        // grep fails without a word when nothing matches.
        return UpdateLog(
            stage: "Get container log grep", command: "docker logs \(resource.name) | grep",
            stdout: Self.text(lines, params), success: !lines.isEmpty, startTs: now, endTs: now
        ).json
    }

    private func logSources(
        _ kind: ResourceKind, _ params: JSONValue, _ field: String, for user: Operator
    ) throws(Reply) -> (WorldResource, [String]) {
        let resource = try readable(kind, params, field, for: user)
        guard world.isReachable(resource), faults.behaviour(of: resource) != .offline else {
            let refusal = unreachable(resource)
            throw .error(500, refusal.message, trace: refusal.trace)
        }
        switch kind {
        case .stack:
            let wanted = params["services"]?.array?.compactMap(\.string) ?? []
            let services = resource.services.map(\.name)
            return (resource, services.filter { wanted.isEmpty || wanted.contains($0) })
        case .server: return (resource, [params["container"]?.string ?? ""])
        case .system, .deployment, .build, .repo, .procedure, .action, .resourceSync, .builder:
            return (resource, [resource.name])
        }
    }

    private static func lines(of container: String, _ tail: Int, isStack: Bool) -> [String] {
        ((logLines - tail)..<logLines).map { number in
            let line = "line \(number + 1) of \(container)"
            let level = number.isMultiple(of: 100) ? "warning: slow request [100%], " : ""
            return (isStack ? "\(container)-1  | " : "") + level + line
        }
    }

    private static func text(_ lines: [String], _ params: JSONValue) -> String {
        let isStamped = params["timestamps"]?.bool == true
        return lines.map { (isStamped ? "2026-01-01T00:00:00.000000000Z " : "") + $0 + "\n" }
            .joined()
    }

    private static func finds(_ expression: String, in line: String) -> Bool {
        // An expression that is none finds nothing, as with grep.
        guard let regex = try? Regex(expression) else { return false }
        return line.contains(regex)
    }
}
