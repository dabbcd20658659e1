internal import Crypto
internal import JSON
internal import Jobs
internal import Redaction

/// Builds the requests of the signed interface.
///
/// The signature covers method, request target, body and time without separators, so it is made
/// when a request is about to leave, and anew for every try.
struct SignedRequests: Sendable {
    /// A request without its signature.
    struct Draft: Sendable, Hashable {
        let method: OutgoingRequest.Method
        /// Path and query, after the address of the connection.
        let path: String
        var body: [UInt8]?
        var idempotencyKey: String?
        var answerBytesMax = AnswerLimits.other
    }

    private let apiKey: String
    private let secret: Secret
    /// The path in the address of the connection.
    private let basePath: String
    /// Why the key cannot be sent at all; nil when it can.
    let credentialFault: KomodoError?

    /// Requests with the key of `connection`.
    init(_ connection: KomodoConnection) {
        apiKey = connection.apiKey.reveal()
        secret = connection.apiSecret
        basePath = Self.path(of: connection.url)
        let isSendable =
            !apiKey.isEmpty && apiKey.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            && !secret.reveal().isEmpty
        let message =
            "KOMODO_API_KEY or KOMODO_API_SECRET is empty or holds a character that HTTP cannot "
            + "carry, such as a line break."
        credentialFault = isSendable ? nil : KomodoError(.unauthorized, message)
    }

    /// Signs a request for this second.
    func signed(_ draft: Draft, at now: Timestamp) -> OutgoingRequest {
        let timestamp = String(now.milliseconds / 1_000)
        let signature = signature(
            method: draft.method.rawValue, endpoint: basePath + draft.path,
            body: draft.body ?? [], timestamp: timestamp)
        var headers: [OutgoingRequest.Header] = [
            .init(name: "X-Komodo-Api-Key", value: apiKey),
            .init(name: "X-Komodo-Timestamp", value: timestamp),
            .init(name: "X-Komodo-Signature", value: signature),
        ]
        if draft.body != nil {
            headers.append(.init(name: "Content-Type", value: "application/json"))
        }
        if let key = draft.idempotencyKey {
            headers.append(.init(name: "Idempotency-Key", value: key))
        }
        return OutgoingRequest(
            method: draft.method, path: draft.path, headers: headers, body: draft.body,
            answerBytesMax: draft.answerBytesMax)
    }

    /// HMAC-SHA256 in lower-case hexadecimal digits.
    func signature(method: String, endpoint: String, body: [UInt8], timestamp: String) -> String {
        var hash = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.reveal().utf8)))
        hash.update(data: Array((method + endpoint).utf8))
        hash.update(data: body)
        hash.update(data: Array(timestamp.utf8))
        let digits = Array("0123456789abcdef".utf8)
        let text = hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The path of an address: `/komodo` of `https://example.com/komodo`, else nothing.
    private static func path(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let rest = url[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
    }
}

extension SignedRequests.Draft {
    /// `GET /read/{plural}?…`, with the parameters in the given order.
    static func list(_ plural: String, _ query: [(String, String)]) -> Self {
        let text = query.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&")
        return Self(
            method: .get, path: "/read/\(plural)" + (text.isEmpty ? "" : "?" + text),
            answerBytesMax: AnswerLimits.list)
    }

    /// `GET /read/{singular}/{id}`.
    static func get(_ singular: String, _ id: String) -> Self {
        Self(
            method: .get, path: "/read/\(singular)/\(escaped(id))",
            answerBytesMax: AnswerLimits.update)
    }

    /// `POST /execute/…` for a submission whose target is resolved; nil for operations that the
    /// interface does not have.
    static func execute(_ submission: Submission, targetID: String) -> Self? {
        let id = escaped(targetID)
        let path: String
        switch submission.operation {
        case .deploy: path = "deploy/\(id)"
        case .build: path = "build/\(id)"
        case .startServer: path = "server/\(id)/start"
        case .stopServer: path = "server/\(id)/stop"
        case .restartServer: path = "server/\(id)/restart"
        case .runProcedure: path = "procedure/\(id)"
        case .triggerAction: path = "action/\(id)"
        case .pullRepo: path = "repo/\(id)/pull"
        case .cloneRepo: path = "repo/\(id)/clone"
        default: return nil
        }
        let body = SignedOptions.body(of: submission.operation, submission.arguments)
        return Self(
            method: .post, path: "/execute/\(path)",
            body: Array(JSONValue.object(body).serialized().utf8),
            idempotencyKey: submission.idempotencyKey)
    }

    /// Percent-encodes everything but what may stand in a path as it is.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (Character(scalar).isLetter || Character(scalar).isNumber
                    || "-._~".unicodeScalars.contains(scalar))
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
