package import JSON

/// What a measurement saw.
package struct Figures: Sendable, Hashable {
    /// The name of the measure.
    package let measure: String
    package let figures: [Figure]
    /// The load average of the last minute, at the end.
    package let load: Double
    /// A write of 4 KiB and its sync on the same disk: the median.
    package let fsync: Duration

    package init(measure: String, figures: [Figure], load: Double, fsync: Duration) {
        self.measure = measure
        self.figures = figures
        self.load = load
        self.fsync = fsync
    }

    /// One object for each figure, all with the same keys; what does not apply is null.
    ///
    /// `measure`, `figure`, `value` and its `unit`, the `baseline` in the same unit, the `bar`,
    /// whether that is the `least` or the `most` allowed (`bar_is`) and is `met`; `per_s`,
    /// `baseline_per_s` and their `ratio` where jobs are counted; `p50_us` and `p99_us` where calls
    /// are timed; `load` and `fsync_us`.
    package var lines: [JSONObject] { figures.map(line) }

    private func line(_ figure: Figure) -> JSONObject {
        // In steps, for the compiler's sake.
        var line: JSONObject = ["measure": .string(measure), "figure": .string(figure.name)]
        line["value"] = .trimmed(figure.value)
        line["unit"] = .string(figure.unit.rawValue)
        line["baseline"] = .trimmed(figure.baseline)
        line["bar"] = .trimmed(figure.bar?.limit)
        line["bar_is"] = sense(of: figure.bar)
        line["met"] = figure.isMet.map { .bool($0) } ?? .null
        line["per_s"] = .rounded(figure.rates?.perSecond, places: 0)
        line["p50_us"] = .microseconds(figure.times?.p50)
        line["p99_us"] = .microseconds(figure.times?.p99)
        line["baseline_per_s"] = .rounded(figure.rates?.baselinePerSecond, places: 0)
        line["ratio"] = .rounded(figure.rates?.ratio, places: 2)
        line["load"] = .rounded(load, places: 2)
        line["fsync_us"] = .microseconds(fsync)
        return line
    }

    private func sense(of bar: Bar?) -> JSONValue {
        switch bar {
        case .atLeast: "least"
        case .atMost: "most"
        case nil: .null
        }
    }
}

extension JSONValue {
    fileprivate static func microseconds(_ duration: Duration?) -> JSONValue {
        .rounded(duration.map { $0 / .microseconds(1) }, places: 0)
    }

    /// At most three places, and none that are zero at the end.
    fileprivate static func trimmed(_ value: Double?) -> JSONValue {
        guard case .number(var digits) = rounded(value, places: 3) else { return .null }
        while digits.hasSuffix("0") { digits.removeLast() }
        if digits.hasSuffix(".") { digits.removeLast() }
        return .number(digits)
    }

    fileprivate static func rounded(_ value: Double?, places: Int) -> JSONValue {
        guard let value, value.isFinite, abs(value) < 1e12 else { return .null }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard places > 0 else { return .number("\(scaled)") }
        let digits = "\(abs(scaled) % scale)"
        let padding = String(repeating: "0", count: places - digits.count)
        let sign = scaled < 0 ? "-" : ""
        return .number("\(sign)\(abs(scaled) / scale).\(padding)\(digits)")
    }
}
