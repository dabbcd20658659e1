internal import JSON
private import NIOCore
internal import Synchronization

/// Core behind its lock: answers requests and follows what they start.
final class SimulatedCore: Sendable {
    private let state: Mutex<CoreState>
    private let hasCanaries: Bool
    /// The canaries that were in answers.
    private let sentCanaries = Mutex<Set<String>>([])
    /// Listeners to `/ws/update`.
    let events = UpdateEvents()
    /// The numbers of runs to follow; one consumer.
    let started: AsyncStream<Int>
    private let startedContinuation: AsyncStream<Int>.Continuation

    init(options: SimulatorOptions) {
        state = Mutex(CoreState(options: options))
        hasCanaries = options.hasCanaries
        (started, startedContinuation) = AsyncStream.makeStream(of: Int.self)
    }

    /// Changes the state, then carries out what that left to do, in order.
    func withState<Result: Sendable, Failure: Error>(
        _ body: (inout CoreState) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { (state) throws(Failure) -> Result in
            let result = try body(&state)
            if !state.effects.isEmpty { carryOut(state.takeEffects()) }
            return result
        }
    }

    private func carryOut(_ effects: [CoreState.Effect]) {
        for effect in effects {
            switch effect {
            case .follow(let number): startedContinuation.yield(number)
            case .event(let item, let isRestricted):
                events.publish(item, isRestricted: isRestricted)
            }
        }
    }

    /// Follows one run to its end, or until it is taken away by a cancel or a restart.
    func follow(_ number: Int) async {
        while let wait = withState({ $0.advance(number) }) {
            do {
                try await Task.sleep(for: wait)
            } catch {
                return
            }
        }
    }

    /// Answers a request to Core's own API.
    func answer(_ request: Inbound) -> Reply {
        let reply = plainAnswer(request)
        // What is no JSON has no place for canaries.
        guard hasCanaries, reply.contentType == "application/json",
            let value = try? JSONValue(parsing: String(buffer: reply.body))
        else { return reply }
        let planted = Canaries.planted(value).serialized()
        sentCanaries.withLock { $0.formUnion(Canaries.found(in: planted)) }
        var changed = Reply(status: reply.status, contentType: reply.contentType, body: planted)
        changed.fields = reply.fields
        return changed
    }

    /// `all` canaries by the names that they are planted under, and those that were `sent`.
    var canaries: JSONValue {
        let all = hasCanaries ? Canaries.all : []
        return [
            "all": .object(
                JSONObject(
                    all.map { ($0.name, .array($0.canaries.map { .string($0) })) })),
            "sent": .array(sentCanaries.withLock { $0.sorted() }.map { .string($0) }),
        ]
    }

    private func plainAnswer(_ request: Inbound) -> Reply {
        if let reply = answerSigned(request) { return reply }
        do {
            return try route(request)
        } catch {
            return error
        }
    }

    private func route(_ request: Inbound) throws(Reply) -> Reply {
        let version = withState { $0.version }
        if let module = request.module {
            return try answer(request, in: module, version: version)
        }
        switch (request.method, request.path) {
        case ("GET", "/version") where version.isTwo: return .text(version.description)
        case ("GET", "/user") where version.isTwo:
            let credentials = Credentials(request.fields, socketAddress: request.address)
            return .json(
                try withState { (state) throws(Reply) in
                    state.userDocument(try state.authenticate(credentials))
                })
        case ("GET", "/"), ("GET", "/index.html"): return .html(200, title: "Komodo")
        case ("GET", "/ws/update"):
            let fault = withState { $0.faults.websocket }
            if fault.refuses { return .html(fault.status, title: "No websocket here") }
            return .error(400, "Connection header did not include 'upgrade'")
        case ("GET", _), ("HEAD", _): return .html(404, title: "Not Found")
        default: return .empty(405)
        }
    }

    private func answer(_ request: Inbound, in module: Inbound.Module, version: CoreVersion)
        throws(Reply) -> Reply
    {
        guard request.method == "POST" else { return .empty(405) }
        if module == .auth { return try answerAuth(request, version: version) }
        let credentials = Credentials(request.fields, socketAddress: request.address)
        let user = try withState { (state) throws(Reply) in try state.authenticate(credentials) }
        let (type, params) = try RequestShape.check(request, version: version) { type in
            switch module {
            case .read: RequestCatalog.readFields(type, version: version)
            case .write: RequestCatalog.writeFields(type)
            case .execute: RequestCatalog.executeFields(type, version: version)
            case .auth: nil
            }
        }
        let value = try withState { (state) throws(Reply) -> JSONValue in
            switch module {
            case .read: try state.read(type, params, by: user)
            case .write: try state.write(type, params, by: user)
            case .execute: try state.execute(type, params, by: user)
            case .auth: .null
            }
        }
        return .json(value)
    }

    /// Before 2.0 the calling user comes from here; since then there is nothing at this path.
    private func answerAuth(_ request: Inbound, version: CoreVersion) throws(Reply) -> Reply {
        guard !version.isTwo else { return .empty(405) }
        let (_, _) = try RequestShape.check(request, version: version) { type in
            type == "GetUser" ? [] : nil
        }
        let credentials = Credentials(request.fields, socketAddress: request.address)
        return .json(
            try withState { (state) throws(Reply) in
                state.userDocument(try state.authenticate(credentials))
            })
    }
}
