/// What a request of the signed interface asks for.
struct SignedRoute: Sendable, Hashable {
    /// The kinds of request.
    enum Action: Sendable, Hashable {
        case list, get
        /// Runs an operation, by Core's name for it.
        case execute(String)
    }

    /// The kind of resource; nil for alerts, which are none.
    let kind: ResourceKind?
    let action: Action
    /// The resource that the path names; empty for lists.
    let id: String

    /// Reads a path; nil when it is none of the interface's.
    init?(_ request: Inbound) {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst().map { String($0).removingPercentEscapes }
        switch (request.method, parts.first) {
        case ("GET", "read"): self.init(read: parts)
        case ("POST", "execute") where parts.count >= 3: self.init(execute: parts)
        default: return nil
        }
    }

    private init?(read parts: [String]) {
        if parts.count == 2, let kind = Self.plurals[parts[1]] {
            self.init(kind: kind, action: .list, id: "")
        } else if parts == ["read", "alerts"] {
            self.init(kind: nil, action: .list, id: "")
        } else if parts.count == 3, let kind = Self.plurals[parts[1] + "s"] {
            self.init(kind: kind, action: .get, id: parts[2])
        } else if parts.count == 3, parts[1] == "alert" {
            self.init(kind: nil, action: .get, id: parts[2])
        } else {
            return nil
        }
    }

    private init?(execute parts: [String]) {
        let verb = parts.count > 3 ? parts[3] : ""
        guard parts.count <= 4, let found = Self.operations["\(parts[1])/\(verb)"] else {
            return nil
        }
        self.init(kind: found.kind, action: .execute(found.name), id: parts[2])
    }

    private init(kind: ResourceKind?, action: Action, id: String) {
        self.kind = kind
        self.action = action
        self.id = id
    }

    /// What fault rules and the ledger call it: Core's name where it has one.
    var type: String {
        let noun = kind?.rawValue ?? "Alert"
        return switch action {
        case .list: "List\(noun)s"
        case .get: "Get\(noun)"
        case .execute(let name): name
        }
    }

    private static let plurals: [String: ResourceKind] = [
        "servers": .server, "deployments": .deployment, "stacks": .stack, "builds": .build,
        "repos": .repo, "procedures": .procedure, "actions": .action,
    ]

    private static let operations: [String: (kind: ResourceKind, name: String)] = [
        "deploy/": (.deployment, "Deploy"), "build/": (.build, "RunBuild"),
        "server/start": (.server, "StartAllContainers"),
        "server/stop": (.server, "StopAllContainers"),
        "server/restart": (.server, "RestartAllContainers"),
        "procedure/": (.procedure, "RunProcedure"), "action/": (.action, "RunAction"),
        "repo/pull": (.repo, "PullRepo"), "repo/clone": (.repo, "CloneRepo"),
    ]
}

extension String {
    /// The text with `%41` and the like replaced by what they stand for.
    var removingPercentEscapes: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
