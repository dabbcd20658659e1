/// Why the store could not do what it was asked.
package struct StoreError: Error, Sendable {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// There is no database file, and the caller did not ask for one to be made.
        case missing
        /// The database was written by a newer version of this program.
        case newer
        /// An applied migration is not the one this program knows.
        case altered
        case corrupt
        case full
        case readOnly
        case notPermitted
        /// The file system cannot hold a database that several processes share.
        case unsuitableFileSystem
        case busy
        /// Several jobs, or none, match what was asked for.
        case ambiguousReference, unknownReference
        /// The job is not in a state in which this can be done.
        case conflict
        case failed
    }

    package let code: Code
    /// One sentence that says what to do.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String { message }
}
