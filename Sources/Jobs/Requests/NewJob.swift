package import JSON

/// A validated request for a job, before it has an id.
package struct NewJob: Sendable {
    /// Who asks.
    package struct Caller: Sendable, Hashable {
        /// The OS user, or the name of an HTTP token.
        package var principal: String
        package var clientName: String
        package var clientVersion: String
        /// W3C trace context, if the caller sent one.
        package var traceContext: String?

        package init(
            principal: String, clientName: String, clientVersion: String,
            traceContext: String? = nil
        ) {
            self.principal = principal
            self.clientName = clientName
            self.clientVersion = clientVersion
            self.traceContext = traceContext
        }
    }

    /// What happens when another operation holds the target's lane.
    package enum OnBusy: String, Sendable, Hashable, CaseIterable { case wait, fail }

    package var operation: JobOperation
    package var target: Target
    /// Komodo's parameters beyond the target, checked against the operation's spec.
    package var arguments: JSONObject
    /// Normalized URL of the Komodo instance, or its configured name.
    package var instance: String
    /// Fingerprint of the API key that it is asked with.
    package var keyFingerprint: String
    package var caller: Caller
    package var idempotencyKey: String?
    /// Higher goes first within what is due; 0 by default.
    package var priority: Int
    /// Not before this moment; nil means at once.
    package var runAt: Timestamp?
    /// The job expires when it could not be sent within this time after `runAt`.
    package var startWithin: Duration
    /// How long to follow the accepted operation before giving up waiting; nil means for ever.
    package var deadline: Duration?
    package var waitsForHealth: Bool
    /// Whether a run that failed in Komodo is repeated, as often as the retry policy says.
    package var retriesFailure: Bool
    package var onBusy: OnBusy
    /// Never join an equal job.
    package var isNew: Bool
    /// The token of the job that this one repeats.
    package var retryOf: String?

    package static let startWithinDefault: Duration = .seconds(3600)

    package init(
        operation: JobOperation, target: Target, arguments: JSONObject = JSONObject(),
        instance: String, keyFingerprint: String, caller: Caller, idempotencyKey: String? = nil,
        priority: Int = 0, runAt: Timestamp? = nil, startWithin: Duration = startWithinDefault,
        deadline: Duration? = nil, waitsForHealth: Bool = false, retriesFailure: Bool = false,
        onBusy: OnBusy = .wait, isNew: Bool = false, retryOf: String? = nil
    ) {
        self.operation = operation
        self.target = target
        self.arguments = arguments
        self.instance = instance
        self.keyFingerprint = keyFingerprint
        self.caller = caller
        self.idempotencyKey = idempotencyKey
        self.priority = priority
        self.runAt = runAt
        self.startWithin = startWithin
        self.deadline = deadline
        self.waitsForHealth = waitsForHealth
        self.retriesFailure = retriesFailure
        self.onBusy = onBusy
        self.isNew = isNew
        self.retryOf = retryOf
    }

    /// What makes two requests the same, as canonical text: principal, instance, operation, target
    /// and arguments, but not how their caller waits.
    ///
    /// The target counts by its name: a request is the same whether or not Komodo could be asked for
    /// the id.
    package var identity: String {
        var parts: [JSONValue] = [
            .string(caller.principal), .string(instance), .string(operation.rawValue),
            .string(target.type.rawValue), .string(target.name),
            .object(arguments), .bool(waitsForHealth),
        ]
        // Left out otherwise, as in the identities from before there was this choice.
        if retriesFailure { parts.append("retries_failure") }
        return JSONValue.array(parts).canonical().serialized()
    }
}
