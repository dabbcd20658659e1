private import CKomodo

/// Settings of glibc's heap.
enum Allocator {
    private static let keptBytes: Int32 = 8 << 20

    /// Keeps freed memory instead of giving it back at once: SQLite builds transient tables at every
    /// claim, and mapping them anew costs 40 to 60 % of the claim rate.
    static func tune() {
        komodo_keep_freed_memory(keptBytes)
    }
}
