/// Why a simulator cannot serve.
package struct SimulatorError: Error, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable, Hashable {
        case invalidVersion, cannotListen, stopped
    }

    package let code: Code
    /// A sentence naming what failed.
    package let message: String

    package var description: String { message }
}
