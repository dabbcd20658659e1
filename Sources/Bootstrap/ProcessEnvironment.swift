internal import FoundationEssentials
internal import Glibc

/// What the process was started with.
package enum ProcessEnvironment {
    /// The environment variables.
    package static func variables() -> [String: String] {
        ProcessInfo.processInfo.environment
    }

    /// The current directory, `/` when it was deleted.
    package static func currentDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
