/// Durations as people write them: `500ms`, `30s`, `5m`, `1h`, `2d`, also in a row (`1h30m`).
package enum DurationText {
    private static let partsMax = 5
    private static let secondsMax: Int64 = 100 * 365 * 86_400

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// The duration that `text` means; nil when it means none, as a bare number does.
    package static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        for _ in 0..<partsMax where !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { $0.isLetter }
            rest = rest[name.endIndex...]
            guard let count = Int64(digits), let unit = units.first(where: { $0.name == name })
            else { return nil }
            let (product, isTooBig) = count.multipliedReportingOverflow(by: unit.milliseconds)
            guard !isTooBig, product <= secondsMax * 1_000 else { return nil }
            total += product
        }
        guard rest.isEmpty, !text.isEmpty, total <= secondsMax * 1_000 else { return nil }
        return .milliseconds(total)
    }

    /// The shortest text of `duration` in whole units, such as `90s` or `2h`; parts of a
    /// millisecond are dropped.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        for unit in units where milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}
