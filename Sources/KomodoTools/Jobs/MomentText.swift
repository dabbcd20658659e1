internal import JSON
internal import Jobs

/// Reads moments that a caller writes.
enum MomentText {
    private static let units: [Character: Int64] = [
        "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]
    /// The longest time before now, in days.
    private static let daysMax: Int64 = 36_500

    /// `2026-01-26T15:30:00Z` or `2026-01-26`, or `2h` for so long before `now`.
    ///
    /// - Throws: ``ToolFailure`` `VALIDATION_ERROR`.
    static func read(
        _ text: String, argument: String, now: JobTime
    ) throws(ToolFailure) -> JobTime {
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            count >= 0, count <= daysMax * 86_400_000 / unit
        {
            return JobTime(milliseconds: now.milliseconds - count * unit)
        }
        if let moment = date(text) { return moment }
        throw ToolFailure([
            ArgumentFault(
                "/\(argument)",
                "must be a time such as 2026-01-26T15:30:00Z, or 2h for two hours ago",
                value: .string(text))
        ])
    }

    private static func date(_ text: String) -> JobTime? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = days(year, month, day)
        guard bytes.count > 10 else { return JobTime(milliseconds: days * 86_400_000) }
        guard bytes.count >= 20, [0x54, 0x74, 0x20].contains(bytes[10]), bytes[13] == 0x3A,
            bytes[16] == 0x3A, let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            hour < 24, minute < 60, second < 61, let rest = zone(bytes[19...])
        else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - rest.offset
        return JobTime(milliseconds: seconds * 1_000 + rest.milliseconds)
    }

    /// The fraction of a second and the offset from UTC in seconds.
    private static func zone(_ bytes: ArraySlice<UInt8>) -> (milliseconds: Int64, offset: Int64)? {
        var rest = bytes
        var milliseconds: Int64 = 0
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty, let value = number(digits.prefix(3)) else { return nil }
            milliseconds = value * [100, 10, 1][min(digits.count, 3) - 1]
            rest = rest.dropFirst(1 + digits.count)
        }
        if rest.count == 1, rest.first == 0x5A || rest.first == 0x7A { return (milliseconds, 0) }
        let parts = Array(rest)
        guard parts.count == 6, parts[0] == 0x2B || parts[0] == 0x2D, parts[3] == 0x3A,
            let hours = number(parts[1..<3]), let minutes = number(parts[4..<6]), hours < 24,
            minutes < 60
        else { return nil }
        return (milliseconds, (hours * 3_600 + minutes * 60) * (parts[0] == 0x2B ? 1 : -1))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// Days since 1970 of a date of the Gregorian calendar, in eras of 400 years that begin in
    /// March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }
}
