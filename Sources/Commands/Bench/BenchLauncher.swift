internal import Bench
private import FoundationEssentials
private import Glibc

extension OwnProcess: LaunchedProgram {}

/// Starts this executable for measurements.
struct BenchLauncher: Launcher {
    func start(
        _ words: [String], environment: [String: String], output: String
    ) throws -> any LaunchedProgram {
        try OwnProcess(words, environment: environment, output: output)
    }

    var program: String {
        get throws {
            do {
                return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            } catch {
                throw CommandError(
                    .failure, "This program does not find its own file; /proc is needed for that.")
            }
        }
    }
}
