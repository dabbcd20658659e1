internal import Jobs

/// The documented words for what an operation is doing.
enum OperationWords {
    /// The word for a job's state, such as `started`, `building` or `stopping`.
    static func status(of operation: JobOperation, in state: JobState, isPartial: Bool) -> String {
        let isServer = operation.spec.targetType == .server && operation.isLifecycle
        switch state.status {
        // Until Komodo has accepted it nobody knows that anything runs.
        case .pending, .starting: return "queued"
        case .running: return progress(operation)
        case .success:
            return isServer ? (operation == .stopServer ? "stopped" : "running") : "completed"
        case .failed: return isPartial ? "partial" : isServer ? "error" : "failed"
        case .cancelled: return "cancelled"
        }
    }

    private static func progress(_ operation: JobOperation) -> String {
        switch operation {
        case .deploy: "started"
        case .build: "building"
        case .startServer: "starting"
        case .stopServer: "stopping"
        case .restartServer: "restarting"
        case .triggerAction: "executing"
        case .pullRepo: "pulling"
        case .cloneRepo: "cloning"
        default: "running"
        }
    }

    /// Every word that ``status(of:in:isPartial:)`` can give for `operation`.
    static func all(of operation: JobOperation) -> [String] {
        var words: [String] = []
        for state in JobState.all {
            let word = status(of: operation, in: state, isPartial: false)
            if !words.contains(word) { words.append(word) }
        }
        return operation == .runProcedure ? words + ["partial"] : words
    }

    /// What a server operation does, in one word; nil for others.
    static func action(of operation: JobOperation) -> String? {
        switch operation {
        case .startServer: "start"
        case .stopServer: "stop"
        case .restartServer: "restart"
        default: nil
        }
    }

    /// How the target's fields begin, as in `deployment_id`.
    static func prefix(of type: TargetType) -> String {
        type == .resourceSync ? "sync" : type.rawValue.lowercased()
    }
}

extension JobOperation {
    /// Whether it starts or stops all containers of a server.
    fileprivate var isLifecycle: Bool { OperationWords.action(of: self) != nil }
}
