package import JSON
package import Jobs

/// What lists tell about an update: Komodo's record of one execution.
package struct UpdateSummary: Sendable, Hashable {
    /// 24 hexadecimal digits; nil for `DeployStackIfChanged`, which has none.
    package var id: String?
    /// Komodo's word, which may be newer than this program.
    package var operation: String
    package var startedAt: Timestamp
    package var status: UpdateStatus
    /// Only meaningful when the status is complete.
    package var success: Bool
    package var operatorID: String
    package var targetType: String
    package var targetID: String

    package init(
        id: String?, operation: String, startedAt: Timestamp, status: UpdateStatus, success: Bool,
        operatorID: String, targetType: String, targetID: String
    ) {
        self.id = id
        self.operation = operation
        self.startedAt = startedAt
        self.status = status
        self.success = success
        self.operatorID = operatorID
        self.targetType = targetType
        self.targetID = targetID
    }
}

/// An update's status; words that are newer than this program survive.
package enum UpdateStatus: Sendable, Hashable {
    case queued, inProgress, complete
    case other(String)

    /// Reads Komodo's word.
    package init(_ word: String) {
        switch word {
        case "Queued": self = .queued
        case "InProgress": self = .inProgress
        case "Complete": self = .complete
        default: self = .other(word)
        }
    }
}

/// A whole update.
package struct Update: Sendable, Hashable {
    package var summary: UpdateSummary
    /// Null on updates that a restart of Komodo completed.
    package var endedAt: Timestamp?
    package var logs: [UpdateLog]
    /// `major.minor.patch`, when the operation made or used a version.
    package var version: String?
    package var commitHash: String?
    /// How it ended, where Komodo says so in a word rather than by its logs.
    package var statedOutcome: RemoteOutcome?
    /// What else Komodo tells of the run, such as how many steps it completed.
    package var facts: JSONObject

    package init(
        summary: UpdateSummary, endedAt: Timestamp?, logs: [UpdateLog], version: String?,
        commitHash: String?, statedOutcome: RemoteOutcome? = nil, facts: JSONObject = [:]
    ) {
        self.statedOutcome = statedOutcome
        self.facts = facts
        self.summary = summary
        self.endedAt = endedAt
        self.logs = logs
        self.version = version
        self.commitHash = commitHash
    }
}

/// One stage of an update, as Komodo wrote it: with markup, and unredacted.
package struct UpdateLog: Sendable, Hashable {
    package var stage: String
    package var command: String
    package var stdout: String
    package var stderr: String
    package var success: Bool
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?

    package init(
        stage: String, command: String, stdout: String, stderr: String, success: Bool,
        startedAt: Timestamp?, endedAt: Timestamp?
    ) {
        self.stage = stage
        self.command = command
        self.stdout = stdout
        self.stderr = stderr
        self.success = success
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
