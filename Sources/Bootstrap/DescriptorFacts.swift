internal import Glibc

/// What an open descriptor is connected to.
package struct DescriptorFacts: Sendable, Hashable {
    package let isTerminal: Bool
    package let device: UInt64
    package let inode: UInt64

    /// Facts as given.
    package init(isTerminal: Bool, device: UInt64, inode: UInt64) {
        self.isTerminal = isTerminal
        self.device = device
        self.inode = inode
    }

    /// The facts of `descriptor`; those of nothing when it is closed.
    package init(of descriptor: CInt) {
        var status = stat()
        let isOpen = fstat(descriptor, &status) == 0
        isTerminal = isOpen && isatty(descriptor) == 1
        device = isOpen ? UInt64(status.st_dev) : 0
        inode = isOpen ? UInt64(status.st_ino) : 0
    }

    /// Whether this is the stream that `$JOURNAL_STREAM` means (systemd.exec(5)).
    ///
    /// The variable alone proves nothing: children inherit it with their streams redirected.
    func isJournal(_ journalStream: String?) -> Bool {
        journalStream == "\(device):\(inode)" && inode != 0
    }
}
