package import Jobs
internal import Synchronization

extension CoreKomodo {
    /// Callers with the same purpose share one list request.
    struct ListingKey: Hashable, Sendable {
        let type: TargetType
        let purpose: TokenBucket.Purpose
    }

    /// How long a list of names is used, so that a thousand names do not cost a thousand requests.
    static let listingMax: Duration = .seconds(10)
    /// How old a list may be to prove that a name does not exist: it can have been added since.
    static let listingProofMax: Duration = .seconds(2)

    package func resolve(
        _ type: TargetType, _ nameOrID: String, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Target {
        if let listing = knownListing(of: type, ageMax: Self.listingMax),
            let target = listing.target(type, nameOrID)
        {
            return target
        }
        let key = ListingKey(type: type, purpose: purpose)
        let listing = try await listingFetch.value(for: key) { () throws(KomodoError) in
            // Only here; a list that others waited for may have come since this caller looked.
            if let recent = self.knownListing(of: type, ageMax: Self.listingProofMax) {
                return recent
            }
            return try await self.fetchListing(of: type, for: purpose)
        }
        if let target = listing.target(type, nameOrID) { return target }
        guard let whole = try await wholeListing(of: type, besides: listing, for: purpose),
            let target = whole.target(type, nameOrID)
        else { throw listing.notFound(type, nameOrID) }
        return target
    }

    /// The list once more, when Komodo was upgraded to a version that answers in pages meanwhile.
    private func wholeListing(
        of type: TargetType, besides listing: ResourceListing, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> ResourceListing? {
        let paged = CoreRequests.pagedListsSince
        guard try await version(for: purpose) < paged,
            try await refreshVersion(for: purpose) >= paged
        else { return nil }
        return try await fetchListing(of: type, for: purpose)
    }

    private func knownListing(of type: TargetType, ageMax: Duration) -> ResourceListing? {
        let now = surroundings.now()
        return listings.withLock { listings in
            guard let listing = listings[type], now - listing.fetchedAt <= ageMax else {
                return nil
            }
            return listing
        }
    }

    private func fetchListing(
        of type: TargetType, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> ResourceListing {
        let version = try await version(for: purpose)
        let askedAt = surroundings.now()
        let value = try await json(requests.list(type, of: version), for: purpose)
        guard let listing = ResourceListing(decoding: value, fetchedAt: askedAt) else {
            throw KomodoError(.malformed, "Komodo's list of \(type.word)s is not a list.")
        }
        listings.withLock { $0[type] = listing }
        return listing
    }
}
