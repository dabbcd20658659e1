internal import JSON
internal import Jobs
internal import Redaction

/// Builds the requests of Komodo Core's RPC interface: `POST /read` and `/execute` with
/// `{"type": …, "params": …}`.
///
/// The body form is used rather than `/read/{type}`: a Core that is too old for a request answers
/// it with 422 instead of 500.
struct CoreRequests: Sendable {
    private let credentials: [OutgoingRequest.Header]
    /// Why the key cannot be sent at all; nil when it can.
    let credentialFault: KomodoError?

    /// Requests with the key of `connection`.
    init(_ connection: KomodoConnection) {
        credentials = [
            .init(name: "X-Api-Key", value: connection.apiKey.reveal()),
            .init(name: "X-Api-Secret", value: connection.apiSecret.reveal()),
        ]
        let isSendable = credentials.allSatisfy { Self.isHeaderValue($0.value) }
        let message =
            "KOMODO_API_KEY or KOMODO_API_SECRET is empty or holds a character that HTTP cannot "
            + "carry, such as a line break."
        credentialFault = isSendable ? nil : KomodoError(.unauthorized, message)
    }

    /// `POST /read`.
    func read(
        _ type: String, _ params: JSONObject, answerBytesMax: Int = AnswerLimits.other
    ) -> OutgoingRequest {
        post("/read", type, params, answerBytesMax: answerBytesMax)
    }

    /// `POST /read` without the key, to see what answers.
    func keyless(_ type: String) -> OutgoingRequest {
        let body: JSONValue = ["type": .string(type), "params": [:]]
        return OutgoingRequest(
            method: .post, path: "/read",
            headers: [.init(name: "Content-Type", value: "application/json")],
            body: Array(body.serialized().utf8), answerBytesMax: AnswerLimits.other)
    }

    /// `POST /execute` for a submission whose target is resolved.
    func execute(_ submission: Submission, targetID: String) -> OutgoingRequest {
        let spec = submission.operation.spec
        var params: JSONObject = [spec.targetParameter: .string(targetID)]
        // Core refuses null for fields that merely have a default.
        for member in submission.arguments.members
        where member.key != spec.targetParameter && !member.value.isNull {
            params[member.key] = member.value
        }
        return post("/execute", spec.request, params, answerBytesMax: AnswerLimits.other)
    }

    /// `GET /version`, without the key: Core 2 and later answer it with text.
    func version() -> OutgoingRequest {
        OutgoingRequest(
            method: .get, path: "/version", headers: [], body: nil,
            answerBytesMax: AnswerLimits.other)
    }

    /// Asks for the calling user: `GET /user`, in 1.19 `POST /auth`.
    func user(of version: KomodoVersion) -> OutgoingRequest {
        guard version.major >= 2 else {
            return post("/auth", "GetUser", [:], answerBytesMax: AnswerLimits.other)
        }
        return OutgoingRequest(
            method: .get, path: "/user", headers: credentials, body: nil,
            answerBytesMax: AnswerLimits.other)
    }

    private func post(
        _ path: String, _ type: String, _ params: JSONObject, answerBytesMax: Int
    ) -> OutgoingRequest {
        let body: JSONValue = ["type": .string(type), "params": .object(params)]
        return OutgoingRequest(
            method: .post, path: path,
            headers: credentials + [.init(name: "Content-Type", value: "application/json")],
            body: Array(body.serialized().utf8), answerBytesMax: answerBytesMax)
    }

    private static func isHeaderValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }
}
