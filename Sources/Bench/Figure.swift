/// One figure of a measurement, and the bar that it has to reach.
package struct Figure: Sendable, Hashable {
    /// What of the measure it tells, such as `p99`.
    package let name: String
    package let value: Double
    package let unit: Unit
    package var bar: Bar?
    /// The same of something that does the least, measured in turns, in the same unit.
    package var baseline: Double?
    /// The rates that the figure comes from.
    package var rates: Rates?
    /// The times of single calls.
    package var times: Times?

    /// What figures are counted in.
    package enum Unit: String, Sendable, Hashable {
        case ratio
        case perSecond = "per second"
        case perMinute = "per minute"
        case count
        case seconds = "s"
        case milliseconds = "ms"
        case mebibytes = "MiB"
        case percent = "%"
    }

    /// Jobs per second: the medians of the rounds.
    package struct Rates: Sendable, Hashable {
        package let perSecond: Double
        package let baselinePerSecond: Double
        /// The median of the rounds' ratios, which is steadier than the ratio of the medians.
        package let ratio: Double
    }

    /// The times of single calls: one job, one batch, or one bulk.
    package struct Times: Sendable, Hashable {
        package let p50: Duration
        package let p99: Duration

        package init(_ samples: Samples) {
            p50 = samples.percentile(0.5)
            p99 = samples.percentile(0.99)
        }
    }

    package init(
        _ name: String, _ value: Double, _ unit: Unit, bar: Bar? = nil, baseline: Double? = nil,
        rates: Rates? = nil, times: Times? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.bar = bar
        self.baseline = baseline
        self.rates = rates
        self.times = times
    }

    /// Whether the bar is reached; nil without one.
    package var isMet: Bool? { bar?.isMet(by: value) }
}

/// What a figure must not fall short of, or exceed.
package enum Bar: Sendable, Hashable {
    case atLeast(Double)
    case atMost(Double)

    /// The number itself.
    package var limit: Double {
        switch self {
        case .atLeast(let limit), .atMost(let limit): limit
        }
    }

    /// A value that is no number reaches nothing.
    package func isMet(by value: Double) -> Bool {
        switch self {
        case .atLeast(let limit): value >= limit
        case .atMost(let limit): value <= limit
        }
    }
}
