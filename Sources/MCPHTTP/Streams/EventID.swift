/// The place of an event: a stream of its session, and a number within it.
struct EventID: Hashable {
    /// 0 is the session's own stream.
    let stream: Int
    /// 0 is the event that opens a stream.
    let number: Int

    private static let digitsMax = 12

    init(stream: Int, number: Int) {
        self.stream = stream
        self.number = number
    }

    /// Reads what ``text`` writes; nil for anything else.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = Self.number(parts[0]),
            let number = Self.number(parts[1])
        else { return nil }
        self.init(stream: stream, number: number)
    }

    /// `stream-number`.
    var text: String { "\(stream)-\(number)" }

    private static func number(_ digits: Substring.UTF8View.SubSequence) -> Int? {
        guard (1...digitsMax).contains(digits.count),
            digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        else { return nil }
        return Int(Substring(digits))
    }
}
