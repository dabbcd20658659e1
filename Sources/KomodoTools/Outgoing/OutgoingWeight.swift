internal import JSON
internal import MCP

/// How many bytes a value takes in what is sent.
///
/// The texts of an answer are JSON within JSON: what is escaped in the value is escaped again, so
/// that a quote becomes four bytes. A result carries a value twice, as such a text and as an object.
enum OutgoingWeight: Sendable, Hashable {
    /// The value of a result.
    case result
    /// The value of a resource, which is sent as a text alone.
    case document
    /// A text that is no JSON.
    case text

    /// The most bytes of an answer, 25,000 tokens at four characters each.
    static let answerMax = 99_000

    /// What the names and marks around the parts of an answer take, the frame and the ids of the
    /// protocol included.
    private static let envelope = 1_500
    private static let linkEnvelope = 400

    /// The most that the value of an answer may take beside other parts.
    static func room(beside others: [Content]) -> Int {
        answerMax - envelope
            - others.reduce(0) { sum, part in
                switch part {
                case .text(let text, _): sum + linkEnvelope + OutgoingWeight.text.of(text)
                case .link(let resource):
                    sum + linkEnvelope
                        + [resource.uri, resource.name, resource.title, resource.description]
                        .compactMap { $0 }.reduce(0) { $0 + OutgoingWeight.text.of($1) }
                // No tool gives any.
                case .image, .audio, .embedded: sum
                }
            }
    }

    /// The bytes that `value` takes; more than `limit` when it takes more, however many.
    ///
    /// - Complexity: O(`limit`) at most.
    func of(_ value: JSONValue, upTo limit: Int = .max) -> Int {
        switch value {
        case .null: return 4 * copies
        case .bool(let flag): return (flag ? 4 : 5) * copies
        case .number(let digits): return digits.utf8.count * copies
        case .string(let text): return of(text, upTo: limit)
        case .array(let items):
            var sum = 2 * copies
            for item in items {
                sum += of(item, upTo: limit - sum) + copies
                if sum > limit { break }
            }
            return sum
        case .object(let object):
            var sum = 2 * copies
            for member in object.members {
                sum += of(member.key, upTo: limit - sum) + 2 * copies
                if sum > limit { break }
                sum += of(member.value, upTo: limit - sum)
                if sum > limit { break }
            }
            return sum
        }
    }

    /// The bytes that a text takes with its quotes; more than `limit` when it takes more.
    func of(_ text: String, upTo limit: Int = .max) -> Int {
        var sum = quotes
        for byte in text.utf8 {
            sum += costs[Int(byte)]
            if sum > limit { break }
        }
        return sum
    }

    /// The longest beginning of `text` that takes at most `limit`, quotes included.
    func beginning(of text: String, max limit: Int) -> Substring {
        let bytes = text.utf8
        var sum = quotes
        var end = bytes.startIndex
        while end < bytes.endIndex {
            sum += costs[Int(bytes[end])]
            guard sum <= limit else { break }
            bytes.formIndex(after: &end)
        }
        while end > bytes.startIndex, end < bytes.endIndex, Self.isContinuation(bytes[end]) {
            bytes.formIndex(before: &end)
        }
        return text[..<end]
    }

    /// The longest end of `text` that takes at most `limit`, quotes included.
    func end(of text: String, max limit: Int) -> Substring {
        let bytes = text.utf8
        var sum = quotes
        var start = bytes.endIndex
        while start > bytes.startIndex {
            let previous = bytes.index(before: start)
            sum += costs[Int(bytes[previous])]
            guard sum <= limit else { break }
            start = previous
        }
        while start < bytes.endIndex, start > bytes.startIndex, Self.isContinuation(bytes[start]) {
            bytes.formIndex(after: &start)
        }
        return text[start...]
    }

    /// The end of `text` that takes at most `limit`, from the beginning of a line where there is
    /// one, with a mark where something was left out.
    func tail(of text: String, max limit: Int) -> String {
        guard of(text, upTo: limit) > limit else { return text }
        let kept = end(of: text, max: limit - markMax)
        let line = kept.dropLast().firstIndex(of: "\n").map { kept.index(after: $0) }
        return "… " + kept[(line ?? kept.startIndex)...]
    }

    /// The beginning of `text` that takes at most `limit`, with a mark where something was left
    /// out.
    func head(of text: String, max limit: Int) -> String {
        guard of(text, upTo: limit) > limit else { return text }
        return beginning(of: text, max: limit - markMax) + " …"
    }

    /// The least that a shortened text takes.
    var markMax: Int { 4 * copies }

    /// How often what is not escaped is sent.
    var copies: Int {
        switch self {
        case .result: 2
        case .document, .text: 1
        }
    }

    /// Of the two quotes around a text.
    var quotes: Int {
        switch self {
        case .result: 6
        case .document: 4
        case .text: 2
        }
    }

    private var costs: [Int] {
        switch self {
        case .result: Self.resultCosts
        case .document: Self.documentCosts
        case .text: Self.textCosts
        }
    }

    private static let resultCosts = zip(textCosts, documentCosts).map { $0 + $1 }

    /// In JSON that stands in a string.
    private static let documentCosts: [Int] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): 4
        // What is escaped has one backslash more.
        default: textCosts[byte] == 1 ? 1 : textCosts[byte] + 1
        }
    }

    /// In a string of JSON.
    private static let textCosts: [Int] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: "\""),
            UInt8(ascii: "\\"):
            2
        case 0..<0x20, 0x7F: 6
        default: 1
        }
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
