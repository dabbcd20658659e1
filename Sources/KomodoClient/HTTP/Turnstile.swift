internal import Jobs
internal import Synchronization

/// Where every request passes: it obeys refusals and requests for patience, takes a token of the
/// budget, and learns from the answer.
final class Turnstile: Sendable {
    /// A request's leave to go; it must be handed back with ``Turnstile/learn(_:from:)``.
    struct Pass: Sendable {
        fileprivate let isProbe: Bool
        fileprivate let usesKey: Bool
    }

    private let permit: RequestPermit
    private let observer: KomodoObserver
    private let now: @Sendable () -> Duration
    private let admission = Mutex(Admission())

    /// A turnstile that takes its tokens from `permit` and tells `observer` what it learns.
    init(
        permit: @escaping RequestPermit, observer: @escaping KomodoObserver,
        now: @escaping @Sendable () -> Duration
    ) {
        self.permit = permit
        self.observer = observer
        self.now = now
    }

    /// Waits for a token.
    ///
    /// - Parameter purpose: what the token is for; nil when the caller has taken it already.
    /// - Throws: at once and without a token, `unauthorized` or `throttled` while nothing may leave.
    func enter(
        for purpose: TokenBucket.Purpose?, usesKey: Bool = true
    ) async throws(KomodoError) -> Pass {
        _ = try judge(usesKey: usesKey, claims: false)
        if let purpose { try await permit(purpose) }
        // The wait for the token can have been long.
        return try judge(usesKey: usesKey, claims: true)
    }

    /// Records what came of a request, and tells the observer.
    ///
    /// - Parameters:
    ///   - pass: the request's leave.
    ///   - lesson: what its answer shows; nil when none came.
    func learn(_ pass: Pass, from lesson: Lesson?) async {
        let finding = lesson?.finding ?? .nothing
        let isRelevant = pass.usesKey || !finding.concernsKey
        let moment = now()
        let isNews = admission.withLock {
            $0.record(isRelevant ? finding : .nothing, isProbe: pass.isProbe, at: moment)
        }
        var signals = KomodoSignals(rateRemaining: lesson?.rateRemaining)
        switch finding {
        case .keyAccepted: signals.keyAccepted = isNews
        case .keyRefused: signals.keyRefused = isNews
        case .throttled(let wait): signals.retryAfter = wait
        case .nothing: break
        }
        if !signals.isEmpty { await observer(signals) }
    }

    private func judge(usesKey: Bool, claims: Bool) throws(KomodoError) -> Pass {
        let moment = now()
        let verdict = admission.withLock {
            $0.verdict(at: moment, usesKey: usesKey, claims: claims)
        }
        switch verdict {
        case .go: return Pass(isProbe: false, usesKey: usesKey)
        case .probe: return Pass(isProbe: true, usesKey: usesKey)
        case .keyRefused: throw KomodoError(.unauthorized, Self.keyRefusedMessage, status: 401)
        case .throttled(let wait):
            let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
            throw KomodoError(
                .throttled(retryAfter: wait),
                "Komodo asked to wait; requests go out again in \(seconds) s.", status: 429)
        }
    }

    /// What people read when the key does not work.
    static let keyRefusedMessage =
        "Komodo refused the API key; check KOMODO_API_KEY and KOMODO_API_SECRET."
}

/// What an answer shows about key and limits.
struct Lesson: Sendable, Hashable {
    var finding: Admission.Finding
    var rateRemaining: Int?
}

extension Admission.Finding {
    /// Whether it tells about the key.
    fileprivate var concernsKey: Bool {
        switch self {
        case .keyAccepted, .keyRefused: true
        case .throttled, .nothing: false
        }
    }
}
