extension Timestamp {
    /// ISO 8601 in UTC with milliseconds, `2026-01-26T15:30:00.250Z`.
    package var iso8601: String {
        let rest = milliseconds - Self.floorDivide(milliseconds, 1_000) * 1_000
        return dateAndTime + "." + Self.padded(rest, 3) + "Z"
    }

    /// ISO 8601 in UTC in whole seconds, `2026-01-26T15:30:00Z`.
    package var iso8601Seconds: String { dateAndTime + "Z" }

    private static let millisecondsPerDay: Int64 = 86_400_000

    private var dateAndTime: String {
        let days = Self.floorDivide(milliseconds, Self.millisecondsPerDay)
        let seconds = (milliseconds - days * Self.millisecondsPerDay) / 1_000
        let date = Self.date(days)
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        return [
            Self.padded(date.year, 4), Self.padded(date.month, 2), Self.padded(date.day, 2),
        ].joined(separator: "-") + "T" + clock.map { Self.padded($0, 2) }.joined(separator: ":")
    }

    /// The date of a day of the Gregorian calendar, counted from 1970, in eras of 400 years that
    /// begin in March so that the leap day comes last.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
