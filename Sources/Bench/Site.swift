internal import JobStore

/// Where something is measured, and how large.
package struct Site: Sendable {
    /// An empty folder on the disk in question; what is made there stays.
    let folder: String
    let sizes: Sizes
    let crew: Crew

    /// A new database of ours in the folder.
    func database(_ name: String) throws(StoreError) -> SQLiteJobStore {
        try SQLiteJobStore.open(path: path(name), mode: .create(makingFolder: false))
    }

    /// A new database with our schema, for loops that use it without us.
    ///
    /// - Returns: its path.
    func bareDatabase(_ name: String) throws(StoreError) -> String {
        try database(name).close()
        return path(name)
    }

    private func path(_ name: String) -> String { "\(folder)/\(name).db" }
}

/// How much is done for a measurement.
package struct Sizes: Sendable {
    /// How often ours and the baseline take turns.
    package var rounds = roundsDefault
    /// Jobs of a round of the measure that is slowest per job.
    package var jobs = 1_000
    /// Finished jobs in the history.
    package var rows = rowsDefault
    /// Jobs that a worker follows at once.
    package var followed = followedDefault
    /// How long measures look on; nil for what each of them needs.
    package var seconds: Int?

    package static let roundsDefault = 9
    package static let roundsMax = 1_000
    package static let rowsDefault = 100_000
    package static let rowsMax = 10_000_000
    package static let followedDefault = 100
    package static let followedMax = 10_000
    package static let secondsMax = 3_600

    package init() {}
}
