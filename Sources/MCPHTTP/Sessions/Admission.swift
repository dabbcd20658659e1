private import Synchronization

/// Counts what is at work, and refuses what would be too much.
final class Admission: Sendable {
    private let limits: HTTPLimits
    private let counts: Mutex<AdmissionCounts>

    init(limits: HTTPLimits) {
        self.limits = limits
        counts = Mutex(AdmissionCounts())
    }

    /// Takes a place.
    func enter(_ kind: AdmissionCounts.Kind, _ holder: Holder) throws(Refused) -> Ticket {
        let refusal = counts.withLock { $0.enter(kind, holder, limits) }
        if let refusal { throw Refused(refusal) }
        return Ticket { [weak self] in
            self?.counts.withLock { $0.leave(kind, holder) }
        }
    }

    /// Takes room for bytes of a body; false when there is none.
    func reserve(bytes: Int) -> Bool {
        counts.withLock { counts in
            guard counts.bodyBytes + bytes <= limits.bodyBytesTotalMax else { return false }
            counts.bodyBytes += bytes
            return true
        }
    }

    /// Gives the room of a body back.
    func release(bytes: Int) { counts.withLock { $0.bodyBytes -= bytes } }

    /// How many places of a kind are taken.
    func count(_ kind: AdmissionCounts.Kind) -> Int { counts.withLock { $0.total[kind] ?? 0 } }
}

/// A place that is taken until it is given back, once.
final class Ticket: Sendable {
    private let leave: Mutex<(@Sendable () -> Void)?>

    init(_ leave: @escaping @Sendable () -> Void) { self.leave = Mutex(leave) }

    deinit { release() }

    /// Gives the place back.
    func release() {
        let leave = leave.withLock { leave in
            defer { leave = nil }
            return leave
        }
        leave?()
    }
}

/// How much is at work.
struct AdmissionCounts {
    /// What takes a place.
    enum Kind: Hashable {
        /// A message that is being read or answered.
        case request
        /// A stream that lasts.
        case stream
    }

    private struct Key: Hashable {
        let kind: Kind
        let holder: Holder
    }

    private(set) var total: [Kind: Int] = [:]
    private var perHolder: [Key: Int] = [:]
    var bodyBytes = 0

    /// Takes a place, or says with what the request is to be answered.
    mutating func enter(_ kind: Kind, _ holder: Holder, _ limits: HTTPLimits) -> Reply? {
        let (most, mostEach, what) =
            switch kind {
            case .request: (limits.requestsMax, limits.requestsPerPrincipalMax, "requests")
            case .stream: (limits.streamsMax, limits.streamsPerPrincipalMax, "streams")
            }
        let key = Key(kind: kind, holder: holder)
        guard holder.isLocal || perHolder[key, default: 0] < mostEach else {
            return .busy(429, "\(mostEach) of your \(what) are open", after: limits.retryAfter)
        }
        guard total[kind, default: 0] < most else {
            return .busy(503, "The server has no room for more \(what)", after: limits.retryAfter)
        }
        perHolder[key, default: 0] += 1
        total[kind, default: 0] += 1
        return nil
    }

    /// Gives a place back.
    mutating func leave(_ kind: Kind, _ holder: Holder) {
        let key = Key(kind: kind, holder: holder)
        total[kind, default: 1] -= 1
        let rest = (perHolder[key] ?? 1) - 1
        perHolder[key] = rest > 0 ? rest : nil
    }
}
