internal import Jobs

/// How long a server asks to be left alone.
enum Patience {
    /// Komodo's own window for failed logins; used when an answer names no time.
    static let windowDefault: Duration = .seconds(15)
    /// No answer can silence the client for longer.
    static let max: Duration = .seconds(3_600)

    /// Reads `Retry-After`: whole seconds or a date.
    ///
    /// - Parameter now: the time of day of the server, to compare a date with.
    static func fromHeader(_ value: String?, now: Timestamp) -> Duration? {
        guard let value else { return nil }
        if let seconds = Double(value), seconds.isFinite {
            return bounded(milliseconds: seconds * 1_000)
        }
        guard let moment = HTTPDate.parse(value) else { return nil }
        return bounded(milliseconds: Double((moment - now).inMilliseconds))
    }

    /// Reads Komodo's `Try again in 12s` or `Try again in 430ms`, also with more parts as in
    /// `1m 30s`.
    static func fromText(_ text: String) -> Duration? {
        let lowered = text.lowercased()
        guard let phrase = lowered.firstRange(of: "try again in ") else { return nil }
        var total = 0.0
        var found = false
        for word in lowered[phrase.upperBound...].split(separator: " ").prefix(4) {
            guard let part = milliseconds(in: word) else { break }
            total += part
            found = true
        }
        return found ? bounded(milliseconds: total) : nil
    }

    private static func milliseconds(in word: Substring) -> Double? {
        let digits = word.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits) else { return nil }
        let unit = word[digits.endIndex...].prefix { $0.isLetter }
        switch unit {
        case "ms": return number
        case "s", "": return number * 1_000
        case "m", "min": return number * 60_000
        case "h": return number * 3_600_000
        default: return nil
        }
    }

    private static func bounded(milliseconds: Double) -> Duration {
        .milliseconds(Int64(Swift.min(Swift.max(0, milliseconds), Double(max.inMilliseconds))))
    }
}
