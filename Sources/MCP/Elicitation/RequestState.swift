internal import JSON
private import Logging

/// What a modern call carries from one round to the next, sealed on its way.
struct RequestState: Hashable {
    /// The answers so far, as the client gave them.
    var answers: [String: JSONValue]
    /// The keys of the questions that are open.
    var asked: [String]

    /// Seals the state for the caller and the request of `exchange`.
    func sealed(for exchange: Exchange) async throws -> String {
        let definition = exchange.definition
        guard let seals = definition.seals else {
            definition.logger.error("A client cannot be asked: no keeper of seals is set")
            throw RPCError.internalError()
        }
        let expiry = definition.clock.now().advanced(by: definition.limits.sealLifetime)
        do {
            return try SealedState.seal(
                json, key: try await seals.key(), context: Self.context(exchange),
                expiresSeconds: expiry.milliseconds / 1_000, nonce: Self.nonce())
        } catch SealedStateError.tooLarge {
            throw RPCError.invalidParams("the answers are too long")
        }
    }

    /// Opens and uses up the state that came with `exchange`.
    ///
    /// - Throws: ``RPCError`` with one text for every fault, so that none can be told apart.
    static func opened(_ text: String, for exchange: Exchange) async throws -> RequestState {
        let definition = exchange.definition
        guard let seals = definition.seals else { throw refused }
        let key = try await seals.key()
        let opened: SealedState
        do throws(SealedStateError) {
            opened = try SealedState.open(
                text, key: key, context: context(exchange),
                nowSeconds: definition.clock.now().milliseconds / 1_000)
        } catch {
            definition.logger.info(
                "A request state was refused",
                metadata: ["mcp.method": "\(exchange.method)", "error.message": "\(error)"])
            throw refused
        }
        let expiry = Timestamp(milliseconds: (opened.expiresSeconds + 1) * 1_000)
        guard try await seals.spend(hex(opened.nonce), until: expiry),
            let state = RequestState(opened.payload)
        else { throw refused }
        return state
    }

    private static let refused = RPCError.invalidParams(
        "\"requestState\" is not valid here or no longer; call again without it")

    private var json: JSONValue {
        var object: JSONObject = [:]
        for (key, answer) in answers.sorted(by: { $0.key < $1.key }) { object[key] = answer }
        return ["answers": .object(object), "asked": .strings(asked)]
    }

    private init?(_ payload: JSONValue) {
        guard case .object(let object)? = payload["answers"],
            case .array(let keys)? = payload["asked"]
        else { return nil }
        answers = [:]
        for member in object.members { answers[member.key] = member.value }
        asked = keys.compactMap(\.string)
    }

    init(answers: [String: JSONValue], asked: [String]) {
        self.answers = answers
        self.asked = asked
    }

    /// Binds the state to the caller, and to the method with everything that the client chose.
    private static func context(_ exchange: Exchange) -> SealedState.Context {
        var object = exchange.params
        for key in ["_meta", "inputResponses", "requestState", "task"] { object[key] = nil }
        let request: JSONValue = [
            "method": .string(exchange.method), "params": .object(object),
        ]
        return SealedState.Context(
            principal: exchange.session.principal.name,
            binding: Array(request.canonical().serialized().utf8))
    }

    private static func nonce() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<SealedState.nonceBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }
}
