package import JSON

/// What is known about an operation beyond its name.
package struct OperationSpec: Sendable {
    /// How much harm a call can do; destructive ones are confirmed.
    package enum Tier: Sendable, Hashable { case operate, destroy }

    /// Whether a submission that provably never started may be sent again without asking.
    package enum Resend: Sendable, Hashable {
        /// The operation converges on a state, so the same call later means the same.
        case automatic
        /// The operation runs the user's own code, or leaves no trace to look for.
        case ask
    }

    package let targetType: TargetType
    /// Komodo's request type, as in `{"type": …, "params": …}`.
    package let request: String
    /// The request's parameter that names the target.
    package let targetParameter: String
    /// Names that Komodo's own tools use, in kebab case.
    package let aliases: [String]
    package let tier: Tier
    package let resend: Resend
    /// The operation that cancels a running one; nil when Komodo cannot.
    package let cancelledBy: JobOperation?
    package let parameters: [OperationParameter]

    /// Whether this operation cancels another; such operations do not wait in their target's lane.
    package var isCancel: Bool { request.hasPrefix("Cancel") }

    /// Whether Komodo answers without an id, so that the job is followed by what happens to the
    /// target.
    package var isFollowedByState: Bool { request == "DeployStackIfChanged" }

    /// Whether the target can be watched for health afterwards.
    package var canVerifyHealth: Bool {
        switch targetType {
        case .deployment, .stack, .server: true
        case .build, .repo, .procedure, .action, .resourceSync: false
        }
    }

    /// Whether Komodo stores the log while the operation runs; all others get theirs at the end.
    package var logsGrow: Bool {
        switch targetType {
        case .build, .procedure, .resourceSync: true
        case .server, .stack, .deployment, .repo, .action: false
        }
    }

    /// The values of an update's `operation` that this request can produce.
    ///
    /// - Parameter arguments: a stack request that names services is recorded with the suffix
    ///   `Service`.
    package func updateOperations(_ arguments: JSONObject) -> [String] {
        if isFollowedByState {
            return ["DeployStack", "DeployStackService", "RestartStack", "RestartStackService"]
        }
        let namesServices = arguments["services"]?.array?.isEmpty == false
        return [namesServices && targetType == .stack ? request + "Service" : request]
    }
}

/// One argument of an operation beyond its target.
package struct OperationParameter: Sendable, Hashable {
    /// The JSON type that Komodo expects.
    package enum Kind: Sendable, Hashable {
        case string, integer, boolean, strings, object
        case oneOf([String])
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// Whether it names containers or services: see ``DockerName``.
    package let isDockerName: Bool
    /// One line for help texts.
    package let summary: String

    package init(
        _ name: String, _ kind: Kind, isRequired: Bool = false, isDockerName: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.isDockerName = isDockerName
        self.summary = summary
    }
}
