internal import JSON
internal import Jobs
internal import Logging
internal import Redaction
internal import Synchronization

extension SignedKomodo {
    /// A server refuses signatures that are older; a Date that is farther off explains a refusal.
    static let skewMax: Duration = .seconds(60)

    private var retries: ReadRetries {
        ReadRetries(connection: connection, surroundings: surroundings, logger: logger)
    }

    /// Reads what an answer is about, trying again where that may help.
    func document(
        _ draft: SignedRequests.Draft, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route = .pooled, within limit: Duration? = nil
    ) async throws(KomodoError) -> JSONValue {
        let answer = try await answer(to: draft, for: purpose, on: route, within: limit)
        do {
            return SignedDocument.content(try JSONValue(parsing: answer.body))
        } catch {
            let quote = Quote.answer(answer.body, redactor: redactor)
            throw KomodoError(
                .malformed,
                "Komodo answered \(draft.path) with what is not JSON: "
                    + (quote.isEmpty ? "nothing" : quote), status: answer.status)
        }
    }

    private func answer(
        to draft: SignedRequests.Draft, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route, within limit: Duration?
    ) async throws(KomodoError) -> HTTPAnswer {
        try await retries.run(draft.path, within: limit) { end throws(FailedTry) in
            try await once(draft, for: purpose, on: route, until: end)
        }
    }

    /// One try; twice when the first shows that the clocks disagree.
    private func once(
        _ draft: SignedRequests.Draft, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route, until end: Duration
    ) async throws(FailedTry) -> HTTPAnswer {
        for isLast in [false, true] {
            let pass: Turnstile.Pass
            do throws(KomodoError) {
                if let fault = requests.credentialFault { throw fault }
                pass = try await turnstile.enter(for: purpose)
            } catch {
                throw FailedTry(error: error, isPassing: false)
            }
            let signedAt = signingTime()
            let answer: HTTPAnswer
            do {
                let timeout = min(connection.requestTimeout, end - surroundings.now())
                answer = try await transport.exchange(
                    requests.signed(draft, at: signedAt), on: route, timeout: max(timeout, .zero))
            } catch {
                await turnstile.learn(pass, from: nil)
                throw FailedTry(error: error.komodoError, isPassing: error.isPassing)
            }
            if !isLast, await setsClock(answer, signedAt: signedAt, pass: pass) { continue }
            guard let refusal = await learn(from: answer, pass: pass) else { return answer }
            throw FailedTry(error: refusal.komodoError, isPassing: refusal.isPassing)
        }
        preconditionFailure("the last try returns or throws")
    }

    /// The server's time as far as it is known to matter.
    func signingTime() -> Timestamp {
        surroundings.wallClock() + signingOffset.withLock { $0 }
    }

    /// Corrects the time of signatures when a refusal shows that ours is far off.
    ///
    /// - Returns: whether the request should be signed again.
    func setsClock(
        _ answer: HTTPAnswer, signedAt: Timestamp, pass: Turnstile.Pass
    ) async -> Bool {
        guard answer.status == 401,
            let date = answer.headers.date.flatMap({ HTTPDate.parse($0) })
        else { return false }
        let skew = date - signedAt
        guard skew > Self.skewMax || skew < .zero - Self.skewMax else { return false }
        signingOffset.withLock { $0 = date - answer.headAt }
        noteClock(answer)
        // The key was not judged, so nothing is learned about it.
        await turnstile.learn(pass, from: nil)
        logger.notice(
            "Komodo's clock is far from ours; requests are signed with its time",
            metadata: [LogKey.komodoURL: "\(connection.url)"])
        return true
    }

    /// Tells the turnstile and the clock what an answer shows.
    ///
    /// - Returns: the refusal, when it is one.
    func learn(from answer: HTTPAnswer, pass: Turnstile.Pass) async -> SignedRefusal? {
        noteClock(answer)
        let refusal = answer.isSuccess ? nil : SignedRefusal(answer, redactor: redactor)
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

    private func noteClock(_ answer: HTTPAnswer) {
        guard let date = answer.headers.date.flatMap({ HTTPDate.parse($0) }) else { return }
        clock.withLock {
            $0.add(date: date, between: answer.beganAt, and: answer.headCameAt)
        }
    }
}
