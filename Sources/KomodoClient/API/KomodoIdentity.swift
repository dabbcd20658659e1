/// Who we are at one Komodo.
package struct KomodoIdentity: Sendable, Hashable {
    package var version: KomodoVersion
    package var dialect: KomodoDialect
    /// The user's id that Komodo writes into the `operator` of our updates.
    package var operatorID: String
    package var username: String
    /// Komodo's clock minus ours, from its Date headers; precise to about a second, and for people
    /// only: ours may be set at any moment.
    package var clockOffset: Duration

    package init(
        version: KomodoVersion, operatorID: String, username: String, clockOffset: Duration,
        dialect: KomodoDialect = .core
    ) {
        self.dialect = dialect
        self.version = version
        self.operatorID = operatorID
        self.username = username
        self.clockOffset = clockOffset
    }

    /// What is kept about the Komodo for the next process: its version, or that it is the signed
    /// interface, which has none.
    package var remembered: String {
        switch dialect {
        case .core: version.description
        case .signed: dialect.rawValue
        }
    }
}

/// Komodo's version; pre-release suffixes are ignored.
package struct KomodoVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let patch: Int

    package init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `2.3.2`, also with a leading `v` or a suffix; nil when it is no version.
    package init?(_ text: String) {
        let core = text.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }
        let parts = core.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { return nil }
        self.init(parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
    }

    package static func < (left: KomodoVersion, right: KomodoVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    package var description: String { "\(major).\(minor).\(patch)" }
}
