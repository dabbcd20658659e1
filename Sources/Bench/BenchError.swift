private import Glibc

/// Why nothing could be measured.
package struct BenchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// For people; says what failed.
    package let message: String

    package var description: String { message }

    init(_ message: String) { self.message = message }

    /// With the reason that the operating system gives.
    static func system(_ failure: String) -> BenchError {
        BenchError("The measurement \(failure): \(String(cString: strerror(errno))).")
    }
}
