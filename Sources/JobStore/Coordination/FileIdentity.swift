internal import Glibc

/// What tells a file from another that takes its place.
struct FileIdentity: Sendable, Hashable {
    private let device: UInt
    private let number: UInt

    /// The file at `path`; nil when there is none.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// The file that is open as `descriptor`.
    init?(_ descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// Whether `path` no longer leads to this file; false when nobody can tell.
    func hasLeft(_ path: String) -> Bool {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return errno == ENOENT || errno == ENOTDIR }
        return FileIdentity(facts) != self
    }

    private init(_ facts: stat) {
        device = UInt(facts.st_dev)
        number = UInt(facts.st_ino)
    }
}
