internal import JSON

extension Session {
    /// Asks a legacy client, and again when a form comes back wrong.
    ///
    /// - Parameter meta: what goes into the request's `_meta`.
    /// - Throws: ``AskError``.
    func answer(
        to request: ClientRequest, _ revision: Revision, meta: JSONObject?, _ emit: @escaping Emit
    ) async throws -> ClientAnswer {
        var reason = ""
        for _ in 0..<max(1, definition.limits.askAttempts) {
            let raw = try await rawAnswer(to: request, revision, meta: meta, emit)
            switch try AnswerReading.read(raw, for: request) {
            case .answer(let answer): return answer
            case .unfit(let problem): reason = problem
            case .malformed(let problem): throw AskError.unfit(problem)
            }
        }
        throw AskError.unfit(reason)
    }

    /// Asks a legacy client once, and returns its result unread.
    func rawAnswer(
        to request: ClientRequest, _ revision: Revision, meta: JSONObject?, _ emit: @escaping Emit
    ) async throws -> JSONValue {
        var params = request.params(revision)
        params["_meta"] = meta.map { .object($0) }
        return try await questions.ask(
            request.method, params, definition.clock, timeout: definition.limits.askTimeout, emit)
    }
}
