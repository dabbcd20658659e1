/// The media types that an `Accept` field lists.
struct MediaRanges {
    private let ranges: Set<String>

    /// The most entries that are read.
    private static let rangesMax = 64

    init(_ field: String?) {
        let entries = (field ?? "").split(separator: ",", maxSplits: Self.rangesMax)
        ranges = Set(
            entries.compactMap { entry in
                let parts = entry.split(separator: ";").map {
                    $0.filter { $0 != " " && $0 != "\t" }.lowercased()
                }
                let isRefused = parts.dropFirst().contains { Self.isZero($0) }
                return isRefused ? nil : parts.first
            })
    }

    /// Whether `type`, written as `type/subtype`, is among them.
    func contains(_ type: String) -> Bool {
        let family = type.prefix { $0 != "/" }
        return ranges.contains(type) || ranges.contains("\(family)/*") || ranges.contains("*/*")
    }

    private static func isZero(_ parameter: String) -> Bool {
        ["q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000"].contains(parameter)
    }
}
