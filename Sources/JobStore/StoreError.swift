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
        /// The change would break a rule that the database keeps, for example that two jobs never
        /// follow the same update.
        case violated
        /// The file was removed or replaced while it was open.
        case displaced
        /// Descriptors or memory are short, or the disk fails.
        case machineFailed
        case failed
        /// The caller was cancelled; nothing is wrong with the database.
        case interrupted
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

extension StoreError {
    /// What helps against a failure when nobody can be asked.
    package enum Remedy: Sendable, Hashable {
        /// The disk or a lock is in the way; the same call may work later.
        case wait
        /// This call never works; others do.
        case leave
        /// The database cannot be worked with any more.
        case end
    }

    /// Whether nobody has to do anything at the database, as far as its error tells.
    ///
    /// Permissions do not come by themselves, and are looked at while one installs; nor does
    /// anything else get better that is not the machine's.
    package var mayPassByItself: Bool {
        switch code {
        case .full, .readOnly, .busy, .machineFailed, .interrupted: true
        default: false
        }
    }

    /// What helps against this failure.
    package var remedy: Remedy {
        switch code {
        case .full, .readOnly, .notPermitted, .busy, .machineFailed, .failed, .interrupted:
            .wait
        case .ambiguousReference, .unknownReference, .conflict, .violated: .leave
        case .missing, .newer, .altered, .corrupt, .unsuitableFileSystem, .displaced: .end
        }
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String { message }
}
