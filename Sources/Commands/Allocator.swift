private import CKomodo

/// Settings of glibc's heap.
enum Allocator {
    private static let keptBytes: Int32 = 8 << 20
    private static let arenas: Int32 = 2

    /// Keeps freed memory instead of giving it back at once, in few parts.
    ///
    /// SQLite builds transient tables at every claim, and mapping them anew costs 40 to 60 % of the
    /// claim rate. A connection works on any thread, and with glibc's default of eight arenas per core
    /// its memory ends up in all of them: a server that answered 4,000 calls had 23 MiB in use for
    /// what takes half of that in two.
    static func tune() {
        komodo_tune_heap(keptBytes, arenas)
    }
}
