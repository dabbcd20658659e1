internal import JSON
internal import Jobs
internal import Redaction

/// Finds out which interface a Komodo has, never by guessing.
///
/// The key and its secret stay at home until that is known: the secret of the signed interface must
/// not travel, and Core tells who it is without one.
struct DialectProbe: Sendable {
    let core: CoreKomodo
    let signed: SignedKomodo

    /// What one request showed.
    private enum Sign: Sendable, Hashable {
        case core, maybeSigned, nothing
    }

    /// Longer answers to `GET /version` are web pages.
    private static let versionTextMax = 64

    /// Asks until something is conclusive.
    ///
    /// - Throws: ``KomodoError`` `unreachable` when nothing is, or what the requests throw.
    func run(for purpose: TokenBucket.Purpose) async throws(KomodoError) -> KomodoDialect {
        var sign = Self.versionSign(try await ask(core.requests.version(), for: purpose))
        if sign != .core {
            let request = core.requests.keyless("GetVersion")
            let second = Self.readSign(try await ask(request, for: purpose))
            if second != .nothing { sign = second }
        }
        switch sign {
        case .core: return .core
        case .maybeSigned:
            _ = try await signed.identify()
            return .signed
        case .nothing:
            throw KomodoError(
                .unreachable,
                "What answers at \(core.connection.url) does not show which interface of Komodo it "
                    + "is; check KOMODO_URL, or set KOMODO_API to core or signed.")
        }
    }

    /// Any answer, also a refusal; the key is not sent, so nothing is learned about it.
    private func ask(
        _ request: OutgoingRequest, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> HTTPAnswer {
        let pass = try await core.turnstile.enter(for: purpose, usesKey: false)
        let answer: HTTPAnswer
        do {
            answer = try await core.transport.exchange(
                request, on: .pooled, timeout: core.connection.requestTimeout)
        } catch {
            await core.turnstile.learn(pass, from: nil)
            throw error.komodoError
        }
        let refusal = answer.isSuccess ? nil : CoreRefusal(answer, redactor: core.redactor)
        await core.turnstile.learn(pass, from: refusal.map { Lesson(finding: $0.finding) })
        if let refusal, refusal.isSilencing { throw refusal.komodoError }
        return answer
    }

    /// Core 2 and later answer `GET /version` with text.
    private static func versionSign(_ answer: HTTPAnswer) -> Sign {
        if answer.isSuccess, answer.body.count <= versionTextMax {
            let text = String(decoding: answer.body, as: UTF8.self)
            if KomodoVersion(text.filter { !$0.isWhitespace && $0 != "\"" }) != nil { return .core }
        }
        return errorSign(answer)
    }

    /// Core 1.19 answers `POST /read`, without a key with an error of its own form.
    private static func readSign(_ answer: HTTPAnswer) -> Sign {
        let sign = errorSign(answer)
        // Not JSON: then it tells nothing.
        guard sign == .nothing, let value = try? JSONValue(parsing: answer.body) else {
            return sign
        }
        if answer.isSuccess { return value["version"]?.string == nil ? .nothing : .core }
        return value["error"]?.string != nil && value["trace"]?.array != nil ? .core : .nothing
    }

    /// The signed interface gives its errors a code, which Core does not.
    private static func errorSign(_ answer: HTTPAnswer) -> Sign {
        guard !answer.isSuccess, let value = try? JSONValue(parsing: answer.body) else {
            return .nothing
        }
        return SignedRefusal.code(value) == nil ? .nothing : .maybeSigned
    }
}

extension CoreRefusal {
    /// Whether it says nothing but that it cannot be told now.
    fileprivate var isSilencing: Bool {
        switch status {
        case 408, 429, 500..<600: true
        default: false
        }
    }
}
