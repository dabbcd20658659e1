/// One resource with what its list item and its full form are made of.
struct WorldResource: Sendable {
    let kind: ResourceKind
    /// 24 hexadecimal digits that depend on kind and name alone.
    let id: String
    let name: String
    var summary = ""
    var behaviour = Behaviour()
    var tags: [String] = []
    /// The state as the list item prints it.
    var state: String
    var serverID = ""
    var builderID = ""
    /// Image of a deployment; repository of a stack, build, repo or sync.
    var image = ""
    var repository = ""
    /// The Repo resource that a build takes its files from.
    var linkedRepoID = ""
    /// Where the repository is.
    var gitProvider = "github.com"
    /// The account that Core clones with.
    var gitAccount = ""
    /// When a procedure runs by itself; empty for never.
    var schedule = ""
    /// Whether webhooks start it.
    var acceptsWebhooks = true
    /// The build whose image a deployment runs.
    var buildID = ""
    /// Service names of a stack with their images.
    var services: [(name: String, image: String)] = []
    var version = BuildVersion(major: 1, minor: 0, patch: 0)
    var commitHash = ""
    /// When the last run ended, 0 for never.
    var lastRunAt: Int64 = 0
    /// Stages of a procedure: name and the executions inside.
    var stages: [(name: String, executions: [StageExecution])] = []
    /// Executions that were begun, for behaviour that depends on the count.
    var runs = 0

    /// One execution inside a stage of a procedure.
    struct StageExecution: Sendable {
        let type: String
        let field: String
        let name: String
    }

    init(_ kind: ResourceKind, _ name: String, state: String) {
        self.kind = kind
        self.name = name
        self.state = state
        id = Self.id(of: kind, name)
    }

    /// The id of the resource of this kind and name.
    static func id(of kind: ResourceKind, _ name: String) -> String {
        "66" + SeededRandom.hex("\(kind.rawValue)/\(name)", digits: 22)
    }

    /// Whether the compose file of a stack is in its configuration and nowhere else.
    var isWrittenInUI: Bool { kind == .stack && repository.isEmpty }
    /// This resource as the target of an update.
    var target: ResourceTarget { ResourceTarget(kind: kind, id: id) }
}
