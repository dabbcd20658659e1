private import Foundation

/// A directory of a test's own that goes away with it.
package final class TemporaryDirectory: Sendable {
    /// The absolute path, without a trailing slash.
    package let path: String

    /// Makes the directory.
    package init() throws {
        path = NSTemporaryDirectory() + "komodo-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    deinit {
        // A leftover in the temporary folder is no reason to fail.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }
}
