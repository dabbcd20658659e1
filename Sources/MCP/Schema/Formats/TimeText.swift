/// The dates and times of RFC 3339.
enum TimeText {
    /// Whether `bytes` are a date and a time with `T` between.
    static func isDateTime(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 11, bytes[10] | 0x20 == UInt8(ascii: "t") else { return false }
        return isDate(bytes[..<10]) && isTime(bytes[11...])
    }

    /// Whether `bytes` are a day of the calendar.
    static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        var reader = Reader(bytes: bytes)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), reader.isAtEnd
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...days[month - 1]).contains(day)
    }

    /// Whether `bytes` are a time of day with its offset.
    static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        var reader = Reader(bytes: bytes)
        guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
            reader.take(":"), let second = reader.number(2), reader.takeFraction(),
            let offset = reader.offset(), reader.isAtEnd, hour < 24, minute < 60, second <= 60
        else { return false }
        // A leap second is the last one of a day in UTC.
        let day = 24 * 60
        return second < 60 || (hour * 60 + minute - offset + 2 * day) % day == day - 1
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        var isAtEnd: Bool { bytes.isEmpty }

        mutating func number(_ count: Int) -> Int? {
            let digits = bytes.prefix(count)
            guard digits.count == count, digits.allSatisfy(\.isASCIIDigit) else { return nil }
            bytes.removeFirst(count)
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: scalar) else { return false }
            bytes.removeFirst()
            return true
        }

        /// Takes a fraction when there is one; false for a point without digits.
        mutating func takeFraction() -> Bool {
            guard take(".") else { return true }
            let digits = bytes.prefix(while: \.isASCIIDigit)
            bytes.removeFirst(digits.count)
            return !digits.isEmpty
        }

        /// Reads an offset, in minutes.
        mutating func offset() -> Int? {
            if take("Z") || take("z") { return 0 }
            let isNegative = take("-")
            guard isNegative || take("+"), let hours = number(2), take(":"),
                let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            return (isNegative ? -1 : 1) * (hours * 60 + minutes)
        }
    }
}
