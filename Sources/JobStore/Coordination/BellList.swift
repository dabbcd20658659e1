internal import Glibc
private import Synchronization

/// The sockets of everybody who waits for changes, listed anew only once their folder has changed.
final class BellList: Sendable {
    private struct Listing {
        var bells: [String]
        var changedAt: timespec
    }

    /// How old a change must be for a listing to hold until the next one.
    ///
    /// Kernels count such times in ticks of up to 10 ms, and some file systems in seconds: another
    /// change within the same one would not show.
    private static let settledAfterSeconds = 2

    private let folder: StateFolder
    private let listing = Mutex<Listing?>(nil)

    init(folder: StateFolder) {
        self.folder = folder
    }

    /// The sockets, as paths that fit into an address; none when the folder is gone.
    func bells() -> [String] {
        var facts = stat()
        guard stat(folder.path, &facts) == 0 else { return [] }
        let changedAt = facts.st_mtim
        return listing.withLock { listing in
            if let listing, listing.changedAt == changedAt { return listing.bells }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let bells = folder.bells()
            let isSettled = now.tv_sec - changedAt.tv_sec > Self.settledAfterSeconds
            listing = isSettled ? Listing(bells: bells, changedAt: changedAt) : nil
            return bells
        }
    }
}

extension timespec {
    fileprivate static func == (left: timespec, right: timespec) -> Bool {
        left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec
    }
}
