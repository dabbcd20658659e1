internal import JSON
package import Jobs
internal import Synchronization

extension SignedKomodo {
    /// How long a list is used, so that a thousand names do not cost a thousand requests.
    static let listingMax: Duration = .seconds(10)
    /// How old a list may be to prove that a name does not exist.
    static let listingProofMax: Duration = .seconds(2)
    /// The largest page that the interface gives.
    static let pageSize = 100
    /// The most pages of one list that are read.
    private static let pagesMax = 100

    package func identify() async throws(KomodoError) -> KomodoIdentity {
        if !isKnown.withLock({ $0 }) {
            let content = try await document(.list("servers", [("page_size", "1")]), for: .read)
            guard SignedPage(content) != nil else {
                throw KomodoError(
                    .malformed, "Komodo's list of servers is not a list; check KOMODO_API.")
            }
            isKnown.withLock { $0 = true }
        }
        let now = surroundings.wallClock()
        return KomodoIdentity(
            version: KomodoVersion(0, 0, 0), operatorID: "", username: "",
            clockOffset: (time() ?? now) - now, dialect: .signed)
    }

    package func time() -> Timestamp? {
        clock.withLock { $0.time(at: surroundings.now()) }
    }

    package func resolve(
        _ type: TargetType, _ nameOrID: String, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Target {
        if let target = knownListing(of: type, ageMax: Self.listingMax)?.target(type, nameOrID) {
            return target
        }
        let listing: SignedListing
        if let recent = knownListing(of: type, ageMax: Self.listingProofMax) {
            listing = recent
        } else {
            listing = try await self.listing(of: type, for: purpose)
        }
        guard let target = listing.target(type, nameOrID) else {
            throw listing.notFound(type, nameOrID)
        }
        return target
    }

    package func canRead(_ target: Target) async throws(KomodoError) -> Bool {
        do throws(KomodoError) {
            _ = try await whole(target, for: .poll)
            return true
        } catch {
            guard error.code == .forbidden else { throw error }
            return false
        }
    }

    package func isBusy(_ target: Target) async throws(KomodoError) -> Bool {
        isAtWork(runs(in: try await whole(target, for: .poll), target.type), target)
    }

    package func health(
        of target: Target, services: [String]
    ) async throws(KomodoError) -> HealthReport {
        let item = try await whole(target, for: .poll)
        guard let word = item.field("health")?.field("status")?.word ?? item.field("status")?.word
        else {
            throw KomodoError(
                .malformed, "Komodo's state of the \(target.type.word) cannot be read.")
        }
        let state: HealthReport.State =
            switch word.lowercased() {
            case "running", "healthy", "active": .healthy
            case "stopped", "failed", "error", "unhealthy", "inactive": .unhealthy
            default: .starting
            }
        return HealthReport(state, detail: Quote.word(word))
    }

    /// The whole document of a resource.
    func whole(
        _ target: Target, for purpose: TokenBucket.Purpose,
        on route: HTTPTransport.Route = .pooled
    ) async throws(KomodoError) -> JSONValue {
        let kind = try Self.kind(target.type)
        let id = try CoreKomodo.id(of: target)
        let item = try await document(.get(kind.singular, id), for: purpose, on: route)
        guard item.object != nil else {
            throw KomodoError(.malformed, "Komodo's \(target.type.word) is not an object.")
        }
        return item
    }

    /// How the interface shows a type.
    static func kind(_ type: TargetType) throws(KomodoError) -> SignedKind {
        guard let kind = SignedKind(type) else {
            throw KomodoError(
                .unsupported, "The signed interface of Komodo has no \(type.word)s.")
        }
        return kind
    }

    // MARK: Lists

    /// A list that is fresh enough, if there is one.
    func knownListing(of type: TargetType, ageMax: Duration) -> SignedListing? {
        let now = surroundings.now()
        return listings.withLock { listings in
            listings[type].flatMap { now - $0.fetchedAt <= ageMax ? $0 : nil }
        }
    }

    /// The whole list of a type, asked for now.
    func listing(
        of type: TargetType, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> SignedListing {
        let key = ListingKey(type: type, purpose: purpose)
        return try await listingFetch.value(for: key) { () throws(KomodoError) in
            try await self.fetchListing(of: type, for: purpose)
        }
    }

    private func fetchListing(
        of type: TargetType, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> SignedListing {
        let kind = try Self.kind(type)
        let askedAt = surroundings.now()
        let end = askedAt + connection.walkTimeout
        var items: [JSONValue] = []
        var pages = 0
        var isWhole = false
        repeat {
            guard surroundings.now() < end else {
                throw connection.walkTookTooLong("\(type.word)s", pages: pages)
            }
            pages += 1
            let query = [("page", "\(pages)"), ("page_size", "\(Self.pageSize)")]
            let answer = try await document(
                .list(kind.plural, query), for: purpose, within: end)
            guard let page = SignedPage(answer) else {
                throw KomodoError(.malformed, "Komodo's list of \(type.word)s is not a list.")
            }
            items += page.items
            let isLast = page.total.map { items.count >= $0 } ?? (page.items.count < Self.pageSize)
            isWhole = isLast || page.items.isEmpty
        } while !isWhole && pages < Self.pagesMax
        let listing = SignedListing(
            items, fetchedAt: askedAt, pages: pages, isWhole: isWhole)
        listings.withLock { $0[type] = listing }
        return listing
    }
}
