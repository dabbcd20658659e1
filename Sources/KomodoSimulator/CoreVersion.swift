/// A version of Komodo Core, with the behaviour that depends on it.
struct CoreVersion: Hashable, Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int
    let patch: Int

    /// The version played when none is given.
    static let newest = CoreVersion(major: 2, minor: 3, patch: 2)

    init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `2.3.2`; nil for anything that is not three numbers.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2],
            major >= 1
        else { return nil }
        self.init(major: major, minor: minor, patch: patch)
    }

    /// Whether this is 2.0 or later: `/version`, `/user`, the login limiter, swarms.
    var isTwo: Bool { major >= 2 }
    /// Whether this is 2.3 or later: pages of lists, CancelProcedure, CancelAction, tags of batches.
    var isTwoThree: Bool { self >= CoreVersion(major: 2, minor: 3, patch: 0) }

    var description: String { "\(major).\(minor).\(patch)" }

    static func < (left: CoreVersion, right: CoreVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}
