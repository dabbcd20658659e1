/// Which module may be imported where.
enum ImportRules {
    /// One import, as written.
    struct Import: Equatable {
        let module: String
        let hasAccessLevel: Bool
        let line: Int
    }

    /// What each target may import of ours; arrows never turn back.
    static let graph: [String: Set<String>] = [
        "JSON": [],
        "Jobs": ["JSON"],
        "Redaction": ["JSON"],
        "CKomodo": [],
        "JobStore": ["CKomodo", "JSON", "Jobs"],
        "KomodoClient": ["JSON", "Jobs", "Redaction"],
        "JobWorker": ["JSON", "JobStore", "Jobs", "KomodoClient", "Redaction"],
        "MCP": ["JSON"],
        "MCPHTTP": ["JSON", "MCP"],
        "KomodoTools": [
            "Intake", "JSON", "JobStore", "Jobs", "KomodoClient", "MCP", "Redaction",
        ],
        "Intake": ["JSON", "JobStore", "Jobs", "KomodoClient", "Redaction"],
        "KomodoSimulator": ["JSON"],
        "Bootstrap": ["JSON", "Jobs", "Redaction"],
        "CBaseline": [],
        "Bench": ["CBaseline", "JSON", "JobStore", "Jobs", "KomodoSimulator"],
        "Commands": [
            "Bench", "Bootstrap", "CKomodo", "Intake", "JSON", "JobStore", "JobWorker", "Jobs",
            "KomodoClient", "KomodoSimulator", "KomodoTools", "MCP", "MCPHTTP", "Redaction",
        ],
        "komodo-mcp": ["Commands"],
        "komodo-jobs": ["Commands"],
    ]

    /// The targets that may import a module of others.
    static let owners: [String: Set<String>] = [
        "ArgumentParser": ["Commands"],
        "AsyncHTTPClient": ["KomodoClient"],
        "Configuration": ["Bootstrap"],
        "Crypto": ["Bootstrap", "JobStore", "KomodoClient", "MCP", "MCPHTTP"],
        "GRDB": ["JobStore"],
        "GRDBSQLite": ["JobStore"],
        "HTTPTypes": ["KomodoSimulator", "MCPHTTP"],
        "Hummingbird": ["KomodoSimulator"],
        "HummingbirdCore": ["KomodoSimulator", "MCPHTTP"],
        "Logging": [
            "Bootstrap", "Commands", "JobWorker", "KomodoClient", "KomodoSimulator", "KomodoTools",
            "MCP", "MCPHTTP",
        ],
        "NIOCore": ["KomodoClient", "KomodoSimulator", "MCPHTTP"],
        "NIOHTTP1": ["KomodoClient", "KomodoSimulator", "MCPHTTP"],
        "NIOPosix": ["KomodoClient", "KomodoSimulator", "MCP", "MCPHTTP"],
        "NIOSSL": ["KomodoClient"],
        "NIOWebSocket": ["KomodoClient", "KomodoSimulator"],
        "ServiceLifecycle": ["Commands", "JobWorker", "KomodoSimulator", "MCPHTTP"],
        "UnixSignals": ["Commands"],
    ]

    /// Modules of the toolchain, for every target but the pure ones.
    static let system: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl",
        "Synchronization",
    ]

    /// Targets that decide: values in, values out, without a clock or I/O.
    static let pure: Set<String> = ["JSON", "Jobs", "Redaction"]

    /// The imports of a file.
    static func imports(in code: CodeText) -> [Import] {
        code.lines.enumerated().compactMap { number, line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count,
                place == 0 || accessLevels.contains(words[0])
            else { return nil }
            let kinds: Set<Substring> = [
                "struct", "class", "enum", "func", "protocol", "typealias",
            ]
            let name = kinds.contains(words[place + 1]) ? words.last : words[place + 1]
            let module = name?.split(separator: ".").first.map(String.init) ?? ""
            return Import(module: module, hasAccessLevel: place == 1, line: number + 1)
        }
    }

    /// What is wrong with the imports of a file of `target`.
    static func findings(path: String, target: String, code: CodeText) -> [Finding] {
        imports(in: code).flatMap { item in
            var messages: [String] = []
            if !item.hasAccessLevel {
                messages.append("import \(item.module) without access level")
            }
            if let fault = fault(module: item.module, target: target) { messages.append(fault) }
            return messages.map { Finding(path: path, line: item.line, message: $0) }
        }
    }

    private static let accessLevels: Set<Substring> = [
        "private", "fileprivate", "internal", "package", "public",
    ]

    private static func fault(module: String, target: String) -> String? {
        guard let allowed = graph[target] else { return "target \(target) is not in the graph" }
        if graph[module] != nil {
            return allowed.contains(module) ? nil : "\(target) may not import \(module)"
        }
        if system.contains(module) {
            guard pure.contains(target), module != "Synchronization" else { return nil }
            return "\(target) is pure and may not import \(module)"
        }
        guard let owners = owners[module] else {
            return "\(module) has no target that may import it"
        }
        return owners.contains(target) ? nil : "\(target) may not import \(module)"
    }
}
