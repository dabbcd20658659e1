internal import JSON
internal import Jobs

/// The conditions of a list: what Core is asked, and what is checked here.
///
/// Everything that Core is asked is checked here again, for versions that do not know a condition
/// ignore it.
struct ResourceFilters: Sendable {
    /// Conditions for the version at hand.
    private(set) var specific: JSONObject = [:]
    /// Whether whole resources are needed to decide.
    private(set) var needsConfig = false
    private var checks: [Check] = []

    private enum Check: Sendable {
        case states([String])
        case server(String)
        case linkedRepo(String)
        case repository(String)
        case provider(String)
        case trigger(String)
    }

    /// The documented conditions that a type has.
    private static func names(_ type: TargetType) -> [String] {
        switch type {
        case .server: ["status"]
        case .deployment, .stack: ["status", "server_id"]
        case .build: ["status", "repo_id"]
        case .repo: ["provider"]
        case .procedure: ["trigger"]
        case .action: ["type", "enabled"]
        case .resourceSync: []
        }
    }

    /// Adds a condition.
    ///
    /// - Parameters:
    ///   - filter: with ids in place of names.
    ///   - version: Core's; states and linked repositories can be asked for since 2.3.
    /// - Throws: ``KomodoError`` `unsupported` for what Core has nothing for.
    mutating func add(
        _ filter: ResourceQuery.Filter, _ type: TargetType, of version: KomodoVersion
    ) throws(KomodoError) {
        guard Self.names(type).contains(filter.name) else {
            throw KomodoError(
                .unsupported, "Komodo's \(type.word)s cannot be filtered by \(filter.name).")
        }
        switch filter {
        case .status(let status):
            guard let states = StatusWords.states(type, status: status) else {
                throw Self.unknownStatus(status, type)
            }
            if version >= CoreRequests.pagedListsSince { specific.put("states", texts: states) }
            checks.append(.states(states))
        case .server(let id):
            specific.put("server_ids", texts: [id])
            checks.append(.server(id))
        case .repo(let repo) where repo.contains("/"):
            specific.put("repos", texts: [repo])
            checks.append(.repository(repo))
        case .repo(let id):
            if version >= CoreRequests.pagedListsSince { specific.put("linked_repos", texts: [id]) }
            checks.append(.linkedRepo(id))
        case .provider(let word): checks.append(.provider(try Self.known(word, Self.providers)))
        case .trigger(let word):
            needsConfig = true
            checks.append(.trigger(try Self.known(word, Self.triggers)))
        case .actionType(let word):
            guard word == "script" else {
                throw KomodoError(
                    .unsupported,
                    "Komodo has no actions of type '\(Quote.word(word))'; all its actions are "
                        + "scripts: use type script, or leave it out.")
            }
        case .enabled(let isEnabled):
            guard isEnabled else {
                throw KomodoError(
                    .unsupported,
                    "Komodo's actions cannot be disabled, only their schedules: leave enabled out "
                        + "and look at schedule_enabled.")
            }
        }
    }

    /// Whether a resource is wanted.
    func match(item: JSONValue, config: JSONValue?) -> Bool {
        checks.allSatisfy { check in
            let info = item["info"]
            return switch check {
            case .states(let states): states.contains(info?["state"]?.string ?? "")
            case .server(let id): info?["server_id"]?.string == id
            case .linkedRepo(let id): info?["linked_repo"]?.string == id
            case .repository(let name): info?["repo"]?.string == name
            case .provider(let word): RepoDocument.provider(RepoDocument.host(item)) == word
            case .trigger(let word): config != nil && ProcedureDocument.trigger(config) == word
            }
        }
    }

    private static let providers = ["github", "gitlab", "bitbucket", "other"]
    private static let triggers = ["manual", "scheduled", "webhook"]

    private static func known(
        _ word: String, _ words: [String]
    ) throws(KomodoError) -> String {
        guard words.contains(word) else {
            throw KomodoError(
                .invalid,
                "'\(Quote.word(word))' is none of \(words.joined(separator: ", ")).")
        }
        return word
    }

    private static func unknownStatus(_ status: String, _ type: TargetType) -> KomodoError {
        let words = StatusWords.rows(type).map(\.status).joined(separator: ", ")
        return KomodoError(
            .unsupported,
            "Komodo's \(type.word)s have no status '\(Quote.word(status))'; use one of: \(words).")
    }
}

extension ResourceQuery.Filter {
    /// The documented name of the condition.
    fileprivate var name: String {
        switch self {
        case .status: "status"
        case .server: "server_id"
        case .repo: "repo_id"
        case .provider: "provider"
        case .trigger: "trigger"
        case .actionType: "type"
        case .enabled: "enabled"
        }
    }
}
