private import Foundation

/// The programs that the build puts beside the tests.
package enum BuiltProgram {
    /// The path of a program of this package.
    package static func path(_ name: String) -> String {
        let executable = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let candidates = [executable, CommandLine.arguments[0]].map { path in
            URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? candidates[0]
    }
}
