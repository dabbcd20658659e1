/// Which lines of a container's output are wanted.
package struct ContainerLogQuery: Sendable, Hashable {
    /// Whose output.
    package enum Source: Sendable, Hashable {
        /// By name or id.
        case deployment(String)
        /// By name or id; no services means all.
        case stack(String, services: [String])
        /// A container by name on a server by name or id.
        case container(String, server: String)
    }

    /// The most lines that Komodo gives.
    package static let linesMax = 5_000

    package let source: Source
    /// How many lines from the end, 1 to ``linesMax``.
    package let tail: Int
    /// Only lines that contain this text; Komodo searches then, not in the tail alone.
    package let grep: String?
    package let hasTimestamps: Bool

    package init(
        _ source: Source, tail: Int, grep: String? = nil, hasTimestamps: Bool = false
    ) {
        self.source = source
        self.tail = tail
        self.grep = grep
        self.hasTimestamps = hasTimestamps
    }
}

/// The end of a container's output.
package struct ContainerLog: Sendable, Hashable {
    package let stdout: String
    package let stderr: String
    /// Whether Komodo could fetch it; the reason is in ``stderr`` otherwise.
    package let isComplete: Bool
    /// How many lines a search found; nil when nothing was searched for.
    package let search: Search?

    /// The counts of a search.
    package struct Search: Sendable, Hashable {
        /// Lines that Komodo took for matches and gave.
        package let fetched: Int
        /// Of those, the lines that contain the text.
        package let matched: Int

        package init(fetched: Int, matched: Int) {
            self.fetched = fetched
            self.matched = matched
        }
    }

    package init(stdout: String, stderr: String, isComplete: Bool, search: Search? = nil) {
        self.stdout = stdout
        self.stderr = stderr
        self.isComplete = isComplete
        self.search = search
    }
}
