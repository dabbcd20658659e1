private import Glibc

/// The stream that a caller reads the URL from.
enum StandardOutput {
    /// Writes a line at once; what is lost because nobody reads is lost.
    static func writeLine(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
