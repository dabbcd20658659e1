import Glibc
import TestSupport
import Testing

@testable import Bootstrap

/// A directory of its own for one test, removed at the end.
final class Sandbox: Sendable {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    var path: String { directory.path }

    /// Writes `text` to the file `name` and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let parts = name.split(separator: "/").dropLast()
        var folder = path
        for part in parts {
            folder += "/\(part)"
            mkdir(folder, 0o700)
        }
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        fchmod(descriptor, mode)
        return file
    }

    /// Loads settings with this directory as the current and the machine's one.
    func load(
        _ environment: [String: String] = [:], arguments: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        try Settings.load(
            arguments: arguments, environment: environment, currentDirectory: path,
            systemDirectory: "\(path)/etc")
    }
}

/// The message of the error that `body` throws.
func message(of body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "nothing was thrown"
    } catch {
        return "\(error)"
    }
}
