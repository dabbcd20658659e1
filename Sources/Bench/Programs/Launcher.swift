/// Starts programs of ours, each as a process of its own that ends with this one.
package protocol Launcher: Sendable {
    /// Starts this very program with other words.
    ///
    /// - Parameters:
    ///   - environment: all its variables.
    ///   - output: the file that what it prints is added to.
    func start(
        _ words: [String], environment: [String: String], output: String
    ) throws -> any LaunchedProgram

    /// The path of this program.
    var program: String { get throws }
}

/// A process that a ``Launcher`` has started.
package protocol LaunchedProgram: Sendable {
    var pid: Int { get }
    /// Tells a part that it may begin.
    func begin()
    /// Sends a signal, unless the process is gone.
    func send(_ signal: Int32)
    /// How it ended, once it has: its exit code, or minus the number of the signal.
    var outcome: Int32? { get }
    /// Waits for its end.
    func end() async -> Int32
}
