/// Sizes as text.
enum ByteText {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB"]

    /// A size in the largest unit that keeps it at 1 or more, such as `4.2 MiB`.
    static func short(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = 0
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
