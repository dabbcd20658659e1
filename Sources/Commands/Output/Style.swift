internal import Jobs

/// Colours, when there are any.
struct Style: Sendable {
    let usesColour: Bool

    private func paint(_ text: String, _ code: String) -> String {
        usesColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    func bold(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }

    /// A text in the colour of a status.
    func status(_ text: String, _ status: JobStatus) -> String {
        switch status {
        case .pending: paint(text, "33")
        case .starting: paint(text, "36")
        case .running: paint(text, "34")
        case .success: paint(text, "32")
        case .failed: paint(text, "31")
        case .cancelled: paint(text, "35")
        }
    }
}
