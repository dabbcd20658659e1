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
        /// A branch, which must be the one in the repo's config.
        case branch
        /// Whether an existing clone may be replaced.
        case overwrite
        /// Komodo's own parameter of the same name.
        case passed(OperationParameter)
        /// Seconds after which we stop waiting.
        case deadline
        /// We watch the target afterwards.
        case health
        /// Whether the caller waits.
        case waiting
        /// We run it again when it failed.
        case retry

        /// Whether this program does it, whatever Komodo has.
        var isOurs: Bool {
            switch self {
            case .deadline, .health, .waiting, .retry: true
            case .implied, .unsupported, .branch, .overwrite, .passed: false
            }
        }
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
    var retriesFailure = false
    /// What `async` said.
    var isAsync: Bool?
    /// The branch that is wanted; nil for the configured one.
    var branch: String?
    /// What `overwrite` said.
    var overwrites: Bool?
    /// Komodo's own arguments.
    var arguments: JSONObject = [:]
}
