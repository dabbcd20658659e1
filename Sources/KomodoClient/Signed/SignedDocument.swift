internal import JSON
internal import Jobs

/// Reads the documents of the signed interface leniently: in its envelope or bare, with names in
/// snake case or camel case.
enum SignedDocument {
    /// What an answer is about: its `data` when it is `{data, status, timestamp}`, else all of it.
    static func content(_ answer: JSONValue) -> JSONValue {
        guard let data = answer["data"], data.object != nil || data.array != nil,
            answer["status"]?.int != nil || answer["timestamp"]?.string != nil
        else { return answer }
        return data
    }

    /// Whether two names of a field differ in their spelling alone.
    static func isSame(_ left: String, _ right: String) -> Bool {
        plain(left) == plain(right)
    }

    private static func plain(_ name: String) -> String {
        name.filter { $0 != "_" }.lowercased()
    }
}

extension JSONValue {
    /// The member called `name` in any spelling; null counts as missing.
    func field(_ name: String) -> JSONValue? {
        if let exact = self[name] { return exact.isNull ? nil : exact }
        let member = object?.members.first { SignedDocument.isSame($0.key, name) }
        return member.flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// The first of these members that is there.
    func field(_ names: [String]) -> JSONValue? {
        names.lazy.compactMap { field($0) }.first
    }

    /// A moment in RFC 3339, as `2026-01-26T15:30:00Z`.
    var moment: Timestamp? { string.flatMap { ISODate.parse($0) } }

    /// A text that is not empty.
    var word: String? { string.flatMap { $0.isEmpty ? nil : $0 } }
}

/// Dates as RFC 3339 writes them.
enum ISODate {
    /// The moment that `text` names; nil when it is no such date.
    static func parse(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == dash, bytes[7] == dash,
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]),
            bytes[13] == colon, bytes[16] == colon,
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var rest = bytes[19...]
        let fraction = milliseconds(&rest)
        guard let offset = offsetMinutes(rest) else { return nil }
        let days = HTTPDate.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
        return Timestamp(milliseconds: Int64(seconds) * 1_000 + fraction)
    }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")
    /// More digits would not fit.
    private static let digitsMax = 9

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= digitsMax else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func milliseconds(_ rest: inout ArraySlice<UInt8>) -> Int64 {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        let digits = rest.dropFirst().prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        rest = rest.dropFirst(1 + digits.count)
        var shown = Array(digits.prefix(3))
        while shown.count < 3 { shown.append(UInt8(ascii: "0")) }
        return Int64(number(shown[...]) ?? 0)
    }

    /// Minutes that the written time is ahead of UTC.
    private static func offsetMinutes(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let sign = rest.first else { return nil }
        if rest.count == 1, sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return 0 }
        let digits = rest.dropFirst().filter { $0 != colon }
        guard sign == UInt8(ascii: "+") || sign == dash, digits.count == 4,
            let hours = number(digits[..<2]), let minutes = number(digits[2...])
        else { return nil }
        return (sign == dash ? -1 : 1) * (hours * 60 + minutes)
    }
}
