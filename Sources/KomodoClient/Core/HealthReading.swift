internal import JSON
internal import Jobs

/// Reads from Core's answers how a target is doing.
enum HealthReading {
    /// The most parts of a stack that a detail names.
    private static let partsMax = 10

    /// The health that an answer to `CoreRequests.health` tells; nil when it is not such an answer.
    ///
    /// - Parameter services: for stacks, the services that count; empty means all.
    static func report(
        _ value: JSONValue, of type: TargetType, services: [String]
    ) -> HealthReport? {
        switch type {
        case .deployment: deployment(value)
        case .stack: stack(value, services: services)
        case .server: server(value)
        case .build, .repo, .procedure, .action, .resourceSync: nil
        }
    }

    private static func server(_ value: JSONValue) -> HealthReport? {
        guard let word = value["status"]?.string else { return nil }
        let state: HealthReport.State =
            switch word {
            case "Ok": .healthy
            case "NotOk", "Disabled": .unhealthy
            default: .starting
            }
        return HealthReport(state, detail: Quote.word(word))
    }

    private static func deployment(_ value: JSONValue) -> HealthReport? {
        guard let word = value["state"]?.string else { return nil }
        let status = value["container"]?["status"]?.string ?? ""
        return HealthReport(
            state(word, status: status), detail: detail(word: word, status: status))
    }

    private static func stack(_ value: JSONValue, services: [String]) -> HealthReport? {
        guard let items = value.array else { return nil }
        var parts: [(name: String, report: HealthReport)] = items.map { item in
            (item["service"]?.string ?? "?", service(item))
        }
        if !services.isEmpty {
            parts = services.map { wanted in
                parts.first { $0.name == wanted }
                    ?? (wanted, HealthReport(.unhealthy, detail: "no such service"))
            }
        }
        guard !parts.isEmpty else {
            return HealthReport(.starting, detail: "Komodo knows no services of it yet")
        }
        return summary(parts)
    }

    private static func summary(_ parts: [(name: String, report: HealthReport)]) -> HealthReport {
        let lagging = parts.filter { $0.report.state != .healthy }
        guard !lagging.isEmpty else {
            let word = parts.count == 1 ? "service" : "services"
            return HealthReport(.healthy, detail: "\(parts.count) \(word) running")
        }
        let isUnhealthy = lagging.contains { $0.report.state == .unhealthy }
        let named = lagging.prefix(partsMax).map {
            "\(Quote.word($0.name)): \($0.report.detail)"
        }
        let rest = lagging.count > partsMax ? ", and \(lagging.count - partsMax) more" : ""
        return HealthReport(
            isUnhealthy ? .unhealthy : .starting, detail: named.joined(separator: ", ") + rest)
    }

    private static func service(_ item: JSONValue) -> HealthReport {
        if let container = item["container"], !container.isNull {
            let word = container["state"]?.string ?? ""
            let status = container["status"]?.string ?? ""
            return HealthReport(
                state(word, status: status), detail: detail(word: word, status: status))
        }
        let swarm = item["swarm_service"]
        if let word = (swarm?["State"] ?? swarm?["state"])?.string {
            return HealthReport(state(word, status: ""), detail: detail(word: word, status: ""))
        }
        return HealthReport(.unhealthy, detail: "no container")
    }

    /// Judges a container by Komodo's word for its state and by Docker's status text, which alone
    /// tells the result of health checks, as in `Up 3 minutes (unhealthy)`.
    private static func state(_ word: String, status: String) -> HealthReport.State {
        switch word.lowercased() {
        case "running", "healthy":
            let lowered = status.lowercased()
            if lowered.contains("(unhealthy)") { return .unhealthy }
            return lowered.contains("health: starting") ? .starting : .healthy
        case "exited", "dead", "unhealthy", "stopped", "stopping", "removing", "paused", "down",
            "not_deployed":
            return .unhealthy
        // Deploying, created, restarting, unknown, and words that are newer than this program.
        default: return .starting
        }
    }

    private static func detail(word: String, status: String) -> String {
        let text = status.isEmpty ? word : status
        return text.isEmpty ? "unknown" : Quote.word(text)
    }
}
