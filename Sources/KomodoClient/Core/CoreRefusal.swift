internal import JSON
internal import Jobs
internal import Redaction

/// An answer of Core, or of a proxy before it, that is not a success.
struct CoreRefusal: Sendable, Hashable {
    let status: Int
    /// Core's words, or the beginning of the text that came instead.
    ///
    /// That is `error`, with `trace` where the error alone says little; one line without markup or
    /// secrets.
    let message: String
    /// Whether Core itself wrote it: a JSON object with `error`.
    let isFromCore: Bool
    /// How long to wait, from the header or from Komodo's text.
    let retryAfter: Duration?

    /// Core writes no longer ones.
    private static let textBytesMax = 64 << 10
    private static let traceMax = 5

    /// Reads a refusal.
    ///
    /// - Parameter redactor: masks secrets, our own key above all, in what is quoted.
    init(_ answer: HTTPAnswer, redactor: Redactor) {
        status = answer.status
        let spoken = Self.coreText(answer.body)
        isFromCore = spoken != nil
        let quote =
            spoken.map { Quote.answer($0, redactor: redactor) }
            ?? Quote.answer(answer.body, redactor: redactor)
        message = quote.isEmpty ? "Komodo answered \(answer.status) without a reason." : quote
        let date = answer.headers.date.flatMap { HTTPDate.parse($0) } ?? answer.headAt
        retryAfter =
            Patience.fromHeader(answer.headers.retryAfter, now: date) ?? Patience.fromText(message)
    }

    /// A refusal that came with a status of HTTP, though not in an answer of HTTP.
    init(status: Int, text: String, redactor: Redactor) {
        self.status = status
        message = Quote.answer(text, redactor: redactor)
        isFromCore = true
        retryAfter = Patience.fromText(message)
    }

    /// What the refusal proves by its words.
    var meaning: CoreTexts.Meaning { CoreTexts.meaning(of: message) }

    /// What it teaches the turnstile.
    var finding: Admission.Finding {
        switch status {
        case 401: meaning == .databaseUnavailable ? .nothing : .keyRefused
        case 429: .throttled(retryAfter ?? Patience.windowDefault)
        case 503: retryAfter.map { .throttled($0) } ?? .nothing
        default: .nothing
        }
    }

    private static func coreText(_ body: [UInt8]) -> String? {
        guard body.count <= textBytesMax, body.first == UInt8(ascii: "{") else { return nil }
        // Not JSON: the text itself is the message then.
        guard let value = try? JSONValue(parsing: body), let error = value["error"]?.string else {
            return nil
        }
        let trace = (value["trace"]?.array ?? []).compactMap(\.string).prefix(traceMax)
        guard CoreTexts.meaning(of: error) == .unknown, !trace.isEmpty else { return error }
        return ([error] + trace).joined(separator: ": ")
    }
}
