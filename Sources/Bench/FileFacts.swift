private import Glibc

/// What is known of files.
enum FileFacts {
    /// In bytes; 0 when there is no such file.
    static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }
}
