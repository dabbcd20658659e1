internal import JSON
private import Synchronization

/// The questions and answers of one modern call, across its rounds.
final class AskLedger: Sendable {
    /// Thrown out of a call whose answers are not there yet; the reply is the questions.
    struct InputRequired: Error {}

    private struct State {
        /// The answers to be kept for the next round.
        var kept: [String: JSONValue]
        var outstanding: [String: ClientRequest] = [:]
    }

    /// The answers that came with this round.
    private let fresh: [String: JSONValue]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - sealed: answers of earlier rounds.
    ///   - fresh: answers of this round, to what was asked in the last.
    init(sealed: [String: JSONValue] = [:], fresh: [String: JSONValue] = [:]) {
        self.fresh = fresh
        state = Mutex(State(kept: sealed))
    }

    /// Whether the call waits for answers.
    var isWaiting: Bool { state.withLock { !$0.outstanding.isEmpty } }

    /// The answers to `requests`, when they are all known.
    ///
    /// - Throws: ``InputRequired``, or ``RPCError`` for an answer of another form.
    func answers(to requests: [String: ClientRequest]) throws -> [String: ClientAnswer] {
        var answers: [String: ClientAnswer] = [:]
        var missing: [String: ClientRequest] = [:]
        for (key, request) in requests {
            guard let raw = fresh[key] ?? state.withLock({ $0.kept[key] }) else {
                missing[key] = request
                continue
            }
            switch try AnswerReading.read(raw, for: request) {
            case .answer(let answer):
                answers[key] = answer
                state.withLock { $0.kept[key] = raw }
            case .unfit:
                missing[key] = request
                state.withLock { $0.kept[key] = nil }
            case .malformed(let reason):
                throw RPCError.invalidParams("the answer \"\(key)\": \(reason)")
            }
        }
        guard missing.isEmpty else {
            state.withLock { $0.outstanding.merge(missing) { $1 } }
            throw InputRequired()
        }
        return answers
    }

    /// The reply that asks for what is outstanding.
    func inputRequired(_ exchange: Exchange) async throws -> JSONObject {
        let (kept, outstanding) = state.withLock { ($0.kept, $0.outstanding) }
        let keys = outstanding.keys.sorted()
        let state = RequestState(answers: kept, asked: keys)
        var requests: JSONObject = [:]
        for key in keys {
            guard let request = outstanding[key] else { continue }
            requests[key] = Self.json(request, exchange.revision)
        }
        return [
            "resultType": "input_required",
            "inputRequests": .object(requests),
            "requestState": .string(try await state.sealed(for: exchange)),
        ]
    }

    /// A request as an entry of `inputRequests`.
    static func json(_ request: ClientRequest, _ revision: Revision) -> JSONValue {
        let params = request.params(revision)
        var object: JSONObject = ["method": .string(request.method)]
        if !params.isEmpty { object["params"] = .object(params) }
        return .object(object)
    }

    /// Reads what the client brings along: the sealed state, used up by this, and its answers.
    ///
    /// - Throws: ``RPCError`` for a state that does not hold, and for malformed answers.
    static func opened(for exchange: Exchange) async throws -> AskLedger {
        let responses = try responses(exchange.params["inputResponses"], exchange.definition)
        switch exchange.params["requestState"] {
        case nil:
            return AskLedger(fresh: exchange.definition.acceptsUnaskedAnswers ? responses : [:])
        case .string(let text):
            let state = try await RequestState.opened(text, for: exchange)
            return AskLedger(
                sealed: state.answers,
                fresh: responses.filter { state.asked.contains($0.key) })
        default:
            throw RPCError.invalidParams("\"requestState\" must be a string")
        }
    }

    /// The entries of an `inputResponses` object.
    static func responses(
        _ value: JSONValue?, _ definition: ServerDefinition
    ) throws(RPCError) -> [String: JSONValue] {
        guard let value else { return [:] }
        guard case .object(let object) = value else {
            throw RPCError.invalidParams("\"inputResponses\" must be an object")
        }
        guard object.count <= definition.limits.askMax else {
            throw RPCError.invalidParams("too many \"inputResponses\"")
        }
        var responses: [String: JSONValue] = [:]
        for member in object.members {
            guard member.value.object != nil else {
                throw RPCError.invalidParams(
                    "the answer \"\(member.key.cut(to: 128))\" must be an object")
            }
            responses[member.key] = member.value
        }
        return responses
    }
}
