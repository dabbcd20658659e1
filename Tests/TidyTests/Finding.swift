import Testing

/// Something that is never right, and where it is.
struct Finding: Hashable, CustomStringConvertible {
    let path: String
    /// Counted from 1.
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

extension [Finding] {
    /// Fails the running test if there are any, with one line for each.
    func record() {
        guard !isEmpty else { return }
        Issue.record(Comment(rawValue: map(\.description).joined(separator: "\n")))
    }
}
