import ScriptedHTTP
import Testing

@testable import KomodoClient

/// What a Komodo does to every request, or what stands in its place.
struct Reaction: Sendable {
    let name: String
    let kind: Kind
    /// Whether the client has to wait until its own time is over.
    var isSilent = false
    /// The HTTP status, when it answers with one.
    var status: Int?

    enum Kind: Sendable {
        /// It hears the whole request and does this.
        case does([ScriptedServer.Action])
        /// Nothing listens.
        case refuses
        /// It says this to a TLS handshake; nothing when it is silent.
        case handshake(String?)
        /// Its certificate is that of a stranger.
        case stranger
    }

    static func answers(_ status: Int, _ body: String = "", wait: Int? = nil) -> Reaction {
        // Somewhere else, should a redirect be followed.
        var headers = status / 100 == 3 ? ["Location": "http://127.0.0.1:1/"] : [:]
        headers["Retry-After"] = wait.map(String.init)
        let asked = wait == nil ? "" : ", asks for patience"
        return Reaction(
            name: "\(status) \(body.prefix(60))\(asked)",
            kind: .does([.send(ScriptedServer.text(status, body, headers: headers))]),
            status: status)
    }

    /// The error as Core words it.
    static func core(_ status: Int, _ text: String) -> Reaction {
        answers(status, #"{"error":"\#(text)","trace":[]}"#)
    }

    /// The error as the signed interface documents it.
    static func signed(_ status: Int, _ code: String) -> Reaction {
        answers(status, #"{"error":"It says no","code":"\#(code)","status":\#(status)}"#)
    }

    static func does(_ name: String, _ actions: ScriptedServer.Action...) -> Reaction {
        Reaction(name: name, kind: .does(actions))
    }

    static func silence(_ name: String, after actions: ScriptedServer.Action...) -> Reaction {
        Reaction(name: name, kind: .does(actions), isSilent: true)
    }

    static let unreachable = Reaction(name: "no connection", kind: .refuses)
    static let stranger = Reaction(name: "a stranger's certificate", kind: .stranger)
    static let withoutTLS = Reaction(
        name: "no TLS", kind: .handshake("HTTP/1.1 400 Bad Request\r\n\r\n"))
    static let endlessHandshake = Reaction(
        name: "a handshake without end", kind: .handshake(nil), isSilent: true)

    /// Whether every try reaches the server as a request that it can count.
    var isHeard: Bool {
        switch kind {
        case .does: true
        case .refuses, .handshake, .stranger: false
        }
    }
}

/// What must come of a call: how often it is tried, and how it ends.
enum Expectation: Sendable {
    /// Tried once, and as often again as `KOMODO_RETRY_COUNT` says.
    case repeated(String)
    /// Tried once.
    case once(String)

    var isRepeated: Bool {
        switch self {
        case .repeated: true
        case .once: false
        }
    }

    /// The code of a read's error, or what a submission came to.
    var outcome: String {
        switch self {
        case .repeated(let word), .once(let word): word
        }
    }
}

/// One call against one kind of trouble.
struct RetryRow: Sendable, CustomTestStringConvertible {
    let komodo: Reaction
    let dialect: KomodoDialect
    let call: Call
    let expected: Expectation

    enum Call: Sendable { case read, submission }

    var testDescription: String { "\(komodo.name): \(dialect) \(call)" }
}

extension KomodoError.Code {
    /// The kind in one word.
    var word: String {
        switch self {
        case .notFound: "not found"
        case .forbidden: "forbidden"
        case .unauthorized: "unauthorized"
        case .throttled: "throttled"
        case .budgetExhausted: "no budget"
        case .unreachable: "unreachable"
        case .timedOut: "timed out"
        case .malformed: "malformed"
        case .invalid: "invalid"
        case .unsupported: "unsupported"
        case .serverFault: "fault"
        case .interrupted: "interrupted"
        }
    }
}
