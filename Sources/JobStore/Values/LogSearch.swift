package import Jobs

/// What is looked for in the logs of all jobs, newest first.
package struct LogSearch: Sendable, Hashable {
    /// Found as it stands within one line, in any case of the letters a to z.
    package let text: String
    /// Which jobs are looked at, and how many logs are found at most.
    package var jobs: JobQuery
    /// The `next` of the page before.
    package var before: Int64?

    /// The shortest text: the index knows three letters at a time.
    package static let lengthMin = 3
    /// The longest text.
    package static let bytesMax = 200

    /// - Returns: nil when the text is too short or too long, or does not lie within one line.
    package init?(_ text: String, in jobs: JobQuery = JobQuery(), before: Int64? = nil) {
        guard text.unicodeScalars.count >= Self.lengthMin, text.utf8.count <= Self.bytesMax,
            !text.unicodeScalars.contains(where: Self.endsText)
        else { return nil }
        self.text = text
        self.jobs = jobs
        self.before = before
    }

    private static func endsText(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\0"
    }
}

/// A log in which the text was found.
package struct LogHit: Sendable, Hashable {
    package var job: JobRecord
    package var attempt: Int
    package var position: Int
    package var stage: String
    /// A line that contains the text, or the part of a long one that does.
    package var line: String
}

/// One page of what was found.
package struct LogSearchPage: Sendable, Hashable {
    package var hits: [LogHit] = []
    /// Where to go on; nil when there is nothing more.
    package var next: Int64?
    /// Whether the search has stopped before the page was full, because it had looked at too much.
    package var isCutShort = false
    /// When the job was asked for that was looked at last.
    package var reachedAt: Timestamp?
    /// Whether every log of a finished job is in the index; the others were looked through.
    package var isIndexed = true
}
