internal import JSON
internal import Jobs
internal import Logging
internal import Synchronization

extension CoreKomodo {
    private var retries: ReadRetries {
        ReadRetries(connection: connection, surroundings: surroundings, logger: logger)
    }

    /// Reads JSON, trying again where that is safe and may help.
    func json(
        _ request: OutgoingRequest, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route = .pooled, within limit: Duration? = nil
    ) async throws(KomodoError) -> JSONValue {
        let answer = try await answer(to: request, for: purpose, on: route, within: limit)
        do {
            return try JSONValue(parsing: answer.body)
        } catch {
            let evidence = ExecuteAnswer.evidence(answer, redactor: redactor) ?? "nothing"
            throw KomodoError(
                .malformed, "Komodo answered \(request.path) with what is not JSON: \(evidence)",
                status: answer.status)
        }
    }

    /// Reads a successful answer, trying again within ``KomodoConnection/totalTimeout``.
    ///
    /// - Parameters:
    ///   - usesKey: false for requests that carry no key.
    ///   - limit: when the walk has to be over to which the read belongs.
    func answer(
        to request: OutgoingRequest, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route = .pooled, usesKey: Bool = true,
        within limit: Duration? = nil
    ) async throws(KomodoError) -> HTTPAnswer {
        try await retries.run(request.path, within: limit) { end throws(FailedTry) in
            try await once(request, for: purpose, on: route, usesKey: usesKey, until: end)
        }
    }

    private func once(
        _ request: OutgoingRequest, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route, usesKey: Bool, until end: Duration
    ) async throws(FailedTry) -> HTTPAnswer {
        let pass: Turnstile.Pass
        do throws(KomodoError) {
            if usesKey, let fault = requests.credentialFault { throw fault }
            pass = try await turnstile.enter(for: purpose, usesKey: usesKey)
        } catch {
            throw FailedTry(error: error, isPassing: false)
        }
        let answer: HTTPAnswer
        do {
            let timeout = min(connection.requestTimeout, end - surroundings.now())
            answer = try await transport.exchange(request, on: route, timeout: max(timeout, .zero))
        } catch {
            await turnstile.learn(pass, from: nil)
            throw FailedTry(error: error.komodoError, isPassing: error.isPassing)
        }
        let refusal = await learn(from: answer, pass: pass)
        guard let refusal else { return answer }
        throw FailedTry(error: refusal.komodoError, isPassing: refusal.isPassing)
    }

    /// Tells the turnstile and the clock what an answer shows.
    ///
    /// - Returns: the refusal, when it is one.
    func learn(from answer: HTTPAnswer, pass: Turnstile.Pass) async -> CoreRefusal? {
        if let date = answer.headers.date.flatMap({ HTTPDate.parse($0) }) {
            clock.withLock {
                $0.add(date: date, between: answer.beganAt, and: answer.headCameAt)
            }
        }
        let refusal = answer.isSuccess ? nil : CoreRefusal(answer, redactor: redactor)
        let lesson = Lesson(
            finding: refusal?.finding ?? .keyAccepted,
            rateRemaining: answer.headers.rateRemaining.flatMap { Int($0) })
        await turnstile.learn(pass, from: lesson)
        if lesson.finding == .keyRefused {
            logger.warning(
                "Komodo refused the API key; requests pause",
                metadata: [LogKey.komodoURL: "\(connection.url)"])
        }
        return refusal
    }
}
