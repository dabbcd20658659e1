import Glibc
import Testing

@testable import Bootstrap

/// A directory of its own for one test, removed at the end.
final class Sandbox: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/bootstrap-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) } != nil
        }
        try #require(made)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for entry in Self.entries(of: path) { remove(entry) }
        rmdir(path)
    }

    /// Writes `text` to the file `name` and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let parts = name.split(separator: "/").dropLast()
        var directory = path
        for part in parts {
            directory += "/\(part)"
            mkdir(directory, 0o700)
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

    /// Everything below `directory`, deepest first.
    private static func entries(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var paths: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let path = "\(directory)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) { paths += entries(of: path) }
            paths.append(path)
        }
        return paths
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
