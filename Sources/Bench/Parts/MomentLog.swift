private import FoundationEssentials
private import Glibc

/// Lines of whole numbers in a file: what was noted stays when the process is killed.
package final class MomentLog: Sendable {
    private let descriptor: Int32

    /// Opens or makes the file.
    package init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchError.system("cannot make \(path)") }
    }

    deinit { close(descriptor) }

    /// Adds a line at once and whole.
    package func note(_ numbers: [Int64]) throws {
        let line = numbers.map { "\($0)" }.joined(separator: " ") + "\n"
        let bytes = Array(line.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw BenchError.system("cannot note a moment")
        }
    }

    /// Nanoseconds on a clock that all processes share.
    package static var now: Int64 { Baseline.now }

    /// The whole lines of a file; none when there is none yet.
    static func lines(_ path: String) -> [[Int64]] {
        // It is made with its first line.
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        let whole = text.prefix(upTo: text.lastIndex(of: "\n") ?? text.startIndex)
        return whole.split(separator: "\n").map {
            $0.split(separator: " ").compactMap { Int64($0) }
        }
    }
}
