internal import JSON
package import Jobs
internal import Synchronization

extension CoreKomodo {
    /// The oldest version whose interface is known.
    static let versionMin = KomodoVersion(1, 19, 0)

    package func identify() async throws(KomodoError) -> KomodoIdentity {
        try await identify(for: .read)
    }

    /// Asks once per client; the clock offset in the answer is the newest.
    func identify(for purpose: TokenBucket.Purpose) async throws(KomodoError) -> KomodoIdentity {
        if let known = knownIdentity() { return known }
        _ = try await identityFetch.value(for: purpose.rawValue) { () throws(KomodoError) in
            if let known = self.knownIdentity() { return known }
            let found = try await self.askForIdentity(for: purpose)
            self.identity.withLock { $0 = found }
            return found
        }
        guard let known = knownIdentity() else {
            throw KomodoError(.interrupted, "The call to Komodo was cancelled.")
        }
        return known
    }

    private func knownIdentity() -> KomodoIdentity? {
        guard var known = identity.withLock({ $0 }) else { return nil }
        let now = surroundings.wallClock()
        known.clockOffset = (time() ?? now) - now
        return known
    }

    package func time() -> Timestamp? {
        clock.withLock { $0.time(at: surroundings.now()) }
    }

    private func askForIdentity(
        for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> KomodoIdentity {
        let version = try await askForVersion(for: purpose)
        guard version >= Self.versionMin else {
            throw KomodoError(
                .invalid,
                "Komodo \(version) is too old; \(Self.versionMin) or newer is needed.")
        }
        let user = try await json(requests.user(of: version), for: purpose)
        guard let id = (user["_id"] ?? user["id"])?.objectID else {
            throw KomodoError(.malformed, "Komodo does not say which user the key belongs to.")
        }
        return KomodoIdentity(
            version: version, operatorID: id, username: user["username"]?.string ?? "",
            clockOffset: .zero)
    }

    /// The version, as it is known from an earlier call or process, or asked for.
    func version(for purpose: TokenBucket.Purpose) async throws(KomodoError) -> KomodoVersion {
        if let version = knownVersion.withLock({ $0 }) ?? identity.withLock({ $0?.version }) {
            return version
        }
        return try await refreshVersion(for: purpose)
    }

    /// Asks for the version again.
    func refreshVersion(for purpose: TokenBucket.Purpose) async throws(KomodoError) -> KomodoVersion
    {
        let version = try await askForVersion(for: purpose)
        knownVersion.withLock { $0 = version }
        return version
    }

    private func askForVersion(
        for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> KomodoVersion {
        if let version = try await publicVersion(for: purpose) { return version }
        let value = try await json(requests.read("GetVersion", [:]), for: purpose)
        guard let text = value["version"]?.string, let version = KomodoVersion(text) else {
            throw KomodoError(.malformed, "Komodo does not say which version it is.")
        }
        return version
    }

    /// The version that `GET /version` tells; nil where that is not answered, as in 1.19.
    private func publicVersion(
        for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> KomodoVersion? {
        do throws(KomodoError) {
            let answer = try await answer(to: requests.version(), for: purpose, usesKey: false)
            guard answer.body.count <= Self.versionTextMax else { return nil }
            let text = String(decoding: answer.body, as: UTF8.self)
            return KomodoVersion(text.filter { !$0.isWhitespace && $0 != "\"" })
        } catch {
            switch error.code {
            // Core 1.19 answers its web page or 404; a proxy may want a login for it.
            case .notFound, .forbidden, .unauthorized, .invalid, .unsupported, .malformed,
                .serverFault:
                return nil
            case .throttled, .budgetExhausted, .unreachable, .timedOut, .interrupted:
                throw error
            }
        }
    }

    /// Longer answers are web pages.
    private static let versionTextMax = 64
}
