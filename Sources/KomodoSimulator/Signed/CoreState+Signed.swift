internal import HTTPTypes
internal import JSON

extension SimulatedCore {
    /// Answers a request of the signed interface; nil when it is for Core's own.
    func answerSigned(_ request: Inbound) -> Reply? {
        withState { (state) -> Reply? in
            guard state.options.api != .core else { return nil }
            let route = SignedRoute(request)
            guard route != nil || state.options.api == .signed else { return nil }
            do throws(Reply) {
                return try state.answer(request, route)
            } catch {
                return error
            }
        }
    }
}

extension CoreState {
    /// How far the time of a signature may be off.
    static let skewMaxSeconds: Int64 = 60

    /// Answers a request whose path has been read; nil is a path that is not there.
    mutating func answer(_ request: Inbound, _ route: SignedRoute?) throws(Reply) -> Reply {
        let left = try countSigned()
        guard let route else {
            throw refusal(404, "NOT_FOUND", "Cannot \(request.method) \(request.path)")
        }
        let user = try verify(request)
        let content: JSONValue
        switch route.action {
        case .list: content = try signedList(route.kind, request.query, user)
        case .get: content = try signedDocument(route, user)
        case .execute(let name): content = try signedExecute(name, route, request, user)
        }
        var reply = options.signedStyle.reply(content, at: clock.now)
        if let left, let name = HTTPField.Name("X-RateLimit-Remaining") {
            reply.fields[name] = String(left)
        }
        return reply
    }

    /// An error of the interface.
    func refusal(
        _ status: Int, _ code: String, _ message: String, adding more: JSONObject = [:]
    ) -> Reply {
        .signedError(status, code, message, at: clock.now, adding: more)
    }

    /// Counts a request; what is left of the limit, nil without one.
    private mutating func countSigned() throws(Reply) -> Int? {
        guard let limit = options.signedRequestsPerMinute else { return nil }
        let answer = signed.count(at: SimulatorClock.machineNow, max: limit)
        guard let left = answer.left else {
            throw refusal(
                429, "RATE_LIMIT_ERROR", "Rate limit exceeded",
                adding: ["retry_after": .int(answer.waitSeconds)])
        }
        return left
    }

    /// Who signed a request.
    private func verify(_ request: Inbound) throws(Reply) -> Operator {
        func field(_ name: String) -> String? {
            HTTPField.Name(name).flatMap { request.fields[$0] }
        }
        guard let key = field("X-Komodo-Api-Key"), let stamp = field("X-Komodo-Timestamp"),
            let signature = field("X-Komodo-Signature")
        else { throw refusal(401, "AUTH_ERROR", "Missing authentication headers") }
        guard let seconds = Int64(stamp), stamp.allSatisfy(\.isNumber) else {
            throw refusal(401, "AUTH_ERROR", "Invalid timestamp")
        }
        guard abs(clock.now / 1_000 - seconds) <= Self.skewMaxSeconds else {
            throw refusal(401, "AUTH_ERROR", "Request timestamp is too old or too new")
        }
        let user: Operator
        let secret: String
        switch key {
        case options.apiKey: (user, secret) = (.main, options.apiSecret)
        case options.colleagueKey: (user, secret) = (.colleague, options.colleagueSecret)
        default: throw refusal(401, "AUTH_ERROR", "Invalid API credentials")
        }
        let target = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        let message =
            Array((request.method + target).utf8) + request.bytes + Array(stamp.utf8)
        guard MessageDigest.hmac(message, key: Array(secret.utf8)) == signature else {
            throw refusal(401, "AUTH_ERROR", "Invalid signature")
        }
        return user
    }

    /// The resource that a path names.
    func signedResource(
        _ kind: ResourceKind, _ id: String, _ user: Operator
    ) throws(Reply) -> WorldResource {
        guard let resource = world[id], resource.kind == kind,
            faults.behaviour(of: resource) != .missing
        else { throw refusal(404, "NOT_FOUND", "\(kind.rawValue) not found: \(id)") }
        guard isOpen(resource, to: user) else {
            throw refusal(403, "FORBIDDEN", "Insufficient permissions on \(kind.rawValue) \(id)")
        }
        return resource
    }

    /// The newest updates of a resource, the newest first.
    func signedUpdates(_ resource: WorldResource) -> [UpdateRecord] {
        let filter = UpdateFilter.compare(
            field: "target.id", .equal, .string(resource.id))
        return updates.page(filter, skip: 0, limit: Self.historyMax) { _ in true }
    }

    private static var historyMax: Int { 50 }

    // MARK: Executing

    private mutating func signedExecute(
        _ name: String, _ route: SignedRoute, _ request: Inbound, _ user: Operator
    ) throws(Reply) -> JSONValue {
        let key = HTTPField.Name("Idempotency-Key").flatMap { request.fields[$0] }
        if let key, let kept = signed.kept[key] {
            guard kept.path == request.path else {
                throw refusal(409, "CONFLICT", "The idempotency key was used for another request")
            }
            return kept.content
        }
        let body = try signedBody(request)
        guard let kind = route.kind, let spec = ExecutionCatalog.specs[name] else {
            throw refusal(404, "NOT_FOUND", "Unknown operation")
        }
        let resource = try signedResource(kind, route.id, user)
        let behaviour = behaviour(of: resource)
        let isAtWork = signedUpdates(resource).contains { $0.status == .inProgress }
        if isAtWork || isBusyAtFirst(behaviour) || faults.behaviour(of: resource) == .busy {
            throw refusal(409, "CONFLICT", "\(kind.rawValue) already in progress: \(resource.id)")
        }
        var params: JSONObject = [spec.field: .string(resource.id)]
        if let payload = body["payload"] { params["args"] = payload }
        for part in ["options", "variables"] { params[part] = body[part] }
        if faults.behaviour(of: resource) == .ignores {
            let id = newID()
            book.record(
                spec.name, on: resource, by: user, updateID: id, params: .object(params),
                at: clock.now)
            return signedAnswer(spec, resource, id)
        }
        let update: JSONValue
        do {
            update = try accept(spec, .object(params), by: user)
        } catch {
            throw refusal(500, "INTERNAL_ERROR", "The operation could not be started")
        }
        let id = update["_id"]?["$oid"]?.string ?? ""
        let content = signedAnswer(spec, world[resource.id] ?? resource, id)
        if let key { signed.keep(SignedBook.Kept(path: request.path, content: content), for: key) }
        return content
    }

    /// The body of an execution: an object with nothing but what is documented.
    private func signedBody(_ request: Inbound) throws(Reply) -> JSONObject {
        guard request.isJSON, case .success(let value) = request.body, let body = value.object
        else { throw refusal(400, "VALIDATION_ERROR", "The body must be a JSON object") }
        let known = ["options", "variables", "payload"]
        if let wrong = body.members.first(where: { !known.contains($0.key) }) {
            throw refusal(400, "VALIDATION_ERROR", "Unknown field: \(wrong.key)")
        }
        if let wrong = body.members.first(where: { $0.value.object == nil }) {
            throw refusal(400, "VALIDATION_ERROR", "\(wrong.key) must be an object")
        }
        return body
    }
}
