/// The revisions of the protocol that are served, oldest first.
package enum Revision: String, Sendable, Hashable, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    package static func < (left: Revision, right: Revision) -> Bool {
        left.rawValue < right.rawValue
    }

    /// How a connection of this revision is opened.
    package var era: Era {
        self >= .july2026 ? .modern : .legacy
    }

    /// The newest revision that is opened by `initialize`.
    package static let newestLegacy = Revision.november2025
    /// The revisions that carry their version in every request.
    package static let modern = allCases.filter { $0.era == .modern }
}

/// The two ways in which a client states its revision.
package enum Era: Sendable, Hashable {
    /// `initialize` settles it for the connection or session.
    case legacy
    /// Every request names it in `_meta`.
    case modern
}
