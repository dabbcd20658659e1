internal import Jobs

/// The documented words for Core's states.
enum StatusWords {
    /// One documented word with the states that it stands for.
    typealias Row = (status: String, states: [String])

    /// The words of a type; empty for types whose states have no documented words.
    ///
    /// States that are missing here, `unknown` above all, have no word.
    static func rows(_ type: TargetType) -> [Row] {
        switch type {
        case .server: [("running", ["Ok"]), ("error", ["NotOk"]), ("stopped", ["Disabled"])]
        case .deployment:
            [
                ("running", ["running", "restarting"]), ("failed", ["dead", "unhealthy"]),
                ("deploying", ["deploying"]),
                (
                    "stopped",
                    ["created", "stopping", "removing", "paused", "exited", "not_deployed"]
                ),
            ]
        case .stack:
            [
                ("active", ["running", "unhealthy", "restarting"]),
                ("deploying", ["deploying", "created"]),
                ("inactive", ["paused", "stopped", "dead", "removing", "down"]),
            ]
        case .build:
            [
                ("success", ["Ok"]), ("failed", ["Failed"]), ("building", ["Building"]),
                ("pending", ["Unknown"]),
            ]
        case .repo, .procedure, .action, .resourceSync: []
        }
    }

    /// The documented word for a state; nil when there is none.
    static func status(_ type: TargetType, state: String) -> String? {
        rows(type).first { $0.states.contains(state) }?.status
    }

    /// The states that a documented word stands for; nil when Core has none.
    static func states(_ type: TargetType, status: String) -> [String]? {
        rows(type).first { $0.status == status }?.states
    }

    /// The word for how the last run ended, by the state of a procedure or an action.
    static func lastRun(state: String) -> String? {
        switch state {
        case "Ok": "success"
        case "Failed": "failed"
        case "Running": "running"
        default: nil
        }
    }

    /// `resource_sync` for `ResourceSync`.
    static func snakeCase(_ word: String) -> String {
        word.enumerated().reduce(into: "") { text, next in
            if next.element.isUppercase, next.offset > 0 { text += "_" }
            text += next.element.lowercased()
        }
    }
}
