internal import Jobs

/// How the signed interface shows a type of resource: its paths, and the fields that tell of runs.
struct SignedKind: Sendable {
    /// As in `GET /read/servers`.
    let plural: String
    /// As in `GET /read/server/{id}`.
    let singular: String
    /// The list of past runs in the whole resource; nil where there is none.
    let history: String?
    /// When a run began, in an entry of that list.
    let entryTimes: [String]
    /// The field that names an entry, when it has one.
    let entryID: String?
    /// The object with the newest run in the list item; nil when its fields are the item's own.
    let lastRun: String?
    /// When the newest run began, in the list item.
    let lastTimes: [String]

    /// The kind behind a target; nil for types that the interface does not have.
    init?(_ type: TargetType) {
        switch type {
        case .server:
            self.init(plural: "servers", singular: "server", lastTimes: ["updatedAt"])
        case .deployment:
            self.init(
                plural: "deployments", singular: "deployment", history: "deployment_history",
                entryTimes: ["deployed_at", "started_at"], lastTimes: ["lastDeployedAt"])
        case .stack: self.init(plural: "stacks", singular: "stack", lastTimes: ["updatedAt"])
        case .build:
            self.init(
                plural: "builds", singular: "build", history: "build_history",
                entryTimes: ["started_at"], entryID: "build_number", lastTimes: ["last_build_at"])
        case .repo:
            self.init(
                plural: "repos", singular: "repo", lastTimes: ["last_sync", "updatedAt"])
        case .procedure:
            self.init(
                plural: "procedures", singular: "procedure", history: "execution_history",
                entryTimes: ["started_at", "executed_at"], entryID: "execution_id",
                lastRun: "last_execution", lastTimes: ["started_at", "executed_at"])
        case .action:
            self.init(
                plural: "actions", singular: "action", history: "execution_history",
                entryTimes: ["started_at", "executed_at"], entryID: "execution_id",
                lastRun: "last_execution", lastTimes: ["started_at", "executed_at"])
        case .resourceSync: return nil
        }
    }

    private init(
        plural: String, singular: String, history: String? = nil, entryTimes: [String] = [],
        entryID: String? = nil, lastRun: String? = nil, lastTimes: [String]
    ) {
        self.plural = plural
        self.singular = singular
        self.history = history
        self.entryTimes = entryTimes
        self.entryID = entryID
        self.lastRun = lastRun
        self.lastTimes = lastTimes
    }
}

/// What the words for a status mean.
enum SignedStatus {
    /// What a status tells about a run.
    enum Meaning: Sendable, Hashable {
        case underWay, succeeded, failed, cancelled
    }

    /// Reads the status of a run; a word that is newer than this program means that it goes on.
    static func meaning(ofRun word: String?) -> Meaning {
        switch word?.lowercased() {
        case "completed", "complete", "success", "succeeded": .succeeded
        case "failed", "error", "partial": .failed
        case "cancelled", "canceled": .cancelled
        default: .underWay
        }
    }

    /// Whether a resource with this status is being worked on.
    ///
    /// `running` is a run's word for procedures and actions, and a state of rest for all others;
    /// `pending` is a build that was never made, and else something that is about to begin.
    static func isBusy(_ word: String?, _ type: TargetType) -> Bool {
        switch word?.lowercased() {
        case "running", "started": type == .procedure || type == .action
        case "pending": type != .build
        case "queued", "starting", "executing", "in_progress", "deploying", "building", "pulling",
            "cloning", "syncing", "stopping", "restarting", "cancelling":
            true
        default: false
        }
    }

    /// The state of a server that an operation leads to; nil for operations on something else.
    static func goal(of operation: JobOperation) -> String? {
        switch operation {
        case .startServer, .restartServer: "running"
        case .stopServer: "stopped"
        default: nil
        }
    }
}
