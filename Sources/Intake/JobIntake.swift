private import JSON
package import JobStore
package import Jobs
package import KomodoClient
package import Redaction

/// Turns a request into a durable job: checks it, looks its target up, stores it.
package struct JobIntake: Sendable {
    package let store: any JobStore
    /// Nil when no Komodo is configured or asked; targets then stay unresolved.
    package let komodo: (any KomodoAPI)?
    package let redactor: Redactor
    private let sleep: @Sendable (Duration) async throws -> Void

    /// How long a caller waits for the target to be looked up; later the worker does it.
    package static let resolveTimeMax: Duration = .seconds(3)

    /// The longest idempotency key.
    package static let keyBytesMax = 255

    package init(
        store: any JobStore, komodo: (any KomodoAPI)?, redactor: Redactor,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.store = store
        self.komodo = komodo
        self.redactor = redactor
        self.sleep = sleep
    }

    /// Stores a job, or finds the one that the request means.
    ///
    /// - Parameter written: arguments in place of those of `new`, which are read for the interface
    ///   that Komodo turns out to have.
    /// - Throws: ``IntakeError`` with `NOT_FOUND` and the nearest names for an unknown target,
    ///   `VALIDATION_ERROR`, `UNSUPPORTED_OPTION` or `CONFLICT`; ``StoreError``.
    package func take(
        _ new: NewJob, reading written: WrittenArguments? = nil
    ) async throws -> EnqueueResult {
        var job = new
        // The first thing that Komodo is asked tells which interface it has.
        let looksFirst = komodo != nil && komodo?.dialect == nil && written?.isEmpty == false
        if looksFirst { job.target = try await resolved(new.target) }
        if let written { job.arguments = try written.read(for: komodo?.dialect) }
        job.arguments = try checked(job)
        guard !new.waitsForHealth || new.operation.spec.canVerifyHealth else {
            throw IntakeError(
                .unsupportedOption,
                "\(new.operation.rawValue) has nothing whose health could be waited for.")
        }
        if let key = new.idempotencyKey, !(1...Self.keyBytesMax).contains(key.utf8.count) {
            // An empty one is a variable that was not set, and would make strangers equal.
            throw IntakeError(
                .validationError, "An idempotency key has 1 to \(Self.keyBytesMax) bytes.")
        }
        if let key = new.idempotencyKey, mask.text(key) != key {
            // Keys are stored and shown, and outlive their jobs.
            throw IntakeError(
                .validationError,
                "The idempotency key looks like a secret; use another text, such as a random one.")
        }
        job.caller = masked(new.caller)
        if !looksFirst { job.target = try await resolved(new.target) }
        let identity = job.identity
        let (shown, secrets) = SecretArguments.split(job.arguments, redactor)
        job.arguments = shown
        let request = EnqueueRequest(job: job, secrets: secrets, identity: identity)
        let results = try await store.enqueue([request])
        if case .refused(let error) = results[0] { throw IntakeError(error) }
        return results[0]
    }

    private var mask: ValueMask { ValueMask(redactor, strips: false) }

    /// Who asks, without the secrets that a client may have put into its name.
    private func masked(_ caller: NewJob.Caller) -> NewJob.Caller {
        NewJob.Caller(
            principal: caller.principal, clientName: mask.text(caller.clientName),
            clientVersion: mask.text(caller.clientVersion),
            traceContext: caller.traceContext.map(mask.text))
    }

    /// The arguments, when the Komodo that will be asked can honour them.
    ///
    /// While nobody knows which interface it has, only what Core takes is let through.
    private func checked(_ new: NewJob) throws(IntakeError) -> JSONObject {
        guard komodo?.dialect == .signed else {
            return try OperationArguments.checked(new.arguments, for: new.operation)
        }
        if let fault = SignedOptions.fault(in: new.arguments, for: new.operation) {
            throw IntakeError(fault)
        }
        return new.arguments
    }

    /// The target with its id, or as it is when Komodo cannot be asked in time.
    ///
    /// - Throws: ``IntakeError`` `NOT_FOUND` with the nearest names.
    package func resolved(_ target: Target) async throws -> Target {
        guard target.id == nil, let komodo else { return target }
        let answer = await withTaskGroup(of: Answer?.self) { group in
            group.addTask {
                do throws(KomodoError) {
                    return .found(
                        try await komodo.resolve(target.type, target.name, for: .read))
                } catch {
                    return error.code == .notFound ? .unknown(error) : .unanswered
                }
            }
            group.addTask {
                // Cancellation means that the other answer is in.
                try? await sleep(Self.resolveTimeMax)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        switch answer {
        case .found(let target): return target
        case .unknown(let error):
            throw IntakeError(.notFound, error.message, suggestions: error.suggestions)
        case .unanswered, nil: return target
        }
    }

    private enum Answer: Sendable {
        case found(Target)
        case unknown(KomodoError)
        case unanswered
    }
}
