internal import JSON
internal import Jobs

/// What this program does with one documented option.
struct OptionRule: Sendable, Hashable {
    /// The ways to deal with an option.
    enum Handling: Sendable, Hashable {
        /// Komodo does it whether it is asked or not; the text says so in the result.
        case implied(String)
        /// Komodo cannot do it: refused unless it asks for nothing, with what to do instead and the
        /// field of Komodo that comes nearest.
        case unsupported(String, field: String)
        /// Komodo cannot leave it out: an explicit false is refused.
        case unavoidable(String, field: String)
        /// Seconds after which we stop waiting.
        case deadline
        /// We watch the target afterwards.
        case health
        /// Whether the caller waits.
        case waiting
    }

    let name: String
    let handling: Handling

    init(_ name: String, _ handling: Handling) {
        self.name = name
        self.handling = handling
    }
}

/// What options come to.
struct OptionOutcome: Sendable, Hashable {
    var notes: [String] = []
    var deadline: Duration?
    var waitsForHealth = false
    /// What `async` said.
    var isAsync: Bool?
}
