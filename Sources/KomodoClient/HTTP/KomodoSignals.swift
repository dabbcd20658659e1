/// What an exchange has shown about the limits that all processes share.
///
/// The observer of a client gets one whenever there is something to tell, before the call that it
/// belongs to returns.
package struct KomodoSignals: Sendable, Hashable {
    /// How many requests a proxy says are left (`X-RateLimit-Remaining`).
    package var rateRemaining: Int?
    /// Nothing should be sent for so long, because Komodo or a proxy said so.
    package var retryAfter: Duration?
    /// The key was refused: nothing should be sent with it for ``keyRefusedPause``.
    package var keyRefused: Bool
    /// The key was accepted, for the first time or again after a refusal.
    package var keyAccepted: Bool

    package init(
        rateRemaining: Int? = nil, retryAfter: Duration? = nil, keyRefused: Bool = false,
        keyAccepted: Bool = false
    ) {
        self.rateRemaining = rateRemaining
        self.retryAfter = retryAfter
        self.keyRefused = keyRefused
        self.keyAccepted = keyAccepted
    }

    /// How long nothing leaves after a refusal of the key.
    package static let keyRefusedPause = Admission.refusalPause

    /// Whether there is anything to tell.
    package var isEmpty: Bool { self == KomodoSignals() }
}

/// Hears what the exchanges of a client show about the shared limits.
package typealias KomodoObserver = @Sendable (KomodoSignals) async -> Void
